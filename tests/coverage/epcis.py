"""EPCIS captures of the small world, and their columns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import models

from products.access import Actor
from products.trace.models.epcis import EpcisCapture, EpcisConcern, EpcisEvent, EpcisEventEpc
from tests.coverage.covered import OTHER_CODE, Covered
from tests.trace.epcis.helpers import lot, object_event, store, transformation

_GTIN = "06901234567892"
_HOW_IT_WENT = "how the capture went; of what was refused nothing is kept"
_EPCIS: dict[str, Any] = {"world": "epcis"}
EPCIS_COLUMNS: dict[type[models.Model], Covered] = {
    EpcisCapture: Covered(
        **_EPCIS,
        place=lambda row: f"epcis-capture {row.code}",
        uncovered=dict.fromkeys(("sent_count", "known_count", "errors", "error_count", "finished_at"), _HOW_IT_WENT),
        words={"context": "context_sha256"},
        copied={"code": OTHER_CODE},
    ),
    EpcisEvent: Covered(
        **_EPCIS,
        place=lambda row: f"epcis-capture {row.capture.code}",
        parent="capture",
        words={"text": "sha256"},
        copied={"event_id": "copy"},
    ),
    EpcisEventEpc: Covered(
        **_EPCIS,
        place=lambda row: f"epcis-capture {row.event.capture.code}",
        parent="event",
        copied={"epc": "urn:x:copy"},
    ),
    EpcisConcern: Covered(
        **_EPCIS,
        place=lambda row: f"epcis-capture {row.event.capture.code}",
        words={"event": "event_id"},
        copied={"enterprise_id": 999_999},
    ),
}


def make_epcis(makers: tuple[Actor, Actor], *, at: Callable[[int], datetime]) -> None:
    """Each captures what it made of the other's lot, what it saw, and that it saw wrongly."""
    for number, maker in enumerate(makers):
        seen = object_event(readPoint={"id": f"urn:x:gate-{number}"}, bizLocation={"id": "urn:x:yard"})
        made = transformation([lot(f"A{1 - number}", _GTIN)], [lot(f"NEW{number}", _GTIN)])
        store(maker, seen, made, now=at(80 + number))
        # Of an event that was captured elsewhere.
        declared = seen | {
            "eventID": f"urn:x:wrong-{number}",
            "errorDeclaration": {"declarationTime": "2026-11-23T11:00:00+08:00"},
        }
        store(maker, declared, made | {"eventID": f"urn:x:again-{number}"}, now=at(90 + number))
