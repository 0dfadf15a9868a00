"""Reading entries back, and finding those whose look-up columns say something else than their bodies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from django.db import connection

from ledger.models import Entry
from ledger.spans import id_ranges

# Entries held in memory at a time.
PORTION = 2_048
Row = tuple[Any, ...]
# Times in a statement are cut to milliseconds.
_CLOCK_GRAIN = timedelta(milliseconds=1)

# Most bodies end and begin as the columns say, letter by letter; the database sorts out the others. They are then
# looked at one by one: JSON may spell one value in several ways.
_IS_USUAL = {
    "postgresql": """
        substring(body FROM length(body) - octet_length(kind) - octet_length(subject) - 28)
          = convert_to('"kind":"' || kind || '","subject":"' || subject || '","v":1}', 'UTF8')
        AND position(convert_to('"at":"' || to_char(queued_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS')
          || 'Z","commitments":', 'UTF8') IN body) > 0""",
    "sqlite": """
        substr(body, -29 - length(CAST(kind AS BLOB)) - length(CAST(subject AS BLOB)))
          = CAST('"kind":"' || kind || '","subject":"' || subject || '","v":1}' AS BLOB)
        AND instr(body, CAST('"at":"' || replace(substr(queued_at, 1, 23), ' ', 'T') || 'Z","commitments":'
          AS BLOB)) > 0""",
}
_ROWS = "SELECT body, leaf_hash FROM ledger_entry WHERE id >= %s AND id < %s ORDER BY id"
_NUMBERED_ROWS = _ROWS.replace("body,", "id, body,")
_UNUSUAL = "SELECT id FROM ledger_entry WHERE id >= %s AND id < %s AND NOT ({is_usual}) ORDER BY id"


@dataclass(slots=True)
class Stretch:
    """Entries at consecutive indexes from `first` on, with consecutive queue ids from `first_id` on.

    `bodies` and `stored` (the hashes they were queued with) are None where an entry is missing.
    """

    first: int
    first_id: int
    bodies: Sequence[bytes | None]
    stored: Sequence[bytes | None]


def read_entries(first: int, last: int) -> Iterator[Stretch]:
    """The entries from index `first` up to, not including, `last`, in stretches of at most PORTION."""
    connection.ensure_connection()
    for index, first_id, count in _portions(first, last):
        with connection.wrap_database_errors:
            rows = _ask(connection.connection, _ROWS, first_id, count)
            if len(rows) < count:
                found = {row[0]: row[1:] for row in _ask(connection.connection, _NUMBERED_ROWS, first_id, count)}
                rows = [found.get(queue_id, (None, None)) for queue_id in range(first_id, first_id + count)]
        bodies, stored = zip(*rows, strict=True)
        yield Stretch(index, first_id, bodies, stored)


def _portions(first: int, last: int) -> Iterator[tuple[int, int, int]]:
    for index, queue_id, count in id_ranges(first, last):
        for start in range(0, count, PORTION):
            yield index + start, queue_id + start, min(PORTION, count - start)


@contextmanager
def unusual_of(stretch: Stretch) -> Iterator[Future[list[Row]]]:
    """Let the database look for rows whose columns do not simply repeat the body, while the caller hashes.

    The answer is their queue ids, in rows of one. The thread is given the caller's connection, as one of its own would
    see less of a transaction; both drivers let two threads take turns at one.
    """
    connection.ensure_connection()
    statement, begun = _UNUSUAL.format(is_usual=_IS_USUAL[connection.vendor]), Event()
    with ThreadPoolExecutor(max_workers=1) as thread, connection.wrap_database_errors:
        driver, count = connection.connection, len(stretch.bodies)
        asked = thread.submit(_ask, driver, statement, stretch.first_id, count, begun=begun)
        # Or the caller would keep Python's lock through the whole stretch, and the database would wait for it.
        begun.wait()
        yield asked


def _ask(driver: Any, statement: str, first_id: int, count: int, *, begun: Event | None = None) -> list[Row]:
    """Rows as the driver gives them, bytes as bytes: a million objects of the mapper would take minutes."""
    if begun is not None:
        begun.set()
    bounds = [first_id, first_id + count]
    if connection.vendor == "sqlite":
        return list(driver.execute(statement.replace("%s", "?"), bounds).fetchall())
    from psycopg import Cursor

    # Django's own cursor receives bytes in hexadecimal, twice as long and decoded one by one.
    with Cursor(driver) as cursor:
        cursor.execute(statement, bounds, binary=True)
        return cursor.fetchall()


def column_faults(queue_ids: Sequence[int]) -> dict[int, list[str]]:
    """For each of these queue ids, what the entry's columns say otherwise than its body; in order, clean ones left out."""
    rows = (row for some in _in_portions(queue_ids) for row in Entry.objects.filter(pk__in=some).order_by("pk"))
    faults = {row.pk: list(faults_of(row)) for row in rows}
    return {queue_id: texts for queue_id, texts in faults.items() if texts}


def _in_portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """SQLite binds a limited number of values in one statement."""
    for start in range(0, len(ids), 500):
        yield ids[start : start + 500]


def faults_of(row: Entry) -> Iterator[str]:
    """The look-up columns repeat what the signed body says; they must not say anything else."""
    try:
        body = json.loads(bytes(row.body))
    except (ValueError, RecursionError):
        return
    if not isinstance(body, dict):
        return
    for name in ("kind", "subject"):
        if name in body and body[name] != getattr(row, name):
            yield f"it is filed under the {name} {getattr(row, name)!r}, but says {body[name]!r}"
    if isinstance(body.get("at"), str):
        try:
            off = abs(datetime.fromisoformat(body["at"]) - row.queued_at)
        except (ValueError, TypeError):
            return
        if off > _CLOCK_GRAIN:
            yield f"it is filed under {row.queued_at.isoformat()}, but says {body['at']}"
