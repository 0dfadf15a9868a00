"""Making EPCIS events of what the log says, entry by entry, behind the acts themselves.

An act is never held up: its statement waits in the log for whoever makes the events. What is made depends on the
log alone, so that it can be made again and is the same.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction

from products.access import NOBODY
from products.proofs import entries_between, entry_count
from products.registry.models.enterprise import Enterprise
from products.trace.domain.epcis.context import prefixes_of
from products.trace.domain.epcis.event_hash import event_hash, hash_id
from products.trace.domain.epcis.reading import received
from products.trace.domain.epcis_own.batches import CORRECTED, corrected, error_declaration
from products.trace.domain.epcis_own.facts import Event, Said
from products.trace.domain.epcis_own.identifiers import namespace, statement
from products.trace.domain.epcis_own.reading import read_all
from products.trace.domain.epcis_own.terms import own_context
from products.trace.models.epcis import EpcisEvent
from products.trace.models.epcis_own import OwnEvent, OwnEventProgress
from products.trace.queries.epcis_own import KINDS, Known, earlier
from products.trace.services.epcis.store import PROCEED, store_events

# Looked at in one transaction; on SQLite other writers wait that long.
MAX_ENTRIES: Final = 200
log = logging.getLogger("products.trace.epcis_own")


def make_own_events(*, now: datetime, limit: int = MAX_ENTRIES) -> int:
    """Make the events of the log's next entries; the number of entries looked at, 0 when there are none left.

    Any number may run: they take turns. After a crash nothing is missing and nothing twice, for events and progress
    are one transaction.
    """
    # Asked many times a minute: nothing is locked while there is nothing to do.
    if waiting_entries() == 0:
        return 0
    with transaction.atomic():
        progress, _ = OwnEventProgress.objects.select_for_update().get_or_create(singleton=True)
        entries = entries_between(progress.next_index, progress.next_index + limit)
        if entries:
            _Round(read_all(entries), now=now).run()
            progress.next_index += len(entries)
            progress.save(update_fields=["next_index"])
    return len(entries)


def waiting_entries() -> int:
    """How many of the log's entries have not been looked at."""
    done = OwnEventProgress.objects.values_list("next_index", flat=True).first() or 0
    return max(0, entry_count() - done)


@dataclass
class _Round:
    """The entries of one transaction, and what the log says of the batches and lots that they are about."""

    said: list[Said]
    now: datetime
    known: Known = field(default_factory=Known)
    # (entry, maker, event), until they are stored.
    waiting: list[tuple[int, str, Event]] = field(default_factory=list)

    def run(self) -> None:
        for said in self.known.learn([each for each in self.said if each.kind in KINDS]):
            try:
                self._take(said)
            except (KeyError, TypeError, ValueError):
                # A statement of a shape we do not know would stop all events behind it.
                log.exception("no event of entry %s", said.index)
        self._store()

    def _take(self, said: Said) -> None:
        if said.kind == CORRECTED:
            self._correct(said)
        elif made := self.known.event(said, at=said.index):
            self.waiting.append((said.index, *made))

    def _correct(self, correction: Said) -> None:
        """Declare wrong what was made from the facts before, and give the right events in their place."""
        before, after = (self.known.facts(correction, at=correction.index - back) for back in (1, 0))
        if before is None or after is None or before == after:
            return
        self._store()
        base = self.known.where.base
        entry = statement(base, correction.index)
        for said in self.known.learn(earlier(correction, is_renamed=before.lot_class != after.lot_class)):
            right = self.known.event(said, at=correction.index)
            wrong = _standing_event(said.index, before=entry)
            if right is None or wrong is None or right == self.known.event(said, at=correction.index - 1):
                continue
            maker, event = right
            event = corrected(event, entry=entry)
            declared = error_declaration(wrong, correction, corrective=event_id(event, base), entry=entry)
            self.waiting += [(said.index, maker, declared), (said.index, maker, event)]

    def _store(self) -> None:
        by_maker: dict[str, list[tuple[int, Event]]] = {}
        for index, uscc, event in self.waiting:
            by_maker.setdefault(uscc, []).append((index, event))
        self.waiting = []
        makers = Enterprise.objects.in_bulk(list(by_maker), field_name="uscc")
        for uscc, made in by_maker.items():
            _keep(makers[uscc], made, base=self.known.where.base, now=self.now)


def event_id(event: Event, base: str) -> str:
    """What CBV 2.0 section 8.9 calls an event without an id."""
    return hash_id(event_hash(received(event).value, prefixes_of({"gi": namespace(base)})))


def _keep(maker: Enterprise, made: Sequence[tuple[int, Event]], *, base: str, now: datetime) -> None:
    context = json.dumps(own_context(namespace(base)), separators=(",", ":"))
    capture = store_events(
        actor=NOBODY,
        events=[received(event) for _, event in made],
        context=context,
        # One that the checks refuse keeps no other out; it is named in the capture's errors.
        behaviour=PROCEED,
        enterprise=maker,
        is_linked=False,
        now=now,
    )
    if capture.error_count:
        log.error("own events refused", extra={"event": {"capture": str(capture.code), "count": capture.error_count}})
    indexes = {(event_id(event, base), "errorDeclaration" in event): index for index, event in made}
    rows = EpcisEvent.objects.filter(capture=capture).order_by("pk").values_list("pk", "event_id", "is_error")
    OwnEvent.objects.bulk_create(
        [OwnEvent(entry_index=indexes[name, is_error], event_id=pk) for pk, name, is_error in rows], batch_size=200
    )


def _standing_event(index: int, *, before: str) -> Event | None:
    """The event that stood for an entry until the correction whose entry is `before`, as it was stored."""
    rows = OwnEvent.objects.filter(entry_index=index, event__is_error=False).order_by("pk")
    events: list[Event] = [json.loads(text) for text in rows.values_list("event__text", flat=True)]
    following = [place for place, event in enumerate(events) if event.get("gi:correction") == before]
    if following:
        # Made once already.
        events = events[: following[0]]
    return events[-1] if events else None
