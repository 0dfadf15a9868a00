"""Emptying the test database although its triggers forbid it. Only tests do this, and only to a test database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction


@contextmanager
def triggers_lifted() -> Iterator[None]:
    """Inside, rows may be changed and deleted. Takes its own transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            cursor.execute("SET LOCAL session_replication_role = origin")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, sql in triggers:
            cursor.execute(sql)


@contextmanager
def flush_allowed() -> Iterator[None]:
    """Inside, the flush that ends a transactional test gets past the triggers."""
    flush = type(connection.ops).execute_sql_flush

    def lifted(self: Any, sql_list: list[str]) -> None:
        with triggers_lifted():
            flush(self, sql_list)

    with patch.object(type(connection.ops), "execute_sql_flush", lifted):
        yield
