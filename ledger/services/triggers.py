"""Whether the database still carries the triggers that keep the log append-only."""

from __future__ import annotations

from django.db import connection

EXPECTED = (
    "ledger_entry_content",
    "ledger_entry_index_once",
    "ledger_entry_delete",
    "ledger_tile_grow",
    "ledger_tile_delete",
    "ledger_checkpoint_update",
    "ledger_checkpoint_delete",
    "ledger_head_forward",
    "ledger_head_delete",
)
EXPECTED_ON_POSTGRESQL = tuple(f"ledger_{table}_truncate" for table in ("entry", "tile", "checkpoint", "head"))


def missing_triggers() -> list[str]:
    """The names of expected triggers that are absent or switched off."""
    if connection.vendor == "postgresql":
        expected = EXPECTED + EXPECTED_ON_POSTGRESQL
        query = "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND NOT tgisinternal"
    else:
        expected = EXPECTED
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {name for (name,) in cursor.fetchall()}
    return [name for name in expected if name not in present]
