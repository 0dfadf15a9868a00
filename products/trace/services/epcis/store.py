"""Keeping EPCIS events: checked against what is known, written in one transaction with their statements."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.audit import Statement, record_many
from products.errors import NotFound
from products.registry.models.enterprise import Enterprise
from products.trace.domain.epcis.context import prefixes_of
from products.trace.domain.epcis.digests import concern_digest, text_digest
from products.trace.domain.epcis.events import ParsedEvent, parse
from products.trace.domain.epcis.faults import EventFault, PlacedFault
from products.trace.domain.epcis.reading import ReceivedEvent
from products.trace.models.epcis import EpcisCapture, EpcisConcern, EpcisEvent, EpcisEventEpc
from products.trace.models.lot import LineageLink
from products.trace.services.epcis.belonging import Belonging, belongings
from products.trace.services.epcis.lineage import Lineage, link_rows
from products.trace.services.epcis.rows import insert_rows, next_keys, stored_time
from products.trace.services.epcis.states import known_events, load_states
from products.trace.services.epcis.words import stated_fault

ROLLBACK: Final = EpcisCapture.Behaviour.ROLLBACK
PROCEED: Final = EpcisCapture.Behaviour.PROCEED
KIND: Final = "trace.epcis_captured"
# Of the errors of one capture; the rest is counted.
MAX_ERRORS: Final = 1_000
# An entry has 60,000 bytes at most.
_ENTRY_BYTES: Final = 50_000

_EVENT: Final = (
    "id", "capture_id", "enterprise_id", "event_id", "event_hash", "text", "type", "event_time", "record_time",
    "action", "biz_step", "disposition", "read_point", "biz_location", "is_error",
)  # fmt: skip


def store_events(
    *,
    actor: Actor,
    events: Sequence[ReceivedEvent],
    context: str = "",
    behaviour: str = ROLLBACK,
    enterprise: Enterprise | None = None,
    is_linked: bool = True,
    now: datetime,
) -> EpcisCapture:
    """Keep `events` of a document whose @context is the JSON text `context`; gives the capture, its errors in it.

    With ROLLBACK one fault keeps all events out; with PROCEED the others are kept. An event known already, with the same
    id and content, counts as known and is not kept again. The capturer is the actor's enterprise; the platform itself
    names one in `enterprise` for the events that it makes of that enterprise's records; these add no links to the
    lineage (not `is_linked`), for the records have them already.
    Raises Forbidden, NotFound or StorageUnavailable, having written nothing.
    """
    if enterprise is None:
        require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    parsed, faults = _parse_all(events, context, now)
    with transaction.atomic():
        # Two captures of one enterprise, one after the other: the second sees what the first has packed or ended.
        holder = Enterprise.objects.select_for_update().filter(
            **({"pk": enterprise.pk} if enterprise else {"uscc": actor.uscc})
        )
        capturer = holder.first()
        if capturer is None:
            raise NotFound(_("没有这家企业，无法采集。请先完成企业登记。"))
        return _Store(capturer, actor, now, is_linked=is_linked).keep(
            parsed, faults, context, behaviour, sent=len(events)
        )


def _parse_all(
    events: Sequence[ReceivedEvent], context: str, now: datetime
) -> tuple[list[tuple[int, ParsedEvent]], list[PlacedFault]]:
    prefixes = prefixes_of(json.loads(context)) if context else prefixes_of(None)
    parsed: list[tuple[int, ParsedEvent]] = []
    faults: list[PlacedFault] = []
    for place, event in enumerate(events):
        try:
            parsed.append((place, parse(event, prefixes=prefixes, now=now)))
        except EventFault as fault:
            faults.append(placed(fault, place, event.value.get("eventID")))
    return parsed, faults


def placed(fault: EventFault, place: int, event_id: object) -> PlacedFault:
    said = event_id if isinstance(event_id, str) else ""
    return PlacedFault(place, said[:200], fault.code, fault.field[:200], fault.value)


class _Store:
    """One capture, inside its transaction, the capturer's row locked."""

    def __init__(self, capturer: Enterprise, actor: Actor, now: datetime, *, is_linked: bool = True) -> None:
        self.capturer = capturer
        self.actor = actor
        self.now = now
        self.is_linked = is_linked

    def keep(
        self,
        parsed: list[tuple[int, ParsedEvent]],
        faults: list[PlacedFault],
        context: str,
        behaviour: str,
        *,
        sent: int,
    ) -> EpcisCapture:
        owners = belongings({named.epc for _place, event in parsed for named in event.epcs})
        accepted, known = self._accept(parsed, faults, owners)
        if faults and behaviour == ROLLBACK:
            accepted = []
        faults.sort(key=lambda fault: fault.place)
        capture = EpcisCapture.objects.create(
            enterprise=self.capturer,
            behaviour=behaviour,
            context=context,
            sent_count=sent,
            kept_count=len(accepted),
            known_count=known,
            errors=[stated_fault(fault) for fault in faults[:MAX_ERRORS]],
            error_count=len(faults),
            by=self.actor.ledger_name,
            at=self.now,
            finished_at=self.now,
        )
        self._write(capture, accepted, owners)
        return capture

    def _accept(
        self, parsed: list[tuple[int, ParsedEvent]], faults: list[PlacedFault], owners: Mapping[str, Belonging]
    ) -> tuple[list[ParsedEvent], int]:
        """The events to keep, in their order, and how many were known. What is refused comes to `faults`."""
        known = known_events(self.capturer, (event.event_id for _place, event in parsed))
        states = load_states(self.capturer, [event for _place, event in parsed], owners)
        lineage = Lineage(self.capturer.pk, owners, [event for _place, event in parsed])
        accepted: list[ParsedEvent] = []
        seen: set[tuple[str, bool]] = set()
        known_count = 0
        for place, event in parsed:
            key = (event.event_id, event.is_error)
            try:
                if key in seen:
                    raise EventFault("twice_in_document", "eventID", event.event_id)
                if key in known:
                    if known[key] != event.event_hash:
                        raise EventFault("event_id_taken", "eventID", event.event_id)
                    seen.add(key)
                    known_count += 1
                    continue
                states.check(event)
                if self.is_linked:
                    lineage.check(event)
            except EventFault as fault:
                faults.append(placed(fault, place, event.event_id))
                continue
            seen.add(key)
            states.apply(event)
            lineage.apply(event)
            accepted.append(event)
        return accepted, known_count

    def _write(self, capture: EpcisCapture, events: Sequence[ParsedEvent], owners: Mapping[str, Belonging]) -> None:
        if not events:
            return
        keys = next_keys(EpcisEvent, len(events))
        insert_rows(
            EpcisEvent, _EVENT, [self._row(key, capture, event) for key, event in zip(keys, events, strict=True)]
        )
        insert_rows(
            EpcisEventEpc,
            ("event_id", "field", "epc", "effect"),
            [
                (key, named.field, named.epc, named.effect)
                for key, event in zip(keys, events, strict=True)
                for named in event.epcs
            ],
        )
        concerned = [self._concerned(event, owners) for event in events]
        rows = [(key, owner) for key, found in zip(keys, concerned, strict=True) for owner in found]
        insert_rows(EpcisConcern, ("event_id", "enterprise_id"), rows)
        links = link_rows(events, owners, capturer=self.capturer.pk) if self.is_linked else []
        LineageLink.objects.bulk_create(
            [LineageLink(parent=parent, child=child) for parent, child in links], ignore_conflicts=True, batch_size=500
        )
        names = dict(Enterprise.objects.filter(pk__in={owner for _key, owner in rows}).values_list("pk", "uscc"))
        lines = [
            [
                event.event_id,
                text_digest(event.text),
                *(concern_digest(names[owner], event.text) for owner in found),
            ]
            for event, found in zip(events, concerned, strict=True)
        ]
        record_many(list(_statements(capture, lines)), actor=self.actor, now=self.now)

    def _row(self, key: int, capture: EpcisCapture, event: ParsedEvent) -> tuple[Any, ...]:
        return (
            key, capture.pk, self.capturer.pk, event.event_id, event.event_hash, event.text, event.type,
            stored_time(event.event_time), stored_time(self.now), event.action, event.biz_step, event.disposition,
            event.read_point, event.biz_location, event.is_error,
        )  # fmt: skip

    def _concerned(self, event: ParsedEvent, owners: Mapping[str, Belonging]) -> list[int]:
        """Whose goods the event is about, where they are not the capturer's own."""
        if not owners:
            return []
        holders = {owners[named.epc].enterprise_id for named in event.epcs if named.epc in owners}
        return sorted(holders - {self.capturer.pk})


def _statements(capture: EpcisCapture, lines: Sequence[list[str]]) -> Iterator[Statement]:
    """Each event by its id, the SHA-256 of its text and whom else it is about; as many to an entry as fit."""
    portion: list[list[str]] = []
    size = 0
    for line in lines:
        length = len(json.dumps(line))
        if portion and size + length > _ENTRY_BYTES:
            yield _statement(capture, portion)
            portion, size = [], 0
        portion.append(line)
        size += length
    yield _statement(capture, portion)


def _statement(capture: EpcisCapture, portion: list[list[str]]) -> Statement:
    return Statement(
        kind=KIND,
        subject=f"epcis-capture:{capture.code}",
        data={
            "enterprise": capture.enterprise.uscc,
            "behaviour": str(capture.behaviour),
            "context_sha256": text_digest(capture.context),
            "events": portion,
        },
    )
