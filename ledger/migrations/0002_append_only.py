"""Triggers that keep the log's rows from being rewritten or deleted, on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.db import migrations

# Name, table, the change it looks at, the rows it refuses, and the words it refuses them with.
# `{prefix}` stands for "the new hashes, cut to the length of the old ones".
RULES = [
    (
        "ledger_entry_content",
        "ledger_entry",
        "UPDATE OF id, kind, subject, body, leaf_hash, queued_at",
        "",
        "an entry is never rewritten",
    ),
    (
        "ledger_entry_index_once",
        "ledger_entry",
        "UPDATE",
        'OLD."index" IS NOT NULL',
        "an entry gets its index once",
    ),
    ("ledger_entry_delete", "ledger_entry", "DELETE", "", "an entry is never deleted"),
    (
        "ledger_tile_grow",
        "ledger_tile",
        "UPDATE",
        "OLD.level <> NEW.level OR OLD.number <> NEW.number OR {prefix} <> OLD.hashes",
        "a tile only grows",
    ),
    ("ledger_tile_delete", "ledger_tile", "DELETE", "", "a tile is never deleted"),
    ("ledger_checkpoint_update", "ledger_checkpoint", "UPDATE", "", "a checkpoint is never rewritten"),
    ("ledger_checkpoint_delete", "ledger_checkpoint", "DELETE", "", "a checkpoint is never deleted"),
    (
        "ledger_head_forward",
        "ledger_head",
        "UPDATE",
        "OLD.origin <> NEW.origin OR OLD.vkey <> NEW.vkey OR NEW.size < OLD.size"
        " OR (NEW.size = OLD.size AND NEW.root <> OLD.root)",
        "the log only moves forward",
    ),
    ("ledger_head_delete", "ledger_head", "DELETE", "", "the log is never deleted"),
]
TABLES = sorted({table for _, table, _, _, _ in RULES})


def add_triggers(apps: Any, schema_editor: Any) -> None:
    postgres = schema_editor.connection.vendor == "postgresql"
    if postgres:
        schema_editor.execute(
            "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '%%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$",
            params=(),
        )
    for name, table, change, condition, words in RULES:
        if postgres:
            prefix = "substring(NEW.hashes from 1 for length(OLD.hashes))"
            action = f"EXECUTE FUNCTION ledger_refuse('{words}')"
        else:
            prefix = "substr(NEW.hashes, 1, length(OLD.hashes))"
            action = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        when = f"WHEN ({condition.format(prefix=prefix)}) " if condition else ""
        schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {change} ON {table} FOR EACH ROW {when}{action}")
    if postgres:
        for table in TABLES:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('the log is never emptied')"
            )


def drop_triggers(apps: Any, schema_editor: Any) -> None:
    postgres = schema_editor.connection.vendor == "postgresql"
    for name, table, _, _, _ in RULES:
        schema_editor.execute(f"DROP TRIGGER {name} ON {table}" if postgres else f"DROP TRIGGER {name}")
    if postgres:
        for table in TABLES:
            schema_editor.execute(f"DROP TRIGGER {table}_truncate ON {table}")
        schema_editor.execute("DROP FUNCTION ledger_refuse()")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_entry_tile_checkpoint_head")]

    operations = [migrations.RunPython(add_triggers, drop_triggers, elidable=False)]
