from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest

from ledger.models import Entry
from products.access import Actor
from products.errors import DomainError, Forbidden, InvalidInput, NotFound
from products.oversight.errors import (
    FindingsMissing,
    InspectionNotPlanned,
    InspectionNotRecorded,
    NothingToInspect,
)
from products.oversight.models.inspection import Inspection
from products.oversight.services.inspections import plan_inspection, publish_result, record_result
from tests.conftest import signed_in
from tests.factories import TODAY, make_authorisation
from tests.ledger.flushing import triggers_lifted

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(officer_north: Actor, now: datetime) -> Inspection:
    return plan(officer_north, now)


def plan(actor: Actor, now: datetime, **changes: str) -> Inspection:
    code = make_authorisation(**changes).code  # type: ignore[arg-type]
    return plan_inspection(actor=actor, authorisation_code=code, planned_on=TODAY, now=now)


def kinds(number: str) -> list[str]:
    return list(Entry.objects.filter(subject=f"inspection:{number}").order_by("pk").values_list("kind", flat=True))


def test_an_inspection_goes_from_plan_to_result_to_publication(
    officer_north: Actor, planned: Inspection, now: datetime
) -> None:
    record_result(
        actor=officer_north, number=planned.number, result="problems", findings="标签超量", done_on=TODAY, now=now
    )
    publish_result(actor=officer_north, number=planned.number, now=now)

    planned.refresh_from_db()
    assert (planned.state, planned.result, planned.findings) == ("published", "problems", "标签超量")
    assert planned.office == "office:510117"
    assert kinds(planned.number) == [
        "oversight.inspection_planned",
        "oversight.inspection_recorded",
        "oversight.inspection_published",
    ]


def test_findings_reach_the_log_in_words_only_when_published(
    officer_north: Actor, planned: Inspection, now: datetime
) -> None:
    record_result(
        actor=officer_north, number=planned.number, result="problems", findings="标签超量", done_on=TODAY, now=now
    )
    recorded = Entry.objects.get(kind="oversight.inspection_recorded")
    publish_result(actor=officer_north, number=planned.number, now=now)
    published = Entry.objects.get(kind="oversight.inspection_published")

    assert "标签超量" not in bytes(recorded.body).decode()
    assert json.loads(bytes(published.body))["data"]["findings"] == "标签超量"


def test_numbers_follow_one_another_within_a_year(officer_north: Actor, now: datetime) -> None:
    numbers = [plan(officer_north, now).number for _number in range(2)]
    with triggers_lifted():
        Inspection.objects.filter(number=numbers[1]).update(number="JC-2026-9999")
    # Half past midnight in Chengdu on New Year's Day is still December in UTC.
    new_year = datetime.fromisoformat("2027-01-01T00:30:00+08:00")
    code = make_authorisation().code

    after = plan(officer_north, now).number
    later = plan_inspection(actor=officer_north, authorisation_code=code, planned_on=date(2027, 1, 1), now=new_year)

    assert numbers == ["JC-2026-0001", "JC-2026-0002"]
    assert after == "JC-2026-10000"
    assert plan(officer_north, now).number == "JC-2026-10001"
    assert later.number == "JC-2027-0001"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"result": "problems", "findings": "  "}, FindingsMissing),
        ({"result": "splendid"}, InvalidInput),
        ({"done_on": TODAY + timedelta(days=1)}, InvalidInput),
    ],
)
def test_a_poor_result_is_refused_and_nothing_written(
    officer_north: Actor,
    planned: Inspection,
    now: datetime,
    changes: dict[str, object],
    refusal: type[DomainError],
) -> None:
    facts: dict[str, object] = {"result": "passed", "done_on": TODAY}

    with pytest.raises(refusal):
        record_result(actor=officer_north, number=planned.number, now=now, **(facts | changes))  # type: ignore[arg-type]

    planned.refresh_from_db()
    assert planned.state == "planned"
    assert kinds(planned.number) == ["oversight.inspection_planned"]


def test_a_result_is_recorded_once(officer_north: Actor, planned: Inspection, now: datetime) -> None:
    record_result(actor=officer_north, number=planned.number, result="passed", done_on=TODAY, now=now)

    with pytest.raises(InspectionNotPlanned) as caught:
        record_result(
            actor=officer_north, number=planned.number, result="problems", findings="x", done_on=TODAY, now=now
        )

    assert caught.value.code == "inspection_not_planned"


def test_only_a_recorded_result_is_published_and_once(officer_north: Actor, planned: Inspection, now: datetime) -> None:
    with pytest.raises(InspectionNotRecorded) as caught:
        publish_result(actor=officer_north, number=planned.number, now=now)
    assert caught.value.code == "inspection_not_recorded"

    record_result(actor=officer_north, number=planned.number, result="passed", done_on=TODAY, now=now)
    publish_result(actor=officer_north, number=planned.number, now=now)
    with pytest.raises(InspectionNotRecorded):
        publish_result(actor=officer_north, number=planned.number, now=now)


@pytest.mark.parametrize("state", ["submitted", "refused", "withdrawn"])
def test_there_is_nothing_to_inspect_without_a_right(officer_north: Actor, now: datetime, state: str) -> None:
    with pytest.raises(NothingToInspect):
        plan(officer_north, now, state=state)


@pytest.mark.parametrize("days", [-1, 367])
def test_a_plan_is_for_the_coming_year(officer_north: Actor, now: datetime, days: int) -> None:
    code = make_authorisation().code

    with pytest.raises(InvalidInput):
        plan_inspection(actor=officer_north, authorisation_code=code, planned_on=TODAY + timedelta(days=days), now=now)


def test_another_county_neither_sees_nor_touches_it(officer_south: Actor, planned: Inspection, now: datetime) -> None:
    with pytest.raises(NotFound):
        plan(officer_south, now)
    with pytest.raises(NotFound):
        record_result(actor=officer_south, number=planned.number, result="passed", done_on=TODAY, now=now)
    browser = signed_in(officer_south)

    assert browser.get(f"/regulator/inspections/{planned.number}").status_code == 404
    assert browser.get("/api/v1/inspections").json()["items"] == []


def test_auditors_read_and_change_nothing(auditor: Actor, planned: Inspection, now: datetime) -> None:
    with pytest.raises(Forbidden):
        record_result(actor=auditor, number=planned.number, result="passed", done_on=TODAY, now=now)
    browser = signed_in(auditor)

    page = browser.get(f"/regulator/inspections/{planned.number}")
    assert page.status_code == 200
    assert "记录结果" not in page.content.decode()
    assert browser.get("/regulator/inspections/new").status_code == 403


def test_the_pages_lead_from_plan_to_publication(officer_north: Actor) -> None:
    code = make_authorisation().code
    browser = signed_in(officer_north)

    planned = browser.post("/regulator/inspections/new", {"authorisation_code": str(code), "planned_on": _today()})
    number = Inspection.objects.get().number
    assert planned.url == f"/regulator/inspections/{number}"  # type: ignore[attr-defined]
    poor = browser.post(f"/regulator/inspections/{number}", {"result": "problems", "done_on": _today()})
    assert poor.status_code == 422
    assert "请写明发现的问题" in poor.content.decode()
    browser.post(f"/regulator/inspections/{number}", {"result": "passed", "done_on": _today()})
    browser.post(f"/regulator/inspections/{number}/publication")

    assert number in browser.get("/inspections/").content.decode()


def _today() -> str:
    from django.utils import timezone

    return timezone.localdate().isoformat()


def test_the_interface_does_the_same(officer_north: Actor) -> None:
    code = make_authorisation().code
    browser = signed_in(officer_north)

    made = browser.post(
        "/api/v1/inspections",
        {"authorisation_code": str(code), "planned_on": _today()},
        content_type="application/json",
    )
    number = made.json()["number"]
    early = browser.post(f"/api/v1/inspections/{number}/publication", content_type="application/json")
    result = browser.post(
        f"/api/v1/inspections/{number}/result",
        {"result": "passed", "done_on": _today()},
        content_type="application/json",
    )
    published = browser.post(f"/api/v1/inspections/{number}/publication", content_type="application/json")

    assert made.status_code == 201
    assert (early.status_code, early.json()["code"]) == (409, "inspection_not_recorded")
    assert result.json()["state"] == "passed"
    assert published.json()["state"] == "published"
    assert [row["number"] for row in browser.get("/api/v1/inspections?state=published").json()["items"]] == [number]
