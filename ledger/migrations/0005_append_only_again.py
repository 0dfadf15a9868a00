"""Triggers for the tables that came since, and the one that puts each new entry into the queue."""

from __future__ import annotations

from typing import Any

from django.db import migrations

# Name, table, the change it looks at, the rows it refuses, and the words it refuses them with.
RULES = [
    ("ledger_entry_update", "ledger_entry", "UPDATE", "", "an entry is never rewritten"),
    ("ledger_entry_delete", "ledger_entry", "DELETE", "", "an entry is never deleted"),
    ("ledger_waiting_update", "ledger_waiting", "UPDATE", "", "a place in the queue is never rewritten"),
    ("ledger_span_update", "ledger_span", "UPDATE", "", "an entry gets its index once"),
    ("ledger_span_delete", "ledger_span", "DELETE", "", "an entry keeps its index"),
    (
        "ledger_head_forward",
        "ledger_head",
        "UPDATE",
        "OLD.origin <> NEW.origin OR NEW.size < OLD.size"
        " OR (NEW.size = OLD.size AND (NEW.root <> OLD.root OR NEW.vkey <> OLD.vkey))",
        "the log only moves forward",
    ),
    (
        "ledger_logkey_once",
        "ledger_logkey",
        "UPDATE",
        "OLD.vkey <> NEW.vkey OR OLD.from_size <> NEW.from_size OR OLD.until_size IS NOT NULL",
        "a key is retired once and never comes back",
    ),
    ("ledger_logkey_delete", "ledger_logkey", "DELETE", "", "a key of the log is never forgotten"),
    ("ledger_cosignature_update", "ledger_cosignature", "UPDATE", "", "a cosignature is never rewritten"),
    ("ledger_cosignature_delete", "ledger_cosignature", "DELETE", "", "a cosignature is never deleted"),
    (
        "ledger_witnessedlog_forward",
        "ledger_witnessedlog",
        "UPDATE",
        "OLD.origin <> NEW.origin OR NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root <> OLD.root)",
        "a witness never goes back",
    ),
    ("ledger_witnessedlog_delete", "ledger_witnessedlog", "DELETE", "", "a witness never forgets"),
    (
        "ledger_witnesskey_once",
        "ledger_witnesskey",
        "UPDATE",
        "OLD.vkey <> NEW.vkey OR OLD.retired_at IS NOT NULL",
        "a key is retired once and never comes back",
    ),
    ("ledger_witnesskey_delete", "ledger_witnesskey", "DELETE", "", "a witness key is never forgotten"),
    (
        "ledger_anchor_place",
        "ledger_anchor",
        "UPDATE",
        "OLD.checkpoint_id <> NEW.checkpoint_id OR OLD.kind <> NEW.kind OR OLD.target <> NEW.target",
        "an anchor keeps its checkpoint and its target",
    ),
    ("ledger_anchor_delete", "ledger_anchor", "DELETE", "", "an anchor is never deleted"),
    ("ledger_checkrun_update", "ledger_checkrun", "UPDATE", "", "the result of a check is never rewritten"),
    ("ledger_checkrun_delete", "ledger_checkrun", "DELETE", "", "the result of a check is never deleted"),
]
NEVER_EMPTIED = (
    "anchor",
    "checkrun",
    "cosignature",
    "logkey",
    "span",
    "waiting",
    "witnessedlog",
    "witnesskey",
)


def add_triggers(apps: Any, schema_editor: Any) -> None:
    postgres = schema_editor.connection.vendor == "postgresql"
    for name, table, change, condition, words in RULES:
        if postgres:
            action = f"EXECUTE FUNCTION ledger_refuse('{words}')"
        else:
            action = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        when = f"WHEN ({condition}) " if condition else ""
        schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {change} ON {table} FOR EACH ROW {when}{action}")
    if postgres:
        for table in NEVER_EMPTIED:
            schema_editor.execute(
                f"CREATE TRIGGER ledger_{table}_truncate BEFORE TRUNCATE ON ledger_{table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('the log is never emptied')"
            )


def queue_new_entries(apps: Any, schema_editor: Any) -> None:
    """Whoever inserts an entry, it waits for its place from the same transaction on."""
    if schema_editor.connection.vendor == "postgresql":
        # Once for a statement, not once for a row: thousands may come at a time.
        schema_editor.execute(
            "CREATE FUNCTION ledger_queue() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN INSERT INTO ledger_waiting (entry_id) SELECT id FROM added; RETURN NULL; END $$",
            params=(),
        )
        schema_editor.execute(
            "CREATE TRIGGER ledger_entry_queue AFTER INSERT ON ledger_entry "
            "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_queue()"
        )
    else:
        schema_editor.execute(
            "CREATE TRIGGER ledger_entry_queue AFTER INSERT ON ledger_entry FOR EACH ROW "
            "BEGIN INSERT INTO ledger_waiting (entry_id) VALUES (NEW.id); END"
        )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_entry_without_index")]

    operations = [
        migrations.RunPython(add_triggers, elidable=False),
        migrations.RunPython(queue_new_entries, elidable=False),
    ]
