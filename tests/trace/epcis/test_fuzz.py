"""Whatever is posted to /epcis/capture, it is answered; nothing is kept that cannot be handed out again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from products.access import Actor
from products.trace.models.epcis import EpcisCapture, EpcisEvent
from tests.trace.epcis.helpers import CONTEXT, aggregation, document, lot, object_event, pallet, transformation, unit
from tests.trace.epcis.partner import Partner, token_of

pytestmark = pytest.mark.django_db
RELAXED = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

FIELDS = st.sampled_from(
    [
        "type", "eventTime", "eventTimeZoneOffset", "epcList", "childEPCs", "parentID", "action", "bizStep", "disposition",
        "quantityList", "readPoint", "bizLocation", "bizTransactionList", "sourceList", "sensorElementList", "ilmd",
        "persistentDisposition", "errorDeclaration", "eventID", "inputEPCList", "outputQuantityList", "example:x",
        "@context", "transformationID", "certificationInfo", "recordTime", "destinationList", "nobody:x", "",
        "nobody\0:x", "ex\ud800:x", "time",
    ]
)  # fmt: skip
# What a database, an encoding or the calendar cannot hold.
ODD = st.sampled_from(
    ["\0", "\ud800", "urn:x:\0", "urn:x:\udfff", "9999-12-31T23:59:59.9999Z", "0001-01-01T00:00:00+14:00"]
)
LEAVES = (
    ODD
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from([unit(1), unit(2), lot("A"), pallet(1), "2026-11-23T10:00:00Z", "+08:00", "ADD", "urn:x:y", "id"])
)
NAMES = (
    st.sampled_from(["id", "epcClass", "quantity", "type", "source", "sensorReport", "value", "example:y", "time"])
    | ODD
    | st.text()
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)
EVENTS = st.sampled_from(
    [
        object_event(),
        aggregation(pallet(1), unit(1)),
        transformation([lot("A")], [lot("B")]),
        object_event(action="ADD"),
    ]
)


@st.composite
def contexts(draw: st.DrawFn) -> list[Any]:
    return [*CONTEXT, {draw(st.sampled_from(["x", "ex", "nobody", "\ud800"])): draw(ODD | st.just("urn:x:"))}]


@st.composite
def broken_events(draw: st.DrawFn) -> dict[str, Any]:
    """A good event with a few fields put out of order."""
    event = dict(draw(EVENTS))
    for name in draw(st.lists(FIELDS, max_size=3)):
        event[name] = draw(VALUES)
    for name in draw(st.lists(FIELDS, max_size=1)):
        event.pop(name, None)
    return event


@pytest.fixture
def us(maker: Actor) -> Partner:
    return Partner(Client(), token_of(maker))


@RELAXED
@given(
    events=st.lists(broken_events(), max_size=4), context=contexts(), behaviour=st.sampled_from(["rollback", "proceed"])
)
def test_documents_of_broken_events(
    us: Partner, events: list[dict[str, Any]], context: list[Any], behaviour: str
) -> None:
    # Escaped: a lone surrogate can be written in no other way.
    text = json.dumps(document(*events, **{"@context": context}))
    response = us.post("capture", text, **{"GS1-Capture-Error-Behaviour": behaviour})

    if response.status_code != 202:
        assert response.status_code == 400, response.content
        return
    job = us.job(response)
    assert job["eventsReceived"] == len(events)
    if behaviour == "proceed" or not job["eventsRefused"]:
        assert job["eventsCaptured"] + job["eventsKnown"] + job["eventsRefused"] == len(events)
    else:
        assert job["eventsCaptured"] == 0
    assert all(error["code"] != error["detail"] for error in job["errors"])
    kept = EpcisEvent.objects.filter(capture__code=job["captureID"])
    assert kept.count() == job["eventsCaptured"]
    # What was kept is handed out whole.
    for page in us.pages("events", perPage="100"):
        json.dumps(page)


@RELAXED
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes(us: Partner, content: bytes) -> None:
    assert us.post("capture", content or b" ").status_code == 400
    assert us.post("events", content or b" ").status_code == 400
    assert not EpcisCapture.objects.exists()


@RELAXED
@given(cut=st.integers(0, 900), insert=st.sampled_from(['"', "{", "}", "[", "]", ",", ":", "\\", "\0", "1", "é", "  "]))
def test_a_damaged_document(us: Partner, cut: int, insert: str) -> None:
    text = json.dumps(document(object_event(), aggregation(pallet(1), unit(1))))
    damaged = text[:cut] + insert + text[cut + 1 :]

    assert us.post("capture", damaged).status_code in (202, 400)


@RELAXED
@given(
    query=st.dictionaries(
        st.sampled_from(["eventType", "GE_eventTime", "EQ_bizStep", "MATCH_epc", "orderBy", "eventCountLimit", "perPage",
                         "nextPageToken", "EQ_eventID", "EXISTS_errorDeclaration", "WD_readPoint", "maxEventCount"]),
        st.text(max_size=40) | st.sampled_from(["ObjectEvent", "shipping", unit(1), "eventTime", "3", "true"]),
        max_size=3,
    )
)  # fmt: skip
def test_any_query(us: Partner, query: dict[str, str]) -> None:
    assert us.get("events", query).status_code in (200, 400, 413)


@RELAXED
@given(
    name=st.sampled_from(["x", "y\0", "z"]),
    query=st.dictionaries(NAMES | st.sampled_from(["EQ_eventID", "EQ_action"]), VALUES, max_size=2),
)
def test_any_named_query(us: Partner, name: str, query: dict[str, Any]) -> None:
    assert us.post("queries", json.dumps({"name": name, "query": query})).status_code in (201, 400, 409)
    assert us.get(f"queries/{name}/events").status_code in (200, 400, 404, 413)
