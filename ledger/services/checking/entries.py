"""Reading entries back, and finding those whose look-up columns say something else than their bodies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from ledger.models import Entry
from ledger.spans import id_ranges

# Entries held in memory at a time.
PORTION = 2_048
# Times in a statement are cut to milliseconds.
_CLOCK_GRAIN = timedelta(milliseconds=1)

# Most bodies end and begin as the columns say, letter by letter; the database finds the others quickly. They are then
# looked at one by one: JSON may spell one value in several ways.
_UNUSUAL = {
    "postgresql": """
        SELECT id FROM ledger_entry WHERE id >= %s AND id < %s AND NOT (
            substring(body FROM length(body) - octet_length(kind) - octet_length(subject) - 28)
              = convert_to('"kind":"' || kind || '","subject":"' || subject || '","v":1}', 'UTF8')
            AND position(convert_to('"at":"' || to_char(queued_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS')
              || 'Z","commitments":', 'UTF8') IN body) > 0)""",
    "sqlite": """
        SELECT id FROM ledger_entry WHERE id >= %s AND id < %s AND NOT (
            substr(body, -29 - length(CAST(kind AS BLOB)) - length(CAST(subject AS BLOB)))
              = CAST('"kind":"' || kind || '","subject":"' || subject || '","v":1}' AS BLOB)
            AND instr(body, CAST('"at":"' || substr(queued_at, 1, 10) || 'T' || substr(queued_at, 12, 8) || '.'
              || substr(queued_at || '.000', 21, 3) || 'Z","commitments":' AS BLOB)) > 0)""",
}


@dataclass(slots=True)
class Stretch:
    """Entries at consecutive indexes: `bodies` and `stored` (the hashes they were queued with) are None where missing."""

    first: int
    ids: list[int]
    bodies: list[bytes | None]
    stored: list[bytes | None]


def read_entries(first: int, last: int) -> Iterator[Stretch]:
    """The entries from index `first` up to, not including, `last`, in stretches of at most PORTION."""
    for index, queue_id, count in id_ranges(first, last):
        for start in range(0, count, PORTION):
            yield _read(index + start, queue_id + start, min(PORTION, count - start))


def _read(first: int, queue_id: int, count: int) -> Stretch:
    statement = "SELECT id, body, leaf_hash FROM ledger_entry WHERE id >= %s AND id < %s ORDER BY id"
    rows = plain_rows(statement, [queue_id, queue_id + count])
    ids = list(range(queue_id, queue_id + count))
    if len(rows) == count:
        _, bodies, stored = (list(column) for column in zip(*rows, strict=True))
        return Stretch(first=first, ids=ids, bodies=bodies, stored=stored)
    found = {row[0]: row for row in rows}
    known = [found.get(number, (number, None, None)) for number in ids]
    return Stretch(first=first, ids=ids, bodies=[row[1] for row in known], stored=[row[2] for row in known])


def column_faults(first_id: int, count: int) -> dict[int, list[str]]:
    """For queue ids from `first_id` on, what each entry's columns say otherwise than its body."""
    ids = [row[0] for row in plain_rows(_UNUSUAL[connection.vendor], [first_id, first_id + count])]
    faults = {
        row.pk: list(faults_of(row)) for start in ids_in_portions(ids) for row in Entry.objects.filter(pk__in=start)
    }
    return {queue_id: texts for queue_id, texts in faults.items() if texts}


def ids_in_portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
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


def plain_rows(statement: str, parameters: Sequence[int]) -> list[tuple[int, bytes, bytes]]:
    """Rows as the driver gives them, bytes as bytes: a million objects of the mapper would take minutes."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            return list(cursor.execute(statement, parameters).fetchall())
        # Django's own cursor receives bytes in hexadecimal, twice as long and decoded one by one.
        from psycopg import Cursor

        with Cursor(connection.connection) as binary:
            binary.execute(statement, parameters, binary=True)
            return list(binary.fetchall())
