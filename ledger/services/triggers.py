"""Whether the database still carries the triggers that keep the log append-only."""

from __future__ import annotations

from django.db import connection

EXPECTED = (
    "ledger_anchor_delete",
    "ledger_anchor_place",
    "ledger_checkpoint_delete",
    "ledger_checkpoint_update",
    "ledger_checkrun_delete",
    "ledger_checkrun_update",
    "ledger_cosignature_delete",
    "ledger_cosignature_update",
    "ledger_entry_delete",
    "ledger_entry_queue",
    "ledger_entry_update",
    "ledger_head_delete",
    "ledger_head_forward",
    "ledger_logkey_delete",
    "ledger_logkey_once",
    "ledger_span_delete",
    "ledger_span_update",
    "ledger_tile_delete",
    "ledger_tile_grow",
    "ledger_waiting_update",
    "ledger_witnessedlog_delete",
    "ledger_witnessedlog_forward",
    "ledger_witnesskey_delete",
    "ledger_witnesskey_once",
)
_NEVER_EMPTIED = (
    *("anchor", "checkpoint", "checkrun", "cosignature", "entry", "head"),
    *("logkey", "span", "tile", "waiting", "witnessedlog", "witnesskey"),
)
EXPECTED_ON_POSTGRESQL = tuple(f"ledger_{table}_truncate" for table in _NEVER_EMPTIED)


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
