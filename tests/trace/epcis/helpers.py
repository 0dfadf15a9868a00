"""Plain functions of the tests of EPCIS: events as partners send them."""

from __future__ import annotations

import json
from typing import Any

from products.access import Actor
from products.trace.domain.epcis.identifiers import check_digit
from products.trace.domain.epcis.reading import ReceivedEvent, received
from products.trace.models.epcis import EpcisCapture
from products.trace.services.epcis.store import store_events
from tests.factories import NOW

CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"example": "https://ns.example.com/epcis/"},
]
GTIN = "06901234000016"[:13] + check_digit("0690123400001")
PLACE = "https://id.gs1.org/414/6901234000009"


def unit(serial: object, gtin: str = GTIN) -> str:
    return f"https://id.gs1.org/01/{gtin}/21/{serial}"


def lot(number: str, gtin: str = GTIN) -> str:
    return f"https://id.gs1.org/01/{gtin}/10/{number}"


def pallet(number: int) -> str:
    digits = f"0690123{number:010d}"
    return f"https://id.gs1.org/00/{digits}{check_digit(digits)}"


def object_event(*epcs: str, **changes: Any) -> dict[str, Any]:
    """A unit seen in shipping on 2026-11-23 at ten in the morning."""
    event: dict[str, Any] = {
        "type": "ObjectEvent",
        "eventTime": "2026-11-23T10:00:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": list(epcs) or [unit(1)],
        "action": "OBSERVE",
        "bizStep": "shipping",
        "disposition": "in_transit",
    }
    return _changed(event, changes)


def aggregation(parent: str, *children: str, **changes: Any) -> dict[str, Any]:
    event: dict[str, Any] = {
        "type": "AggregationEvent",
        "eventTime": "2026-11-23T10:00:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "parentID": parent,
        "childEPCs": list(children),
        "action": "ADD",
        "bizStep": "packing",
    }
    return _changed(event, changes)


def transformation(inputs: list[str], outputs: list[str], **changes: Any) -> dict[str, Any]:
    """Lots into lots, ten of each."""
    event: dict[str, Any] = {
        "type": "TransformationEvent",
        "eventTime": "2026-11-23T10:00:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "inputQuantityList": [{"epcClass": epc, "quantity": 10} for epc in inputs],
        "outputQuantityList": [{"epcClass": epc, "quantity": 10} for epc in outputs],
        "bizStep": "commissioning",
    }
    return _changed(event, changes)


def _changed(event: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Changed or, with None, without the field."""
    return {name: value for name, value in (event | changes).items() if value is not None}


def document(*events: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-11-23T11:00:00.000+08:00",
        "epcisBody": {"eventList": list(events)},
        **changes,
    }


def store(actor: Actor, *events: dict[str, Any], behaviour: str = "rollback", **changes: Any) -> EpcisCapture:
    """Keep events in the service, a minute before noon in the cast's clock."""
    given: list[ReceivedEvent] = [received(event) for event in events]
    facts: dict[str, Any] = {"context": json.dumps(CONTEXT), "now": NOW}
    return store_events(actor=actor, events=given, behaviour=behaviour, **(facts | changes))


def codes(capture: EpcisCapture) -> list[str]:
    return [error["code"] for error in capture.errors]
