"""Reports as the office of the region sees and answers them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ledger.models import Entry
from products.access import Actor
from products.scans.models.complaint import Complaint
from products.scans.services.complaints import answer_complaint, contact_of
from tests.conftest import signed_in
from tests.factories import CUIPING, NOW, PIDU
from tests.scans.reporting import refusal, report, run_in

pytestmark = pytest.mark.usefixtures("regions")
PHONE = "13900000000"
UNKNOWN = "GZZZZZZ0000100000000"


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("officer_north", {PIDU}),
        ("officer_south", {CUIPING}),
        ("officer_city", {PIDU}),
        ("province", {PIDU, CUIPING, "510000"}),
        ("auditor", {PIDU, CUIPING, "510000"}),
        ("maker", set()),
        ("association", set()),
        ("admin_actor", set()),
    ],
)
def test_each_office_sees_the_reports_of_its_region(request: pytest.FixtureRequest, who: str, seen: set[str]) -> None:
    reports = [report(run_in(PIDU)), report(run_in(CUIPING)), report()]
    client = signed_in(request.getfixturevalue(who))

    listed = client.get("/api/v1/complaints").json()["items"]

    assert {item["region"] for item in listed} == seen
    for complaint in reports:
        status = client.get(f"/api/v1/complaints/{complaint.number}").status_code
        assert status == (200 if complaint.region in seen else 404)
    assert PHONE not in json.dumps(listed)
    assert Client().get("/api/v1/complaints").status_code == 401


def test_reports_are_listed_by_state(officer_north: Actor) -> None:
    number = report(run_in(PIDU)).number
    client = signed_in(officer_north)

    def numbers(state: str) -> list[str]:
        return [item["number"] for item in client.get("/api/v1/complaints", {"state": state}).json()["items"]]

    assert (numbers("received"), numbers("closed"), numbers("\x01"), numbers("nonsense")) == ([number], [], [], [])


def test_the_office_of_the_region_answers_step_by_step(officer_north: Actor) -> None:
    complaint = report(run_in(PIDU))

    def answer(state: str, outcome: str = "") -> Complaint:
        return answer_complaint(actor=officer_north, number=complaint.number, state=state, outcome=outcome, now=NOW)

    assert contact_of(actor=officer_north, complaint=complaint) == ""
    assert refusal(lambda: answer("closed", "查实")) == "illegal_step"
    accepted = answer("accepted")
    assert contact_of(actor=officer_north, complaint=accepted) == PHONE
    assert refusal(lambda: answer("closed")) == "reason_missing"
    closed = answer("closed", "经查批号印错，已责令改正")
    assert contact_of(actor=officer_north, complaint=closed) == ""
    assert refusal(lambda: answer("accepted")) == "illegal_step"

    page = Client().get(f"/report/{complaint.number}").content.decode()
    assert "已办结" in page
    assert "已责令改正" in page
    kinds = Entry.objects.filter(subject=f"complaint:{complaint.number}").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["scans.complaint_received", "scans.complaint_answered", "scans.complaint_answered"]


def test_a_report_may_be_rejected_with_a_reason(officer_north: Actor) -> None:
    number = report(run_in(PIDU)).number

    def reject(outcome: str) -> Complaint:
        return answer_complaint(actor=officer_north, number=number, state="rejected", outcome=outcome, now=NOW)

    assert refusal(lambda: reject(" ")) == "reason_missing"
    assert refusal(lambda: reject("坏\0字")) == "invalid_input"
    assert reject("不属于本部门职责，请拨打 12345").state == "rejected"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("officer_south", "not_found"),
        ("maker", "forbidden"),
        ("association", "forbidden"),
        ("auditor", "forbidden"),
        ("admin_actor", "forbidden"),
    ],
)
def test_nobody_else_answers(request: pytest.FixtureRequest, who: str, code: str) -> None:
    complaint = report(run_in(PIDU))
    actor = request.getfixturevalue(who)

    answered = signed_in(actor).post(
        f"/api/v1/complaints/{complaint.number}/answer", {"state": "accepted"}, content_type="application/json"
    )

    assert answered.json()["code"] == code
    assert contact_of(actor=actor, complaint=answered_anyway(complaint)) == ""
    complaint.refresh_from_db()
    assert complaint.state == "received"


def answered_anyway(complaint: Complaint) -> Complaint:
    """An accepted copy, not saved: the contact stays shut even then."""
    return Complaint(region=complaint.region, contact=complaint.contact, state="accepted")


def test_an_answer_by_api_with_an_unknown_number_or_state(officer_north: Actor) -> None:
    client, number = signed_in(officer_north), report(run_in(PIDU), now=timezone.now()).number

    def answer(path: str, state: str) -> Any:
        return client.post(f"/api/v1/complaints/{path}/answer", {"state": state}, content_type="application/json")

    assert answer("%01", "accepted").status_code == 404
    assert answer("JB261123-AAAAAA", "accepted").status_code == 404
    assert answer(number, "nonsense").json()["code"] == "illegal_step"
    assert answer(number, "accepted").status_code == 201
