"""Reading entries back, and finding those whose look-up columns say something else than their bodies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from ledger.models import Entry
from ledger.spans import id_ranges

# Entries held in memory at a time.
PORTION = 2_048
# Times in a statement are cut to milliseconds.
_CLOCK_GRAIN = timedelta(milliseconds=1)

# Most bodies end and begin as the columns say, letter by letter; the database sorts out the others while it reads.
# They are then looked at one by one: JSON may spell one value in several ways.
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
_SELECT = """
    SELECT id, body, leaf_hash, CASE WHEN {is_usual} THEN NULL ELSE id END AS unusual
    FROM ledger_entry WHERE id >= %s AND id < %s ORDER BY ledger_entry.id"""


@dataclass(slots=True)
class Stretch:
    """Entries at consecutive indexes from `first` on, with consecutive queue ids from `first_id` on.

    `bodies` and `stored` (the hashes they were queued with) are None where an entry is missing; `unusual` are the
    queue ids whose columns do not simply repeat the body.
    """

    first: int
    first_id: int
    bodies: list[bytes | None]
    stored: list[bytes | None]
    unusual: list[int]


def read_entries(first: int, last: int) -> Iterator[Stretch]:
    """The entries from index `first` up to, not including, `last`, in stretches of at most PORTION.

    One stretch is read ahead in a thread of its own: the database works while the caller hashes.
    """
    connection.ensure_connection()
    # The thread is given the driver's connection: Django would open it another, which sees less of a transaction.
    driver = connection.connection
    with ThreadPoolExecutor(max_workers=1) as thread:
        ahead: Future[Stretch] | None = None
        for index, queue_id, count in _portions(first, last):
            following = thread.submit(_read, driver, index, queue_id, count)
            if ahead is not None:
                yield _taken(ahead)
            ahead = following
        if ahead is not None:
            yield _taken(ahead)


def _portions(first: int, last: int) -> Iterator[tuple[int, int, int]]:
    for index, queue_id, count in id_ranges(first, last):
        for start in range(0, count, PORTION):
            yield index + start, queue_id + start, min(PORTION, count - start)


def _taken(ahead: Future[Stretch]) -> Stretch:
    with connection.wrap_database_errors:
        return ahead.result()


def _read(driver: Any, first: int, first_id: int, count: int) -> Stretch:
    rows = _rows(driver, first_id, first_id + count)
    if len(rows) < count:
        found = {row[0]: row for row in rows}
        rows = [found.get(number, (number, None, None, None)) for number in range(first_id, first_id + count)]
    unusual = [row[3] for row in rows if row[3] is not None]
    return Stretch(first, first_id, [row[1] for row in rows], [row[2] for row in rows], unusual)


def _rows(driver: Any, first_id: int, last_id: int) -> list[Any]:
    """Rows as the driver gives them, bytes as bytes: a million objects of the mapper would take minutes."""
    if connection.vendor == "sqlite":
        statement = _SELECT.format(is_usual=_IS_USUAL["sqlite"]).replace("%s", "?")
        return list(driver.execute(statement, [first_id, last_id]).fetchall())
    from psycopg import Cursor

    # Django's own cursor receives bytes in hexadecimal, twice as long and decoded one by one.
    with Cursor(driver) as cursor:
        cursor.execute(_SELECT.format(is_usual=_IS_USUAL["postgresql"]), [first_id, last_id], binary=True)
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
