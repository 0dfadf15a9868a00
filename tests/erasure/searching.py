"""Looking for bytes wherever a database keeps them: its files, and every column of every table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection


def database_files() -> list[Path]:
    """The files behind the connection; on PostgreSQL those of this database's tables, flushed."""
    if connection.vendor == "sqlite":
        name = str(settings.DATABASES["default"]["TEST"]["NAME"])
        return [path for path in (Path(name), Path(f"{name}-wal")) if path.exists()]
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT current_setting('data_directory') || '/base/' || oid FROM pg_database WHERE datname = current_database()"
        )
        return [path for path in Path(cursor.fetchone()[0]).iterdir() if path.is_file()]


def table_files() -> list[Path]:
    """Those of `database_files` that hold our own tables and their indexes."""
    if connection.vendor == "sqlite":
        return database_files()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_relation_filepath(oid) FROM pg_class "
            "WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace"
        )
        names = {Path(path).name for (path,) in cursor}
    return [path for path in database_files() if path.name in names]


def in_files(secrets: dict[str, bytes]) -> set[str]:
    """The names of those that stand in a file as they are."""
    found = set()
    for path in database_files():
        content = path.read_bytes()
        found |= {name for name, secret in secrets.items() if secret in content}
    return found


def columns() -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            # An empty select: Django's own description of a table stumbles on constraints with '' in them (SQLite).
            cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')  # noqa: S608
            for column in cursor.description:
                yield table, column[0]


def in_columns(secrets: dict[str, bytes]) -> set[str]:
    """`table.column: name` of those that any row of any table holds, as text, as JSON or as bytes."""
    found = set()
    for table, column in list(columns()):
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT "{column}" FROM "{table}"')  # noqa: S608
            for (value,) in cursor:
                held = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                found |= {f"{table}.{column}: {name}" for name, secret in secrets.items() if secret in held}
    return found


def in_statistics(secrets: dict[str, bytes]) -> set[str]:
    """PostgreSQL's statistics quote the most common values and the bounds between them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(most_common_vals::text, '') || coalesce(histogram_bounds::text, '') FROM pg_stats"
        )
        quoted = "".join(row[0] for row in cursor).encode()
    return {name for name, secret in secrets.items() if secret in quoted or secret.hex().encode() in quoted}
