"""Many rows at once: COPY on PostgreSQL, statements of many rows on SQLite, with the keys known beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Final

from django.db import connection, models

# Values to a statement of SQLite; and rows from which on COPY is worth its round trips.
_VALUES: Final = 3_000
_FEW: Final = 20


def next_keys(model: type[models.Model], count: int) -> Sequence[int]:
    """Keys for `count` new rows that nobody else is given.

    On SQLite the caller's transaction is the only one that writes; on PostgreSQL the sequence gives each key once.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        last = found[0] if found else 0
        return range(last + 1, last + 1 + count)


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of plain values in the order of `columns`, inside the caller's transaction."""
    if not rows:
        return
    table, names = connection.ops.quote_name(model._meta.db_table), ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) > _FEW:
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        line = f"({', '.join(['%s'] * len(columns))})"
        size = max(1, _VALUES // len(columns))
        for start in range(0, len(rows), size):
            portion = rows[start : start + size]
            statement = f"INSERT INTO {table} ({names}) VALUES {', '.join([line] * len(portion))}"  # noqa: S608
            cursor.execute(statement, list(chain.from_iterable(portion)))


def stored_time(moment: datetime) -> Any:
    """A time as plain statements take it; SQLite keeps text."""
    return moment if connection.vendor == "postgresql" else str(connection.ops.adapt_datetimefield_value(moment))


def in_chunks(values: Iterable[str], size: int = 1_000) -> Iterable[list[str]]:
    """The values in lists that one statement can bind."""
    listed = list(values)
    return (listed[start : start + size] for start in range(0, len(listed), size))
