from __future__ import annotations

from datetime import datetime

import pytest

from ledger.models import Entry
from products.access import Actor
from products.errors import DomainError, Forbidden, InvalidInput, NotFound
from products.oversight.domain.case_states import CaseState, next_states
from products.oversight.errors import CaseClosed, ComplaintHasCase, IllegalCaseStep, NoteMissing
from products.oversight.models.case import Case
from products.oversight.services.cases import advance_case, open_case
from products.registry.models.enterprise import Enterprise
from tests.conftest import signed_in
from tests.factories import CUIPING, PIDU, make_run
from tests.oversight.helpers import make_complaint

pytestmark = pytest.mark.django_db


def opened(actor: Actor, now: datetime, **changes: str) -> Case:
    facts = {"act": "unauthorised_use", "summary": "网店擅用专用标志"}
    return open_case(actor=actor, now=now, **(facts | changes))  # type: ignore[arg-type]


def test_a_case_runs_to_its_end_and_stays_closed(officer_north: Actor, now: datetime) -> None:
    case = opened(officer_north, now)
    for state in ("investigating", "investigating", "decided", "closed"):
        advance_case(actor=officer_north, number=case.number, state=state, note="已办", now=now)

    with pytest.raises(CaseClosed) as caught:
        advance_case(actor=officer_north, number=case.number, state="investigating", note="再查", now=now)

    assert caught.value.code == "case_closed"
    assert case.number == "AJ-2026-0001"
    assert [step.state for step in case.steps.all()] == [
        "opened",
        "investigating",
        "investigating",
        "decided",
        "closed",
    ]
    assert {step.office for step in case.steps.all()} == {"office:510117"}


@pytest.mark.parametrize("before", list(CaseState))
def test_only_legal_steps_are_taken(officer_north: Actor, now: datetime, before: CaseState) -> None:
    case = opened(officer_north, now)

    for after in CaseState:
        Case.objects.filter(pk=case.pk).update(state=before)
        try:
            advance_case(actor=officer_north, number=case.number, state=after, note="已办", now=now)
            taken = True
        except (IllegalCaseStep, CaseClosed):
            taken = False
        assert taken == (after in next_states(before))


def test_every_step_needs_a_note(officer_north: Actor, now: datetime) -> None:
    case = opened(officer_north, now)

    with pytest.raises(NoteMissing) as caught:
        advance_case(actor=officer_north, number=case.number, state="investigating", note=" ", now=now)

    assert caught.value.field == "note"
    assert case.steps.count() == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"act": "rudeness"}, InvalidInput),
        ({"summary": ""}, NoteMissing),
        ({"region": CUIPING}, NotFound),
        ({"region": "510199"}, NotFound),
        ({"uscc": "9" * 18}, NotFound),
        ({"complaint_number": "JB-nothing"}, NotFound),
    ],
)
def test_a_poor_case_is_refused_and_nothing_written(
    officer_north: Actor, now: datetime, changes: dict[str, str], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        opened(officer_north, now, **changes)

    assert not Case.objects.exists()
    assert not Entry.objects.filter(kind="oversight.case_opened").exists()


def test_a_complaint_leads_to_one_case_against_the_packs_maker(officer_north: Actor, now: datetime) -> None:
    run = make_run()
    complaint = make_complaint(run=run, serial=1)
    case = opened(officer_north, now, complaint_number=complaint.number)

    with pytest.raises(ComplaintHasCase) as caught:
        opened(officer_north, now, complaint_number=complaint.number)

    assert caught.value.code == "complaint_has_case"
    assert case.enterprise == run.batch.authorisation.enterprise
    assert case.region == PIDU


def test_the_log_tells_neither_the_note_nor_whom_the_case_is_about(
    officer_north: Actor, makers: Enterprise, now: datetime
) -> None:
    case = opened(officer_north, now, uscc=makers.uscc, summary="张店主举报")
    advance_case(actor=officer_north, number=case.number, state="investigating", note="到店查看", now=now)

    bodies = [bytes(entry.body).decode() for entry in Entry.objects.filter(subject=f"case:{case.number}")]

    assert len(bodies) == 2
    for secret in ("张店主", "到店查看", makers.uscc):
        assert not any(secret in body for body in bodies)


def test_another_county_an_auditor_and_the_platform(
    officer_north: Actor, officer_south: Actor, auditor: Actor, admin_actor: Actor, maker: Actor, now: datetime
) -> None:
    number = opened(officer_north, now).number
    address = f"/regulator/cases/{number}"

    assert signed_in(officer_south).get(address).status_code == 404
    assert signed_in(auditor).get(address).status_code == 200
    assert signed_in(admin_actor).get(address).status_code == 403
    assert signed_in(maker).get(address).status_code == 403
    assert signed_in(admin_actor).get(f"/api/v1/cases/{number}").status_code == 404
    with pytest.raises(NotFound):
        advance_case(actor=officer_south, number=number, state="closed", note="x", now=now)
    for actor in (auditor, admin_actor, maker):
        with pytest.raises(Forbidden):
            advance_case(actor=actor, number=number, state="closed", note="x", now=now)


def test_from_complaint_to_case_to_answer_in_the_browser(officer_north: Actor) -> None:
    complaint = make_complaint(run=make_run(), serial=1)
    browser = signed_in(officer_north)

    assert "据此立案" in browser.get(f"/regulator/complaints/{complaint.number}").content.decode()
    form = browser.get(f"/regulator/cases/new?complaint={complaint.number}")
    assert complaint.text in form.content.decode()
    browser.post("/regulator/cases/new", {"complaint_number": complaint.number, "act": "selling", "summary": "见举报"})
    number = Case.objects.get().number
    stepped = browser.post(f"/regulator/cases/{number}", {"state": "investigating", "note": "已派人"})
    refused = browser.post(f"/regulator/cases/{number}", {"state": "opened", "note": "退回"})
    accepted = browser.post(f"/regulator/complaints/{complaint.number}", {"state": "accepted", "outcome": ""})
    silent = browser.post(f"/regulator/complaints/{complaint.number}", {"state": "closed", "outcome": ""})
    browser.post(f"/regulator/complaints/{complaint.number}", {"state": "closed", "outcome": "已责令改正"})

    complaint.refresh_from_db()
    assert (stepped.status_code, refused.status_code, accepted.status_code, silent.status_code) == (302, 422, 302, 422)
    assert (complaint.state, complaint.outcome) == ("closed", "已责令改正")
    assert number in browser.get(f"/regulator/complaints/{complaint.number}").content.decode()


def test_the_lists_filter_by_state(officer_north: Actor, now: datetime) -> None:
    first, second = opened(officer_north, now).number, opened(officer_north, now).number
    advance_case(actor=officer_north, number=second, state="closed", note="查无实据", now=now)
    browser = signed_in(officer_north)

    closed = browser.get("/regulator/cases/?state=closed").content.decode()

    assert second in closed
    assert first not in closed
    assert [row["number"] for row in browser.get("/api/v1/cases?state=opened").json()["items"]] == [first]


def test_the_interface_opens_and_advances(officer_north: Actor) -> None:
    browser = signed_in(officer_north)
    made = browser.post("/api/v1/cases", {"act": "selling", "summary": "市场巡查"}, content_type="application/json")
    number = made.json()["number"]
    refused = browser.post(
        f"/api/v1/cases/{number}/steps", {"state": "decided", "note": "x"}, content_type="application/json"
    )
    taken = browser.post(
        f"/api/v1/cases/{number}/steps", {"state": "referred", "note": "移送公安"}, content_type="application/json"
    )

    assert made.status_code == taken.status_code == 201
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_case_step")
    assert [step["state"] for step in browser.get(f"/api/v1/cases/{number}").json()["steps"]] == ["opened", "referred"]
