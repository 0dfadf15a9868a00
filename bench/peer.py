"""The peer of every write: the same rows, inserted by hand into a table with nothing but a primary key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

Row = tuple[str, str, bytes, bytes, datetime]
_COLUMNS = "kind, subject, body, leaf_hash, queued_at"
_ROWS_A_STATEMENT = 1_000


def create_table() -> None:
    postgresql = connection.vendor == "postgresql"
    key = "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY" if postgresql else "integer PRIMARY KEY AUTOINCREMENT"
    blob, moment = ("bytea", "timestamptz") if postgresql else ("blob", "datetime")
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE bench_row (id {key}, kind varchar(64) NOT NULL, subject varchar(200) NOT NULL, "
            f"body {blob} NOT NULL, leaf_hash {blob} NOT NULL, queued_at {moment} NOT NULL)"
        )


def insert_many(rows: Sequence[Row], *, commit: int) -> int:
    """Multi-row statements straight through the driver, `commit` rows to a transaction."""
    one = "(%s, %s, %s, %s, %s)"
    for start in range(0, len(rows), commit):
        portion = rows[start : start + commit]
        with transaction.atomic(), connection.cursor() as cursor:
            for first in range(0, len(portion), _ROWS_A_STATEMENT):
                some = portion[first : first + _ROWS_A_STATEMENT]
                cursor.execute(
                    f"INSERT INTO bench_row ({_COLUMNS}) VALUES {', '.join([one] * len(some))}",
                    [value for row in some for value in row],
                )
    return len(rows)


def insert_one(row: Row) -> None:
    """One row, one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO bench_row ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s)", row)
