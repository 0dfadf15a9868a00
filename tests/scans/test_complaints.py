"""Reports by consumers: taken from anybody, routed to the office of the maker's county, answered there only."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from ledger.models import Entry
from products.crypto import decrypt
from products.scans.models.complaint import Complaint
from products.scans.services.complaints import REPORTS_AN_HOUR
from tests.factories import CUIPING, NOW, PIDU, make_run
from tests.scans.helpers import code_of, with_wrong_tag
from tests.scans.reporting import filled_in, refusal, report, run_in, send

pytestmark = pytest.mark.usefixtures("regions")
PHONE = "13900000000"
UNKNOWN = "GZZZZZZ0000100000000"


def test_a_report_is_taken_and_followed_by_its_number() -> None:
    run = make_run()
    form = Client().get(f"/t/{code_of(run)}/report")
    assert form.status_code == 200

    sent = send(code_of(run, 4))

    complaint = Complaint.objects.get()
    assert (complaint.run, complaint.serial, complaint.region, complaint.state) == (run, 4, PIDU, "received")
    assert complaint.text == "怀疑是假货：包装上的批号和这里不一样"
    assert (sent.status_code, sent["Location"]) == (302, f"/report/{complaint.number}")
    page = Client().get(sent["Location"])
    assert complaint.number in page.content.decode()
    assert "已收到" in page.content.decode()
    for private in (PHONE, "包装上的批号", "菜市场"):
        assert private not in page.content.decode()
    assert Client().get(f"/report/{complaint.number.lower()}").status_code == 200


@pytest.mark.parametrize("number", ["JB261123-AAAAAA", "%01", "x" * 300, "%F0%9F%98%80"])
def test_a_number_nobody_was_given_is_not_found(number: str) -> None:
    assert Client().get(f"/report/{number}").status_code == 404


def test_the_contact_is_nowhere_in_the_clear() -> None:
    send(code_of(make_run()))

    complaint = Complaint.objects.get()
    for field in Complaint._meta.concrete_fields:
        assert PHONE.encode() not in _as_bytes(getattr(complaint, field.attname)), field.name
    assert decrypt(bytes(complaint.contact)).decode() == PHONE
    body = bytes(Entry.objects.get(subject=f"complaint:{complaint.number}").body)
    for private in (PHONE, "批号", "菜市场"):
        assert private.encode() not in body
    statement = json.loads(body)
    assert statement["actor"] == "office:platform"
    assert set(statement["commitments"]) == {"text", "bought_at", "contact"}
    assert statement["data"] == {"code": complaint.code_text, "region": PIDU}


def _as_bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def test_no_address_or_browser_stays_with_a_report() -> None:
    Client(REMOTE_ADDR="203.0.113.9").post(
        f"/t/{code_of(make_run())}/report", filled_in(), headers={"User-Agent": "Tell-Tale/1.0"}
    )

    row = Complaint.objects.values().get()
    assert not [value for value in row.values() if "203.0.113" in str(value) or "Tell-Tale" in str(value)]


def test_without_a_contact_nothing_is_stored_for_it() -> None:
    assert bytes(report(make_run(), contact=" ").contact) == b""


def test_a_forged_label_can_be_reported_and_goes_to_the_maker_it_names() -> None:
    assert report(run_in(CUIPING), code_text=with_wrong_tag(code_of(run_in(CUIPING)))).region == CUIPING


def test_an_unknown_code_goes_to_the_province() -> None:
    complaint = report()

    assert (complaint.region, complaint.run, complaint.serial) == ("510000", None, None)


def test_a_report_pressed_twice_is_one() -> None:
    code = code_of(make_run())

    first, again, other = send(code), send(code), send(code, text="另有一件事要说")

    assert first["Location"] == again["Location"] != other["Location"]
    assert Complaint.objects.count() == 2


def test_one_visitor_reports_only_so_often() -> None:
    code = code_of(make_run())
    for number in range(REPORTS_AN_HOUR):
        assert send(code, text=f"第 {number} 件不对的事").status_code == 302

    refused = send(code, text="再来一件不对的事")
    by_api = Client().post(
        "/api/v1/complaints", {"code": code, "text": "再来一件不对的事"}, content_type="application/json"
    )
    stranger = Client().post(f"/t/{code}/report", filled_in(), headers={"User-Agent": "another phone"})

    assert refused.status_code == 422
    assert "12315" in refused.content.decode()
    assert (by_api.status_code, by_api.json()["code"], by_api["Retry-After"]) == (429, "too_many_reports", "3600")
    assert stranger.status_code == 302
    assert Complaint.objects.count() == REPORTS_AN_HOUR + 1


def test_an_hour_later_reports_are_taken_again() -> None:
    for number in range(REPORTS_AN_HOUR):
        report(text=f"第 {number} 件不对的事")

    assert refusal(lambda: report(text="再来一件不对的事", now=NOW + timedelta(minutes=59))) == "too_many_reports"
    assert report(text="再来一件不对的事", now=NOW + timedelta(minutes=61)).state == "received"


def test_a_program_that_fills_in_the_trap_is_sent_away() -> None:
    sent = send(code_of(make_run()), website="https://spam.example")

    assert (sent.status_code, "report" in sent["Location"]) == (302, False)
    assert not Complaint.objects.exists()


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"text": "假"}, "5"),
        ({"text": " " * 30}, "必填"),
        ({"text": "字" * 1901}, "1900"),
        ({"text": "坏\0字符在里面"}, "空字符"),
        ({"contact": "1" * 61}, "60"),
        ({"kind": "nothing"}, "nothing"),
    ],
)
def test_a_form_says_what_to_mend_and_keeps_what_was_typed(changes: dict[str, str], hint: str) -> None:
    answer = send(code_of(make_run()), **changes)

    assert answer.status_code == 422
    assert hint in answer.content.decode()
    assert "菜市场三号摊" in answer.content.decode()
    assert not Complaint.objects.exists()


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"code": "nonsense"}, 400, "not_a_code"),
        ({"code": "\0" * 20}, 400, "not_a_code"),
        ({"text": "假"}, 422, "invalid_input"),
        ({"text": "坏\0字符在里面"}, 422, "invalid_input"),
        ({"text": "半个\ud800字符"}, 422, "invalid_input"),
        ({"contact": "\0"}, 422, "invalid_input"),
        ({"contact": "1" * 61}, 422, "invalid_input"),
        ({"bought_at": "店" * 201}, 422, "invalid_input"),
        ({"text": 5}, 422, "invalid_input"),
    ],
)
def test_the_api_refuses_what_cannot_be_kept(changes: dict[str, Any], status: int, code: str) -> None:
    body = {"code": UNKNOWN, "text": "批号和包装不一样", **changes}

    answer = Client().post("/api/v1/complaints", body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Complaint.objects.exists()


def test_a_report_by_api() -> None:
    answer = Client().post(
        "/api/v1/complaints",
        {"code": code_of(make_run()).lower(), "text": "批号和包装不一样", "contact": PHONE},
        content_type="application/json",
    )

    assert answer.status_code == 201
    assert set(answer.json()) == {"number", "state", "received_at", "outcome"}
    assert PHONE not in answer.content.decode()


def test_a_page_for_a_code_that_cannot_be_is_refused() -> None:
    assert Client().get("/t/nonsense/report").status_code == 400
