"""Querying over HTTP: the standard parameters, resources, pages and named queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from products.access import Actor
from products.trace.models.epcis import EpcisEvent
from tests.trace.epcis.helpers import GTIN, PLACE, aggregation, lot, object_event, pallet, store, transformation, unit
from tests.trace.epcis.partner import Partner

pytestmark = pytest.mark.django_db
Make = Callable[[Actor], Partner]


@pytest.fixture
def us(maker: Actor, partner: Make) -> Partner:
    """Somebody with one event of several kinds, told apart by their eventID."""
    store(
        maker,
        object_event(unit(1), eventID="urn:x:added", action="ADD", bizStep="commissioning", disposition="active",
                     eventTime="2026-11-20T10:00:00+08:00", readPoint={"id": f"{PLACE}/254/gate"}),
        aggregation(pallet(1), unit(1), eventID="urn:x:packed", eventTime="2026-11-21T10:00:00+08:00",
                    bizLocation={"id": PLACE}),
        object_event(pallet(1), eventID="urn:x:shipped", eventTime="2026-11-22T10:00:00+08:00"),
        transformation([lot("A")], [lot("B")], eventID="urn:x:made", eventTime="2026-11-23T10:00:00+08:00",
                       transformationID="urn:x:run-7"),
    )  # fmt: skip
    return partner(maker)


def ids(events: list[dict[str, Any]]) -> list[str]:
    return [event["eventID"].removeprefix("urn:x:") for event in events]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["made", "shipped", "packed", "added"]),
        ({"eventType": "ObjectEvent|AggregationEvent"}, ["shipped", "packed", "added"]),
        ({"GE_eventTime": "2026-11-21T02:00:00Z"}, ["made", "shipped", "packed"]),
        ({"LT_eventTime": "2026-11-21T10:00:00.000+08:00"}, ["added"]),
        ({"GE_recordTime": "2026-11-24T00:00:00Z"}, []),
        ({"LT_recordTime": "2026-11-24T00:00:00Z"}, ["made", "shipped", "packed", "added"]),
        ({"EQ_action": "ADD"}, ["packed", "added"]),
        ({"EQ_bizStep": "shipping|packing"}, ["shipped", "packed"]),
        ({"EQ_bizStep": "https://ref.gs1.org/cbv/BizStep-shipping"}, ["shipped"]),
        ({"EQ_disposition": "active"}, ["added"]),
        ({"EQ_readPoint": PLACE}, []),
        ({"WD_readPoint": PLACE}, ["added"]),
        ({"EQ_bizLocation": "https://example.com/gln/6901234000009"}, ["packed"]),
        ({"MATCH_epc": unit(1)}, ["packed", "added"]),
        ({"MATCH_epc": pallet(1)}, ["shipped"]),
        ({"MATCH_parentID": pallet(1)}, ["packed"]),
        ({"MATCH_anyEPC": pallet(1)}, ["shipped", "packed"]),
        ({"MATCH_inputEPCClass": lot("A")}, ["made"]),
        ({"MATCH_outputEPCClass": lot("A")}, []),
        ({"MATCH_anyEPCClass": lot("B")}, ["made"]),
        ({"MATCH_epcClass": lot("B")}, []),
        ({"MATCH_inputEPC": unit(1)}, []),
        ({"EQ_transformationID": "urn:x:run-7"}, ["made"]),
        ({"EQ_eventID": "urn:x:made|urn:x:added"}, ["made", "added"]),
        ({"EXISTS_errorDeclaration": "true"}, []),
        ({"MATCH_epc": unit(1), "EQ_action": "ADD", "eventType": "ObjectEvent"}, ["added"]),
        ({"orderBy": "eventTime", "orderDirection": "ASC"}, ["added", "packed", "shipped", "made"]),
        ({"orderBy": "eventTime", "eventCountLimit": "2"}, ["made", "shipped"]),
        ({"maxEventCount": "4"}, ["made", "shipped", "packed", "added"]),
    ],
)
def test_the_standard_parameters(us: Partner, query: dict[str, str], found: list[str]) -> None:
    assert ids(us.events(**query)) == found


def test_a_pattern_finds_the_things_of_a_class(us: Partner) -> None:
    pattern = f"urn:epc:idpat:sgtin:{GTIN[1:8]}.{GTIN[0]}{GTIN[8:13]}.*"

    assert ids(us.events(MATCH_epc=pattern)) == ["packed", "added"]


@pytest.mark.parametrize(
    ("query", "code", "status"),
    [
        ({"EQ_color": "red"}, "epcis_query_unknown", 400),
        ({"eventType": "QuantityEvent"}, "epcis_query_invalid", 400),
        ({"GE_eventTime": "yesterday"}, "epcis_query_invalid", 400),
        ({"EQ_bizStep": "shiping"}, "epcis_query_invalid", 400),
        ({"MATCH_epc": "https://id.gs1.org/01/06901234000017/21/1"}, "epcis_query_invalid", 400),
        ({"orderBy": "colour"}, "epcis_query_invalid", 400),
        ({"orderDirection": "UP"}, "epcis_query_invalid", 400),
        ({"eventCountLimit": "2"}, "epcis_query_invalid", 400),
        ({"orderBy": "eventTime", "eventCountLimit": "2", "maxEventCount": "3"}, "epcis_query_invalid", 400),
        ({"maxEventCount": "3"}, "epcis_query_too_large", 413),
        ({"maxEventCount": "-1"}, "epcis_query_invalid", 400),
        ({"perPage": "0"}, "epcis_query_invalid", 400),
        ({"nextPageToken": "abc"}, "epcis_query_invalid", 400),
        ({"nextPageToken": "WzEsMiwzLDRd"}, "epcis_query_invalid", 400),
        ({"EXISTS_errorDeclaration": "yes"}, "epcis_query_invalid", 400),
    ],
)
def test_bad_queries_are_refused(us: Partner, query: dict[str, str], code: str, status: int) -> None:
    response = us.get("events", query)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json()["type"].startswith("epcisException:Query")


@pytest.mark.parametrize("order", [{}, {"orderBy": "recordTime", "orderDirection": "ASC"}])
def test_pages_follow_each_other(maker: Actor, us: Partner, order: dict[str, str]) -> None:
    # Of one time, so that the time alone does not tell where a page ends.
    store(maker, *(object_event(unit(n), eventID=f"urn:x:{n}") for n in range(10, 19)))

    pages = us.pages("events", perPage="4", **order)

    assert [len(page) for page in pages] == [4, 4, 4, 1]
    assert len({event["eventID"] for page in pages for event in page}) == 13


def test_a_limit_holds_over_pages(us: Partner) -> None:
    pages = us.pages("events", perPage="2", orderBy="eventTime", eventCountLimit="3")

    assert [ids(page) for page in pages] == [["made", "shipped"], ["packed"]]


def test_resources_lead_to_their_events(us: Partner) -> None:
    assert us.get("").json()["member"][:3] == ["capture", "events", "queries"]
    assert us.get("bizSteps").json()["member"] == ["commissioning", "packing", "shipping"]
    assert us.get("dispositions").json()["member"] == ["active", "in_transit"]
    assert us.get("bizLocations").json()["member"] == [PLACE]
    assert us.get("readPoints").json()["member"] == [f"{PLACE}/254/gate"]
    assert "ObjectEvent" in us.get("eventTypes").json()["member"]
    assert set(us.get("epcs").json()["member"]) == {unit(1), pallet(1), lot("A"), lot("B"), "urn:x:run-7"}
    assert us.get("epcs/x").json()["member"] == ["events"]
    assert ids(us.events(f"epcs/{quote(unit(1), safe='')}/events")) == ["packed", "added"]
    assert ids(us.events(f"epcs/{quote(lot('B'), safe='')}/events")) == ["made"]
    assert ids(us.events("bizSteps/packing/events")) == ["packed"]
    assert ids(us.events("eventTypes/TransformationEvent/events")) == ["made"]
    assert ids(us.events(f"bizLocations/{quote(PLACE, safe='')}/events")) == ["packed"]


def test_lists_of_values_have_pages(us: Partner) -> None:
    first = us.get("epcs", {"perPage": 3})
    second = us.get("epcs", {"perPage": 3, "nextPageToken": first.json()["member"][-1]})

    assert 'rel="next"' in first["Link"]
    assert "Link" not in second
    assert len(first.json()["member"]) == 3
    assert len(second.json()["member"]) == 2


def test_one_event_by_its_id(us: Partner, maker: Actor) -> None:
    store(maker, object_event(unit(5)))
    hashed = EpcisEvent.objects.get(event_id__startswith="ni:").event_id

    assert ids(us.events("events/urn:x:made")) == ["made"]
    assert [event["eventID"] for event in us.events(f"events/{quote(hashed, safe='')}")] == [hashed]
    assert us.get(f"events/{hashed}").status_code == 200
    assert us.get("events/urn:x:nothing").status_code == 404


def test_nobody_sees_what_is_not_theirs(
    us: Partner, rival: Actor, officer_north: Actor, officer_south: Actor, association: Actor, partner: Make
) -> None:
    for stranger in (rival, officer_south, association):
        them = partner(stranger)
        assert them.events() == []
        assert them.events(f"epcs/{quote(unit(1), safe='')}/events") == []
        assert them.get("epcs").json()["member"] == []
        assert them.get("bizSteps").json()["member"] == []
        assert them.get("events/urn:x:made").status_code == 404
    assert len(partner(officer_north).events()) == 4


def test_queries_get_a_name_and_lose_it(us: Partner, rival: Actor, partner: Make) -> None:
    made = us.post("queries", {"name": "shipped", "query": {"EQ_bizStep": ["shipping"], "maxEventCount": 10}})

    assert (made.status_code, made["Location"]) == (201, "/epcis/queries/shipped")
    assert us.get("queries").json() == [{"name": "shipped", "query": {"EQ_bizStep": ["shipping"], "maxEventCount": 10}}]
    assert ids(us.events("queries/shipped/events")) == ["shipped"]
    again = us.post("queries", {"name": "shipped", "query": {}})
    assert (again.status_code, again.json()["type"]) == (409, "epcisException:ResourceAlreadyExistsException")
    assert partner(rival).get("queries/shipped").status_code == 404
    assert us.delete("queries/shipped").status_code == 204
    assert us.get("queries/shipped").status_code == 404


@pytest.mark.parametrize(
    "body",
    [[], {"name": "x y", "query": {}}, {"name": "x"}, {"name": "x", "query": {"EQ_color": ["red"]}},
     {"name": "x", "query": {"EQ_action": [{}]}}, {"name": "x", "query": {"eventType": ["No"]}}],
)  # fmt: skip
def test_bad_named_queries_are_refused(us: Partner, body: Any) -> None:
    assert us.post("queries", body).status_code == 400


def test_subscriptions_are_not_offered(us: Partner) -> None:
    response = us.get("queries/x/subscriptions")

    assert (response.status_code, response.json()["type"]) == (501, "epcisException:ImplementationException")
