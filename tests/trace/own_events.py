"""What the tests of our own EPCIS events share: a log of their own, and what came of it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ledger.adapters.signer import Signer, load_signer
from ledger.services.creation import create_log
from ledger.services.sequencing import sequence_batch
from products.trace.domain.epcis_own.terms import TERMS
from products.trace.models.epcis import EpcisEvent
from products.trace.models.epcis_own import OwnEvent
from products.trace.services.epcis_own import make_own_events
from tests.factories import NOW

ORIGIN = "log.example/own-events"
BASE = "https://gi.example"
Event = dict[str, Any]


def new_log(folder: Path) -> Signer:
    key_file = folder / "ledger.key"
    create_log(key_file=key_file, origin=ORIGIN, now=NOW)
    return load_signer(key_file=key_file, origin=ORIGIN)


def publish(signer: Signer, *, now: datetime = NOW + timedelta(hours=9)) -> list[Event]:
    """Sequence what waits, make the events of it, and give those that are new, in the order they were made."""
    known = EpcisEvent.objects.count()
    sequence_batch(signer=signer, now=now)
    while make_own_events(now=now):
        pass
    rows = EpcisEvent.objects.order_by("pk")[known:]
    assert OwnEvent.objects.count() == EpcisEvent.objects.count()
    events = [json.loads(row.text) | {"eventID": row.event_id} for row in rows]
    assert names_in(events) <= {f"gi:{term.name}" for term in TERMS}
    return events


def names_in(value: Any) -> set[str]:
    """Every name of ours, at any depth."""
    if isinstance(value, list):
        return {name for each in value for name in names_in(each)}
    if not isinstance(value, dict):
        return set()
    return {name for name in value if name.startswith("gi:")} | {n for each in value.values() for n in names_in(each)}
