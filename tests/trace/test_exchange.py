"""Exports for other traceability platforms: what they hold, who gets them, and whose names they keep back."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from ledger.models import Entry
from products.access import Actor
from products.errors import InvalidInput, NotFound
from products.registry.models.authorisation import Authorisation
from products.registry.models.indication import Indication
from products.trace.domain.exchange.layouts import LAYOUTS, Layout
from products.trace.errors import WrongBatchState
from products.trace.models.batch import Batch
from products.trace.models.plot import Grower
from products.trace.queries import exchange
from products.trace.services.batches import register_batch, release_batch
from products.trace.services.exchange import export_batch, export_enterprise
from tests.factories import NOW, make_authorisation, make_batch
from tests.trace.exchange_helpers import DRIVER, FARMER, SELLER, document, exported, sheets, trace_back
from tests.trace.helpers import body
from tests.trace.lab_helpers import changed, enter, lab_batch

GTIN = "06901234567892"
PERIOD = {"first": date(2026, 11, 1), "last": date(2026, 11, 30)}


@pytest.fixture
def batch(authorisation: Authorisation) -> Batch:
    return make_batch(authorisation=authorisation, gtin=GTIN, lot="A-1")


def rows(found: dict[str, Any], section: str, **wanted: str) -> list[dict[str, Any]]:
    return [row for row in found["sections"][section] if all(row[key] == value for key, value in wanted.items())]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.key)
def test_every_field_of_the_layout_is_there_in_its_order(maker: Actor, batch: Batch, layout: Layout) -> None:
    trace_back(batch)

    found = exported(maker, batch, layout.key)

    assert (found["standard"], found["subject"]) == (layout.standard, f"batch:{batch.code}")
    assert list(found["sections"]) == [section.key for section in layout.sections]
    for section in layout.sections:
        for row in found["sections"][section.key]:
            assert list(row) == [field.key for field in section.fields]


def test_each_step_says_what_came_in_and_went_out(maker: Actor, batch: Batch) -> None:
    done = trace_back(batch)

    steps = {row["kind"]: row for row in exported(maker, batch)["sections"]["steps"]}

    code = f"https://id.gs1.org/01/{GTIN}/10/A-1"
    assert steps.keys() == {"harvest", "purchase", "process", "dispatch"}
    assert steps["process"]["out_batches"] == steps["dispatch"]["in_batches"] == [code]
    assert steps["process"]["in_batches"] == steps["harvest"]["out_batches"] + steps["purchase"]["out_batches"]
    assert (steps["process"]["in_mass_kg"], steps["process"]["out_mass_kg"]) == ("120", "100")
    assert (steps["purchase"]["source_name"], steps["purchase"]["source_code"]) == ("宜宾豆业公司", SELLER)
    assert steps["purchase"]["document_no"] == "FP-77"
    assert (steps["dispatch"]["destination_name"], steps["dispatch"]["destination_region"]) == (DRIVER, "511502")
    assert steps["dispatch"]["in_mass_kg"] == "30.5"
    assert {row["operation"] for row in steps.values()} == {str(row.code) for row in done.values()}


def test_moves_add_up_to_the_steps(maker: Actor, batch: Batch) -> None:
    done = trace_back(batch)

    found = exported(maker, batch)

    moved = rows(found, "moves", operation=str(done["process"].code))
    assert [(row["direction"], row["lot"], row["material"], row["mass_kg"]) for row in moved] == [
        ("in", "H-1", "鲜辣椒", "80"),
        ("in", "P-1", "蚕豆", "40"),
        ("out", "A-1", "郫县豆瓣", "100"),
    ]


def test_a_batch_of_which_nobody_said_what_it_came_from_is_declared(maker: Actor, batch: Batch) -> None:
    [step] = exported(maker, batch)["sections"]["steps"]

    assert (step["kind"], step["in_batches"], step["out_mass_kg"]) == ("declared", [], "100")
    assert step["out_batches"] == [f"https://id.gs1.org/01/{GTIN}/10/A-1"]


def test_the_acts_of_the_national_layout_are_moves_and_changes_of_state(
    maker: Actor, authorisation: Authorisation
) -> None:
    batch = register_batch(actor=maker, now=NOW, **_facts(authorisation))
    release_batch(actor=maker, code=batch.code, now=NOW)
    trace_back(batch)

    acts = exported(maker, batch, "gb38154")["sections"]["acts"]

    assert [act["kind"] for act in acts] == ["harvest", "purchase", "process", "dispatch", "registered", "released"]
    assert acts[1]["counterpart_code"] == SELLER
    assert acts[3]["counterpart_name"] == DRIVER
    assert {act["subject_code"] for act in acts} == {maker.uscc}


def _facts(authorisation: Authorisation) -> dict[str, Any]:
    facts = body(authorisation)
    return facts | {"authorisation_code": authorisation.code, "produced_on": date(2026, 11, 20)}


def test_results_are_exported_as_written(maker: Actor, authorisation: Authorisation, reports_folder: Any) -> None:
    batch = lab_batch(authorisation)
    enter(maker, batch, results=changed("moisture", "<0.05"))

    [moisture] = rows(exported(maker, batch), "tests", indicator="moisture")

    assert (moisture["comparator"], moisture["value"], moisture["unit"]) == ("<", "0.05", "%")
    assert moisture["is_standing"] == "yes"


def test_the_workbook_says_the_same_and_runs_no_formula(maker: Actor, batch: Batch) -> None:
    Batch.objects.filter(pk=batch.pk).update(lot="=1+1")
    trace_back(Batch.objects.get(pk=batch.pk))
    export = export_batch(actor=maker, code=batch.code, standard="ny4712", now=NOW)

    found, said = sheets(export), document(export)

    for section in export.layout.sections:
        titles, keys, *lines = found[section.title]
        assert (titles, keys) == ([f.title for f in section.fields], [f.key for f in section.fields])
        assert len(lines) == len(said["sections"][section.key])
    lots = found["批次"][2:]
    assert lots[0][1] == "=1+1"
    assert lots[0][8] == 100.0
    assert found["说明"][2] == ["standard", "NY/T 4712-2025"]


# -- whose names -----------------------------------------------------------------------------------------------------


def test_persons_are_named_to_the_maker_alone_and_the_log_is_told(maker: Actor, batch: Batch) -> None:
    trace_back(batch)

    found = exported(maker, batch)

    people = rows(found, "operators", kind="natural_person")
    assert [(row["name"], row["role"], row["id_number"]) for row in people] == [
        (FARMER, "grower", ""),
        (DRIVER, "consignee", ""),
    ]
    entry = json.loads(bytes(Entry.objects.get(kind="trace.persons_exported").body))
    assert (entry["actor"], entry["subject"]) == (f"uscc:{maker.uscc}", f"batch:{batch.code}")
    assert entry["data"] == {"standard": "ny4712", "first": None, "last": None}
    assert FARMER not in json.dumps(entry, ensure_ascii=False)


def test_an_office_sees_the_trade_and_masked_persons_and_nothing_is_logged(officer_north: Actor, batch: Batch) -> None:
    trace_back(batch)

    for standard in LAYOUTS:
        found = exported(officer_north, batch, standard)
        text = json.dumps(found, ensure_ascii=False)
        assert FARMER not in text
        assert DRIVER not in text
        assert "王**" in text
        assert "李**" in text
        assert SELLER in text
        assert (found["persons"], found["trade"]) == ("masked", "full")
    assert not Entry.objects.filter(kind="trace.persons_exported").exists()


def test_the_registrant_sees_the_lots_of_its_name_and_no_trade(
    association: Actor, registrants_indication: Indication, makers: Any
) -> None:
    right = make_authorisation(enterprise=makers, indication=registrants_indication)
    batch = make_batch(authorisation=right)
    trace_back(batch)

    for standard in LAYOUTS:
        found = exported(association, batch, standard)
        text = json.dumps(found, ensure_ascii=False)
        assert not any(secret in text for secret in (FARMER, DRIVER, "李**", SELLER, "宜宾豆业公司", "FP-77", "CK-9"))
        # Beans that are no indication's raw material are not the registrant's to see.
        assert "蚕豆" not in text
        assert "P-1" not in text
        assert found["trade"] == "withheld"
    assert "鲜辣椒" in json.dumps(exported(association, batch), ensure_ascii=False)


def test_without_persons_nothing_is_logged(maker: Actor, batch: Batch) -> None:
    exported(maker, batch)

    assert not Entry.objects.filter(kind="trace.persons_exported").exists()


def test_an_erased_grower_is_in_no_export(maker: Actor, batch: Batch) -> None:
    done = trace_back(batch)
    assert done["harvest"].moves.count() == 1
    Grower.objects.update(name="", phone="", salt=b"")

    assert rows(exported(maker, batch), "operators", role="grower") == []


# -- who -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("member", ["rival", "officer_south"])
def test_who_may_not_see_the_batch_gets_nothing(
    request: pytest.FixtureRequest, batch: Batch, member: str, makers: Any
) -> None:
    actor: Actor = request.getfixturevalue(member)

    with pytest.raises(NotFound):
        export_batch(actor=actor, code=batch.code, standard="ny4712", now=NOW)
    with pytest.raises(NotFound):
        export_enterprise(actor=actor, uscc=makers.uscc, standard="ny4712", now=NOW, **PERIOD)


def test_a_draft_is_not_exported(maker: Actor, authorisation: Authorisation) -> None:
    draft = make_batch(authorisation=authorisation, state="draft")

    with pytest.raises(WrongBatchState, match="先登记"):
        export_batch(actor=maker, code=draft.code, standard="ny4712", now=NOW)
    found = document(export_enterprise(actor=maker, uscc=maker.uscc, standard="ny4712", now=NOW, **PERIOD))
    assert found["sections"]["batches"] == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"last": date(2026, 10, 1)}, "不能早于"),
        ({"last": date(2027, 11, 3)}, "366"),
        ({"standard": "xml"}, "ny4712"),
    ],
)
def test_what_cannot_be_exported_is_said(maker: Actor, changes: dict[str, Any], words: str) -> None:
    asked: dict[str, Any] = {"uscc": maker.uscc, "standard": "ny4712", **PERIOD}

    with pytest.raises(InvalidInput, match=words):
        export_enterprise(actor=maker, now=NOW, **(asked | changes))


# -- an enterprise's period ------------------------------------------------------------------------------------------


def test_a_period_holds_each_operation_once_across_portions(
    maker: Actor, authorisation: Authorisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "PORTION", 2)
    batches = [
        make_batch(authorisation=authorisation, produced_on=date(2026, 11, 1) + timedelta(days=day)) for day in range(5)
    ]
    make_batch(authorisation=authorisation, produced_on=date(2026, 12, 1))
    make_batch()
    done = trace_back(batches[0])

    export = export_enterprise(actor=maker, uscc=maker.uscc, standard="ny4712", now=NOW, **PERIOD)
    found = document(export)

    assert [row["lot"] for row in found["sections"]["batches"]] == [batch.lot for batch in batches]
    steps = found["sections"]["steps"]
    assert sorted(row["operation"] for row in steps if row["operation"]) == sorted(str(r.code) for r in done.values())
    assert len([row for row in steps if row["kind"] == "declared"]) == 4
    assert len(rows(found, "operators", role="maker")) == 1
    assert found["first"] == "2026-11-01"
