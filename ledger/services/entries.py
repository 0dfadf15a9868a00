"""Putting statements into the queue, inside the transaction of whoever makes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db import connection

from ledger.errors import EntryRefused
from ledger.models import MAX_KIND, MAX_SUBJECT
from ledger.services.room import require_room
from ledger.verifier.merkle import leaf_hash

# A bundle gives each entry's length in 16 bits; some room is left below that.
MAX_BODY_BYTES = 60_000
# Rows to a statement, and from how many on PostgreSQL's COPY is worth its round trips.
_ROWS = 100

_COLUMNS = "kind, subject, body, leaf_hash, queued_at"
_INSERT = f"INSERT INTO ledger_entry ({_COLUMNS}) VALUES "  # noqa: S608 - constants alone
_VALUES = "(%s, %s, %s, %s, %s)"
_COPY = f"COPY ledger_entry ({_COLUMNS}) FROM STDIN (FORMAT BINARY)"
_COPY_TYPES = ("varchar", "varchar", "bytea", "bytea", "timestamptz")

_Row = tuple[str, str, bytes, bytes, datetime | str]


@dataclass(frozen=True, slots=True)
class NewEntry:
    """One statement to queue. `body` is what will be hashed and published, byte for byte."""

    kind: str
    subject: str
    body: bytes


def enqueue(*, kind: str, subject: str, body: bytes, now: datetime) -> None:
    """Queue one statement. It commits or rolls back with the caller's own rows.

    `now` is the time the statement itself gives as its `at`. Raises EntryRefused or NoRoom, having written nothing.
    """
    enqueue_many([NewEntry(kind=kind, subject=subject, body=body)], now=now)


def enqueue_many(items: Iterable[NewEntry], now: datetime) -> None:
    """Queue many statements in this order; as `enqueue`, in few round trips."""
    # Outside of a transaction the statement could survive what it is about, or the other way round.
    if not connection.in_atomic_block:
        raise EntryRefused("a statement is queued inside the transaction of what it is about")
    require_room()
    moment: datetime | str = now
    if connection.vendor != "postgresql":
        moment = str(connection.ops.adapt_datetimefield_value(now))
    rows = [_row(item, moment=moment) for item in items]
    # Plain statements, as thousands may come at a time; a trigger puts each new entry into the queue.
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) > _ROWS:
            with cursor.copy(_COPY) as copy:
                copy.set_types(_COPY_TYPES)
                for row in rows:
                    copy.write_row(row)
            return
        for start in range(0, len(rows), _ROWS):
            portion = rows[start : start + _ROWS]
            cursor.execute(_INSERT + ", ".join([_VALUES] * len(portion)), list(chain.from_iterable(portion)))


def _row(item: NewEntry, *, moment: datetime | str) -> _Row:
    if not 0 < len(item.body) <= MAX_BODY_BYTES:
        raise EntryRefused(f"an entry has 1 to {MAX_BODY_BYTES} bytes, not {len(item.body)}")
    if not 0 < len(item.kind) <= MAX_KIND or not 0 < len(item.subject) <= MAX_SUBJECT:
        raise EntryRefused(f"a kind has 1 to {MAX_KIND} characters and a subject 1 to {MAX_SUBJECT}")
    return (item.kind, item.subject, item.body, leaf_hash(item.body), moment)
