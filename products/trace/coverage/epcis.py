"""What `ledger_check` compares of captured EPCIS events: their texts with the log, their columns with their texts."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from products.audit import timestamp
from products.comparing import PORTION, Facts, Found, Promise, Statement
from products.registry.models.enterprise import Enterprise
from products.row_tables import NOWHERE, Row, RowTable, keys_of, pick
from products.trace.domain.epcis.context import prefixes_of
from products.trace.domain.epcis.digests import concern_digest, text_digest
from products.trace.domain.epcis.events import ParsedEvent, parse
from products.trace.domain.epcis.faults import EventFault
from products.trace.domain.epcis.reading import ReceivedEvent
from products.trace.models.epcis import EpcisCapture, EpcisConcern, EpcisEvent, EpcisEventEpc

# Of all captures in memory at a time.
_EVENTS: Final = 2_000
_DERIVED: Final = (
    "event_hash", "type", "event_time", "action", "biz_step", "disposition", "read_point", "biz_location", "is_error",
)  # fmt: skip
_CAPTURED: Final = "trace.epcis_captured"


@dataclass(frozen=True, eq=False)
class _Captures(RowTable):
    """As any table, in portions that are counted by their events: a capture may have ten thousand."""

    def portions(self) -> Iterator[list[Found]]:
        last = 0
        while True:
            rows = EpcisCapture.objects.filter(pk__gt=last).order_by("pk")
            end, events = 0, 0
            for pk, count in rows.values_list("pk", "kept_count")[:PORTION]:
                if end and events + count > _EVENTS:
                    break
                end, events = pk, events + count
            if not end:
                return
            yield self.read(self._stated(rows.filter(pk__lte=end)))
            last = end


def _read(rows: Sequence[Row]) -> list[Found]:
    events: dict[Any, list[EpcisEvent]] = defaultdict(list)
    for event in EpcisEvent.objects.filter(capture_id__in=[row["pk"] for row in rows]).order_by("pk"):
        events[event.capture_id].append(event)
    keys = [event.pk for found in events.values() for event in found]
    epcs, concerns = _epcs(keys), _concerns(keys)
    return [_found(row, events.get(row["pk"], []), epcs, concerns) for row in rows]


def _epcs(keys: Sequence[int]) -> dict[int, Counter[tuple[str, str, int]]]:
    found: dict[int, Counter[tuple[str, str, int]]] = defaultdict(Counter)
    for start in range(0, len(keys), PORTION):
        rows = EpcisEventEpc.objects.filter(event_id__in=keys[start : start + PORTION])
        for event, field, epc, effect in rows.values_list("event_id", "field", "epc", "effect"):
            found[event][field, epc, effect] += 1
    return found


def _concerns(keys: Sequence[int]) -> dict[int, list[str]]:
    rows: list[tuple[int, int]] = []
    for start in range(0, len(keys), PORTION):
        portion = EpcisConcern.objects.filter(event_id__in=keys[start : start + PORTION]).order_by("pk")
        rows += portion.values_list("event_id", "enterprise_id")
    known = keys_of(Enterprise, "uscc", {enterprise for _event, enterprise in rows})
    found: dict[int, list[str]] = defaultdict(list)
    for event, enterprise in rows:
        found[event].append(known.get(enterprise, NOWHERE))
    return found


def _found(
    row: Row,
    events: Sequence[EpcisEvent],
    epcs: Mapping[int, Counter[tuple[str, str, int]]],
    concerns: Mapping[int, list[str]],
) -> Found:
    return Found(
        subject=CAPTURES.subject(row),
        facts={
            **pick(row, "enterprise", "behaviour", "kept_count", "by", "at"),
            "context_sha256": text_digest(row["context"]),
            # Compared with the texts, of which the log holds the hashes; no entry names it.
            "differences": [text for event in events for text in _differing(event, row, epcs.get(event.pk, Counter()))],
        },
        children={
            "event": [_event_facts(event) for event in events],
            "concern": [
                {"event_id": event.event_id, "enterprise": concern_digest(uscc, event.text)}
                for event in events
                for uscc in concerns.get(event.pk, ())
            ],
        },
        # Of what was refused nothing is kept, and nothing is said.
        is_silent=not events and not row["kept_count"],
    )


def _event_facts(event: EpcisEvent) -> Facts:
    return {"event_id": event.event_id, "sha256": text_digest(event.text)}


def _differing(event: EpcisEvent, row: Row, epcs: Counter[tuple[str, str, int]]) -> Iterator[str]:
    """In what the event's columns and identifiers are not what its text says."""
    if timestamp(event.record_time) != row["at"]:
        yield f"{event.event_id}: record_time is {timestamp(event.record_time)}, it was captured at {row['at']}"
    if event.enterprise_id != row["enterprise_id"]:
        yield f"{event.event_id}: its enterprise is not its capture's"
    try:
        said = _parsed(event, row["context"])
    except (EventFault, ValueError, RecursionError) as error:
        yield f"{event.event_id}: its text cannot be read ({error})"
        return
    if said.event_id != event.event_id:
        yield f"{event.event_id}: event_id is not that of its text, {said.event_id}"
    for name in _DERIVED:
        held, right = getattr(event, name), getattr(said, name)
        if held != right:
            yield f"{event.event_id}: {name} is {_short(held)}, its text says {_short(right)}"
    wanted = Counter((named.field, named.epc, named.effect) for named in said.epcs)
    for field, epc, effect in wanted - epcs:
        yield f"the identifier {epc} (field {field}, effect {effect}) of {event.event_id} is missing"
    for field, epc, effect in epcs - wanted:
        yield f"no entry speaks of a field {field} with epc {epc} (effect {effect}) in {event.event_id}: it was added"


def _parsed(event: EpcisEvent, context: str) -> ParsedEvent:
    value = json.loads(event.text, parse_float=Decimal)
    prefixes = prefixes_of(json.loads(context)) if context else prefixes_of(None)
    return parse(ReceivedEvent(event.text, value), prefixes=prefixes, now=max(event.record_time, event.event_time))


def _short(value: object) -> str:
    return str(timestamp(value) if isinstance(value, datetime) else value)[:80]


def _fold(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    count = 0
    for statement in statements:
        promise.take(statement, "enterprise", "behaviour", "context_sha256")
        events = statement.data.get("events")
        for line in events if isinstance(events, list) else []:
            if not isinstance(line, list) or len(line) < 2:
                continue
            count += 1
            promise.add("event", statement, event_id=line[0], sha256=line[1])
            for digest in line[2:]:
                promise.add("concern", statement, event_id=line[0], enterprise=digest)
        promise.say(statement, by=statement.actor, at=statement.at, kept_count=count)
    return promise


def _further(found: Found, statements: Sequence[Statement]) -> Iterator[str]:
    yield from found.facts["differences"]


CAPTURES: Final = _Captures(
    model=EpcisCapture,
    prefix="epcis-capture",
    key="code",
    columns=("behaviour", "context", "kept_count", "by", "at"),
    kinds=frozenset({_CAPTURED}),
    opening="",
    read=_read,
    fold=_fold,
    further=_further,
    names={"enterprise": (Enterprise, "uscc")},
)
