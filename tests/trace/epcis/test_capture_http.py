"""Capturing over HTTP, as a partner's system does it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from products.access import Actor
from products.trace.domain.epcis.reading import MAX_BYTES
from products.trace.models.epcis import EpcisCapture, EpcisEvent
from tests.conftest import signed_in
from tests.trace.epcis.helpers import CONTEXT, aggregation, document, object_event, pallet, unit
from tests.trace.epcis.partner import Partner, events_of, token_of

pytestmark = pytest.mark.django_db
Make = Callable[[Actor], Partner]


def test_a_document_is_captured_and_its_job_says_so(maker: Actor, partner: Make) -> None:
    us = partner(maker)

    response = us.post("capture", document(object_event(unit(1)), aggregation(pallet(1), unit(1))))

    assert response.status_code == 202
    assert response["GS1-EPCIS-Version"] == response["GS1-CBV-Version"] == "2.0.0"
    job = us.job(response)
    assert (job["running"], job["success"], job["captureErrorBehaviour"], job["errors"]) == (
        False,
        True,
        "rollback",
        [],
    )
    assert (job["eventsReceived"], job["eventsCaptured"]) == (2, 2)
    assert job["captureID"] in response["Location"]


def test_what_was_sent_comes_back_character_for_character(maker: Actor, partner: Make) -> None:
    us = partner(maker)
    written = (
        '{ "type":"ObjectEvent",\n "eventTime" : "2026-11-23T10:00:00.1234567+08:00", "eventTimeZoneOffset":"+08:00",'
        '"epcList":["urn:epc:id:sgtin:0614141.107346.2017"],"action":"ADD", "bizStep":"commissioning",'
        '"ilmd": {"cbvmda:lotNumber" : "A\\u002d1"}, "sensorElementList":[{"sensorReport":[{"type":"Temperature",'
        '"value":26.100,"example:raw":1.50e1}]}],  "example:w\\u00e4hrung" : [1.0,  1.00, "\\/"] }'
    )
    text = json.dumps(document()).replace('"eventList": []', f'"eventList": [{written}]')

    us.job(us.post("capture", text))
    answer = us.get("events").content.decode()

    assert EpcisEvent.objects.get().text == written
    assert written[1:] in answer
    (event,) = events_of(us.get("events"))
    assert event["eventID"] == EpcisEvent.objects.get().event_id
    assert event["recordTime"].endswith("Z")
    assert json.loads(answer)["@context"] == CONTEXT


def test_events_of_other_contexts_carry_their_own(maker: Actor, partner: Make) -> None:
    us = partner(maker)
    other = [CONTEXT[0], {"example": "https://other.example.org/"}]
    us.post("capture", document(object_event(unit(1), **{"example:a": 1}), object_event(unit(3))))
    us.post("capture", document(object_event(unit(2), **{"example:a": 1}), **{"@context": other}))

    body = us.get("events").json()

    assert body["@context"] == CONTEXT
    contexts = {
        event["epcList"][0]: event.get("@context")
        for event in body["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    }
    assert contexts == {unit(1): None, unit(2): other, unit(3): None}


def test_a_record_time_of_the_sender_is_replaced(maker: Actor, partner: Make) -> None:
    us = partner(maker)
    us.post("capture", document(object_event(recordTime="2001-01-01T00:00:00Z")))

    (event,) = us.events()
    assert event["recordTime"].startswith("2026-11-23T04:00:0")


def test_both_error_behaviours(maker: Actor, partner: Make) -> None:
    us = partner(maker)
    mixed = document(object_event(unit(1)), object_event(bizStep="shiping"), object_event(unit(3)))

    rolled_back = us.job(us.post("capture", mixed))
    went_on = us.job(us.post("capture", mixed, **{"GS1-Capture-Error-Behaviour": "proceed"}))

    assert (rolled_back["success"], rolled_back["eventsCaptured"]) == (False, 0)
    assert (went_on["success"], went_on["eventsCaptured"]) == (False, 2)
    (error,) = went_on["errors"]
    assert (error["type"], error["code"]) == ("epcisException:ValidationException", "unknown_biz_step")
    assert (error["event"], error["field"], error["value"]) == (1, "bizStep", "shiping")
    assert "CBV" in error["detail"]


def test_the_same_document_again_keeps_nothing_twice(maker: Actor, partner: Make) -> None:
    us = partner(maker)
    text = document(object_event(unit(1)), object_event(unit(2)))

    us.post("capture", text)
    again = us.job(us.post("capture", text))

    assert (again["success"], again["eventsCaptured"], again["eventsKnown"]) == (True, 0, 2)
    assert EpcisEvent.objects.count() == 2


def test_one_event_on_its_own(maker: Actor, partner: Make) -> None:
    us = partner(maker)
    event = object_event() | {"@context": CONTEXT, "example:note": "x"}

    made = us.post("events", event, kind="application/ld+json")
    again = us.post("events", event)

    assert made.status_code == again.status_code == 201
    assert made["Location"] == again["Location"]
    (read,) = us.events(made["Location"].removeprefix("/epcis/"))
    assert read["epcList"] == event["epcList"]
    assert EpcisCapture.objects.filter(kept_count=1).count() == 1


def test_one_event_with_a_fault_is_refused_whole(maker: Actor, partner: Make) -> None:
    response = partner(maker).post("events", object_event(bizStep="x"))

    body = response.json()
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert (body["type"], body["code"]) == ("epcisException:ValidationException", "epcis_event_refused")
    assert [(each["field"], each["code"]) for each in body["errors"]] == [("bizStep", "unknown_biz_step")]
    assert not EpcisCapture.objects.exists()


DEEP = "[" * 100 + "]" * 100
BAD: list[tuple[str | bytes, str]] = [
    (" ", "not_json"),
    ("{", "not_json"),
    ("[]", "not_json"),
    ("<epcis/>", "not_json"),
    (b"\xff\xfe{}", "not_json"),
    ("{}", "not_epcis"),
    ('{"type":"EPCISDocument"}', "not_epcis"),
    ('{"type":"EPCISDocument","epcisBody":{"eventList":{}}}', "not_epcis"),
    ('{"type":"EPCISDocument","epcisBody":{"eventList":[1]}}', "not_epcis"),
    ('{"type":"EPCISDocument","epcisBody":{"eventList":[]}} x', "not_json"),
    ('{"type":"EPCISDocument","type":"EPCISDocument","epcisBody":{"eventList":[]}}', "not_json"),
    ('{"type":"EPCISDocument","epcisBody":{"eventList":[{"a":1,"a":2}]}}', "not_json"),
    ('{"type":"EPCISDocument","epcisBody":{"eventList":[{"a":NaN}]}}', "not_json"),
    ('{"type":"EPCISDocument","epcisBody":{"eventList":[{"a":1e999999999}]}}', "not_json"),
    (f'{{"type":"EPCISDocument","epcisBody":{{"eventList":[{{"a":{"9" * 5000}}}]}}}}', "not_json"),
    (f'{{"type":"EPCISDocument","x":{DEEP}}}', "too_deep"),
    (json.dumps({"x": '"[' * 500, "y": "\\"}) + DEEP, "too_deep"),
]


@pytest.mark.parametrize(("content", "code"), BAD)
def test_what_is_no_document_is_refused_with_a_reason(
    maker: Actor, partner: Make, content: str | bytes, code: str
) -> None:
    response = partner(maker).post("capture", content)

    body = response.json()
    assert response.status_code == 400
    assert (body["type"], body["code"]) == ("epcisException:ValidationException", "epcis_invalid")
    assert body["errors"][0]["code"] == code
    assert body["detail"]


def test_too_large_a_document_is_not_read(maker: Actor, partner: Make) -> None:
    us = partner(maker)

    large = us.post("capture", b" " * (MAX_BYTES + 1))
    many = us.post("capture", document(*([{}] * 10_001)))

    for response in (large, many):
        assert response.status_code == 413
        assert response.json()["type"] == "epcisException:CaptureLimitExceededException"


def test_xml_is_not_spoken(maker: Actor, partner: Make) -> None:
    us = partner(maker)

    sent = us.post("capture", "<epcis/>", kind="application/xml")
    wanted = us.get("events", Accept="application/xml")

    assert (sent.status_code, sent.json()["type"]) == (415, "epcisException:UnsupportedMediaTypeException")
    assert (wanted.status_code, wanted.json()["type"]) == (406, "epcisException:NotAcceptableException")


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("GS1-EPCIS-Version", "1.2", 406),
        ("GS1-CBV-Version", "2.0.1", 202),
        ("GS1-EPCIS-Min", "2.1", 406),
        ("GS1-EPCIS-Max", "1.2", 406),
        ("GS1-EPCIS-Max", "2.1.0", 202),
        ("GS1-EPC-Format", "Always_EPC_URN", 406),
        ("GS1-Capture-Error-Behaviour", "stop", 400),
    ],
)
def test_versions_and_behaviours_are_heeded(maker: Actor, partner: Make, name: str, value: str, status: int) -> None:
    assert partner(maker).post("capture", document(object_event()), **{name: value}).status_code == status


def test_who_may_not_capture(maker: Actor, officer_north: Actor, auditor: Actor, partner: Make) -> None:
    body = document(object_event())

    assert Client().post("/epcis/capture", json.dumps(body), content_type="application/json").status_code == 401
    assert Partner(Client(), token_of(maker, "read")).post("capture", body).status_code == 403
    for who in (officer_north, auditor):
        response = partner(who).post("capture", body)
        assert (response.status_code, response.json()["type"]) == (403, "epcisException:SecurityException")
    assert not EpcisCapture.objects.exists()


def test_a_browser_s_session_captures_nothing(maker: Actor) -> None:

    browser = signed_in(maker)

    refused = browser.post("/epcis/capture", json.dumps(document()), content_type="application/json")

    assert refused.status_code == 401
    assert browser.get("/epcis/events").status_code == 200


def test_jobs_are_their_capturer_s_and_its_offices(
    maker: Actor, rival: Actor, officer_north: Actor, officer_south: Actor, auditor: Actor, partner: Make
) -> None:
    address = partner(maker).post("capture", document(object_event()))["Location"].removeprefix("/epcis/")

    seen = {who.username: partner(who).get(address).status_code for who in (maker, officer_north, auditor)}
    unseen = {who.username: partner(who).get(address).status_code for who in (rival, officer_south)}

    assert set(seen.values()) == {200}
    assert set(unseen.values()) == {404}
    assert partner(rival).get("capture").json() == []
    assert len(partner(maker).get("capture").json()) == 1


def test_options_tell_limits_and_methods(maker: Actor, partner: Make) -> None:
    capture = partner(maker).options("capture")
    events = partner(maker).options(f"events/{quote('urn:uuid:1', safe='')}")

    assert (capture.status_code, capture["Allow"]) == (204, "OPTIONS, POST, GET")
    assert (capture["GS1-EPCIS-Capture-Limit"], capture["GS1-EPCIS-Capture-File-Size-Limit"]) == ("10000", "16777216")
    assert (events.status_code, events["Allow"], events["GS1-EPCIS-Min"]) == (204, "OPTIONS, GET", "2.0.0")


def test_a_repeated_request_with_a_key_captures_once(maker: Actor, partner: Make) -> None:
    us = partner(maker)
    body: dict[str, Any] = document(object_event())

    first = us.post("capture", body, **{"Idempotency-Key": "k1"})
    again = us.post("capture", body, **{"Idempotency-Key": "k1"})

    assert first["Location"] == again["Location"]
    assert EpcisCapture.objects.count() == 1
