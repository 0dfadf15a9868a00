"""The history of a batch: who entered what, who checked it, what was put right, in a fixed number of queries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from products.access import Actor
from products.oversight.services.inspections import plan_inspection, publish_result, record_result
from products.proofs import proofs_of
from products.registry.models.authorisation import Authorisation
from products.trace.models.batch import Batch
from products.trace.queries.batches import find_batch
from products.trace.queries.certificates import certificates_of
from products.trace.queries.history import batch_history, sees_trade
from products.trace.queries.history_items import HistoryItem, subjects_of, with_proofs
from products.trace.services.batches import correct_batch, recall_batch, release_batch
from tests.conftest import signed_in
from tests.factories import NOW, PIDU, PUJIANG, TODAY, make_run
from tests.trace.certificate_helpers import issue
from tests.trace.helpers import register
from tests.trace.lab_helpers import enter, make_rules
from tests.trace.lineage_helpers import lot_of, make_lot, operate

pytestmark = pytest.mark.usefixtures("reports_folder")


def at(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def told(batch: Batch, **asked: Any) -> list[HistoryItem]:
    items = batch_history(batch, certificates=certificates_of(batch), **asked)
    return with_proofs(items, proofs_of(subjects_of(items)))


def lived(maker: Actor, officer: Actor, authorisation: Authorisation) -> Batch:
    """A batch with a line, a laboratory report that was replaced, a certificate, an inspection, and a recall."""
    make_rules(authorisation)
    batch = register(maker, authorisation, now=at(10), produced_on=TODAY, plot_name="三组")
    enterprise = authorisation.enterprise
    grown = make_lot(enterprise, kind="harvest", material="鲜辣椒")
    bought = make_lot(enterprise, kind="purchase", material="蚕豆", seller_name="王某某", document_no="FP-1")
    operate(enterprise, "harvest", taken={}, given={grown: 5_000})
    operate(enterprise, "purchase", taken={}, given={bought: 3_000})
    operate(
        enterprise,
        "process",
        taken={grown: 5_000, bought: 3_000},
        given={lot_of(batch): 7_000},
        process="发酵",
        at=at(3),
    )
    wrong = enter(maker, batch, sampled_on=TODAY, issued_on=TODAY)
    enter(maker, batch, sampled_on=TODAY, issued_on=TODAY, replaces=wrong, reason="录错")
    release_batch(actor=maker, code=batch.code, now=at(20))
    first = issue(maker, batch, now=at(30))
    correct_batch(
        actor=maker, code=batch.code, changes={"net_mass_g": 90_000, "plot_name": "四组"}, reason="复秤", now=at(40)
    )
    issue(maker, batch, now=at(50), reason=f"代替 {first.number}")
    inspection = plan_inspection(actor=officer, authorisation_code=authorisation.code, planned_on=TODAY, now=at(60))
    record_result(
        actor=officer, number=inspection.number, result="problems", findings="标签不全", done_on=TODAY, now=at(61)
    )
    publish_result(actor=officer, number=inspection.number, now=at(62))
    recall_batch(actor=officer, code=batch.code, reason="净含量不足", now=at(70))
    return find_batch(actor=maker, code=batch.code)


def by_kind(items: list[HistoryItem]) -> dict[str, HistoryItem]:
    """The last of each kind."""
    return {item.kind: item for item in items}


def test_everything_is_told_with_who_stands_behind_it(
    maker: Actor, officer_north: Actor, authorisation: Authorisation
) -> None:
    batch = lived(maker, officer_north, authorisation)
    enterprise = authorisation.enterprise.name

    # A corrected mass is a stock-take of the batch's lot as well.
    items = [item for item in told(batch) if item.kind != "stocktake"]

    assert [item.kind for item in items if item.kind != "lab_reported"] == [
        "harvest", "purchase", "process", "registered", "released", "certificate_issued", "corrected",
        "certificate_issued", "inspected", "recalled",
    ]  # fmt: skip
    found = by_kind(items)
    assert {kind: (item.standing.value, item.standing_text) for kind, item in found.items()} == {
        **dict.fromkeys(
            ("harvest", "purchase", "process", "registered", "released", "certificate_issued", "corrected"),
            ("declared", "自行申报"),
        ),
        "lab_reported": ("laboratory", "实验室检验"),
        "inspected": ("office", "主管部门核验"),
        "recalled": ("office", "主管部门核验"),
    }
    report = found["lab_reported"]
    assert (report.by, report.entered_by, report.reason) == ("四川某某检验检测有限公司", enterprise, "录错")
    assert found["process"].text == "加工：郫县豆瓣 7 公斤"
    assert "发酵" in found["process"].detail
    assert (found["registered"].by, found["registered"].entered_by) == (enterprise, "")
    assert found["inspected"].text == "监督检查：发现问题"
    assert found["recalled"].by.endswith("市场监督管理部门")
    # The one that was replaced stays in its place, and says so.
    assert [item.is_superseded for item in items if item.kind == "lab_reported"] == [True, False]
    assert [item.is_superseded for item in items if item.kind == "certificate_issued"] == [True, False]


def test_a_correction_stands_beside_the_original(
    maker: Actor, officer_north: Actor, authorisation: Authorisation
) -> None:
    batch = lived(maker, officer_north, authorisation)

    public, private = by_kind(told(batch))["corrected"], by_kind(told(batch, is_public=False))["corrected"]

    assert [(each.name, each.before, each.after) for each in public.changes] == [("净重（公斤）", "100", "90")]
    assert {(each.field, each.before, each.after) for each in private.changes} >= {("plot_name", "三组", "四组")}
    assert public.reason == "复秤"


def test_what_is_not_the_publics_is_left_out(
    maker: Actor, association: Actor, officer_north: Actor, authorisation: Authorisation
) -> None:
    batch = lived(maker, officer_north, authorisation)
    make_run(batch=batch, issued_by=maker.ledger_name)

    public, private = told(batch), told(batch, is_public=False, with_trade=True)
    registrants = told(batch, is_public=False, with_trade=sees_trade(association))

    assert "王某某" not in str(public)
    assert "FP-1" not in str(public)
    assert "王某某" not in str(told(batch, with_trade=True)) + str(registrants)
    assert sees_trade(maker)
    assert sees_trade(officer_north)
    assert "王某某 · FP-1" in by_kind(private)["purchase"].detail
    assert {item.kind for item in private} - {item.kind for item in public} == {"labels_issued"}


def test_every_line_of_a_service_has_its_entry(
    maker: Actor, officer_north: Actor, authorisation: Authorisation
) -> None:
    batch = lived(maker, officer_north, authorisation)

    entries = {item.kind: item.proof and item.proof.kind for item in told(batch)}

    assert entries == {
        **dict.fromkeys(("harvest", "purchase", "process", "stocktake"), "trace.lots_moved"),
        "registered": "trace.batch_registered",
        "released": "trace.batch_released",
        "corrected": "trace.batch_corrected",
        "recalled": "trace.batch_recalled",
        "lab_reported": "trace.lab_reported",
        "certificate_issued": "trace.certificate_issued",
        "inspected": "oversight.inspection_published",
    }


def test_an_inspection_is_told_once_it_is_published(
    maker: Actor, officer_north: Actor, authorisation: Authorisation
) -> None:
    batch = register(maker, authorisation)
    inspection = plan_inspection(actor=officer_north, authorisation_code=authorisation.code, planned_on=TODAY, now=NOW)
    record_result(actor=officer_north, number=inspection.number, result="passed", done_on=TODAY, now=NOW)
    assert "inspected" not in by_kind(told(batch, is_public=False))

    publish_result(actor=officer_north, number=inspection.number, now=NOW)
    assert by_kind(told(batch))["inspected"].text == "监督检查：未发现问题"


def test_decisions_on_the_right_since_the_batch_was_made_are_the_offices(
    maker: Actor, authorisation: Authorisation
) -> None:
    batch = register(maker, authorisation)
    for days, action, reason in (
        (-400, "announce", ""), (-300, "suspend", "旧事"), (-299, "resume", ""), (1, "suspend", "标签不符"),
    ):  # fmt: skip
        authorisation.decisions.create(
            action=action, to_state="announced", reason=reason, document_no="川知发1号", decided_by="a",
            office=f"office:{PIDU}", decided_at=NOW + timedelta(days=days),
        )  # fmt: skip

    items = [item for item in told(batch) if item.standing.value == "office"]

    assert [(item.text, item.reason) for item in items] == [
        ("公告核准使用专用标志", ""),
        ("暂停使用专用标志", "标签不符"),
    ]
    assert {item.by for item in items} == {"郫都区市场监督管理部门"}


def test_whoever_typed_for_another_is_named(maker: Actor, rival: Actor, authorisation: Authorisation) -> None:
    batch = register(maker, authorisation)
    batch.steps.create(from_state="registered", to_state="released", by=rival.ledger_name, at=at(5))

    items = by_kind(told(batch))

    assert (items["registered"].entered_by, items["registered"].is_on_behalf) == ("", False)
    assert (items["released"].entered_by != "", items["released"].is_on_behalf) == (True, True)


def test_more_history_takes_no_more_queries(maker: Actor, officer_north: Actor, authorisation: Authorisation) -> None:
    batch = lived(maker, officer_north, authorisation)

    def counted() -> int:
        again = find_batch(actor=maker, code=batch.code)
        with CaptureQueriesContext(connection) as queries:
            told(again, is_public=False)
        return len(queries)

    few = counted()
    source = batch.traced_lot
    for number in range(12):
        batch.corrections.create(
            changes={"origin_code": [PIDU, PUJIANG]}, reason="录错", by=maker.ledger_name, at=at(80 + number)
        )
        lot = make_lot(authorisation.enterprise)
        operate(authorisation.enterprise, "merge", taken={lot: 1}, given={source: 1}, at=at(80))
        operate(authorisation.enterprise, "harvest", taken={}, given={lot: 1}, at=at(80))
    # The names of the two counties are one query more, however many corrections name them.
    assert counted() == few + 1
    assert few <= 20


def test_the_api_tells_the_same(maker: Actor, officer_north: Actor, authorisation: Authorisation) -> None:
    batch = lived(maker, officer_north, authorisation)

    lines = signed_in(maker).get(f"/api/v1/batches/{batch.code}/timeline").json()

    report = [line for line in lines if line["kind"] == "lab_reported"][-1]
    assert (report["standing"], report["entered_by"]) == ("laboratory", authorisation.enterprise.name)
    assert {"field": "net_mass_g", "before": "100", "after": "90"} in [
        change for line in lines for change in line["changes"]
    ]
    assert [line["is_superseded"] for line in lines if line["kind"] == "certificate_issued"] == [True, False]
