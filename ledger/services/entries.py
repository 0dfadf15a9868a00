"""Putting statements into the queue, inside the transaction of whoever makes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connections, router

from ledger.errors import EntryRefused
from ledger.models import MAX_KIND, MAX_SUBJECT, Entry
from ledger.verifier.merkle import leaf_hash

# A bundle gives each entry's length in 16 bits; some room is left below that.
MAX_BODY_BYTES = 60_000
_CHUNK = 1_000


@dataclass(frozen=True)
class NewEntry:
    """One statement to queue. `body` is what will be hashed and published, byte for byte."""

    kind: str
    subject: str
    body: bytes


def enqueue(*, kind: str, subject: str, body: bytes, now: datetime) -> int:
    """Queue one statement and return its queue id. It commits or rolls back with the caller's own rows.

    `now` is the time the statement itself gives as its `at`. Raises EntryRefused, having written nothing.
    """
    return enqueue_many([NewEntry(kind=kind, subject=subject, body=body)], now=now)[0]


def enqueue_many(items: Iterable[NewEntry], now: datetime) -> list[int]:
    """Queue many statements in this order; as `enqueue`, in few round trips."""
    # Outside of a transaction the statement could survive what it is about, or the other way round.
    if not connections[router.db_for_write(Entry)].in_atomic_block:
        raise EntryRefused("a statement is queued inside the transaction of what it is about")
    rows = [_row(item, now=now) for item in items]
    return [row.pk for row in Entry.objects.bulk_create(rows, batch_size=_CHUNK)]


def _row(item: NewEntry, *, now: datetime) -> Entry:
    if not 0 < len(item.body) <= MAX_BODY_BYTES:
        raise EntryRefused(f"an entry has 1 to {MAX_BODY_BYTES} bytes, not {len(item.body)}")
    if not 0 < len(item.kind) <= MAX_KIND or not 0 < len(item.subject) <= MAX_SUBJECT:
        raise EntryRefused(f"a kind has 1 to {MAX_KIND} characters and a subject 1 to {MAX_SUBJECT}")
    return Entry(kind=item.kind, subject=item.subject, body=item.body, leaf_hash=leaf_hash(item.body), queued_at=now)
