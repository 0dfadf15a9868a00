"""Triggers that keep evidence from being rewritten or deleted, on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.db import migrations

# A row of these says what was done: a correction is another row.
NEVER_CHANGED = (
    "authorisationdecision",
    "batchcorrection",
    "batchstep",
    "indicationchange",
    "labelrange",
    "registrantdecision",
    "usestatement",
    "zonecensus",
    "zonestep",
)
# Their state moves on, but what they are stays, and they never go away.
FIXED_COLUMNS = {
    "labelrun": ("code", "batch_id", "quantity", "unit_mass_g", "issued_by", "issued_at"),
    "yearquota": ("authorisation_id", "year"),
    "authorisation": ("code", "indication_id", "enterprise_id", "product_name", "holder_kind"),
    "enterprise": ("uscc",),
    "case": ("number", "opened_at"),
    "casestep": ("case_id", "state", "office", "at"),
    "complaint": ("number", "code_text", "received_at"),
    "inspection": ("number", "authorisation_id"),
}
FUNCTION = (
    "CREATE FUNCTION products_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '%%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$"
)


def rules() -> list[tuple[str, str, str, str]]:
    """(trigger, table, change with the columns that must stay equal, words)."""
    found = []
    for model in NEVER_CHANGED:
        found.append((f"{model}_update", f"products_{model}", "UPDATE", "evidence is never rewritten"))
        found.append((f"{model}_delete", f"products_{model}", "DELETE", "evidence is never deleted"))
    for model, columns in FIXED_COLUMNS.items():
        change = f"UPDATE OF {', '.join(columns)}"
        found.append((f"{model}_fixed", f"products_{model}", change, "these columns are never rewritten"))
        found.append((f"{model}_delete", f"products_{model}", "DELETE", "this row is never deleted"))
    return found


def add_triggers(apps: Any, schema_editor: Any) -> None:
    is_postgres = schema_editor.connection.vendor == "postgresql"
    if is_postgres:
        schema_editor.execute(FUNCTION, params=())
    differs = "IS DISTINCT FROM" if is_postgres else "IS NOT"
    for name, table, change, words in rules():
        if is_postgres:
            action = f"EXECUTE FUNCTION products_refuse('{words}')"
        else:
            action = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        # A whole row saved again names every column: what counts is whether one differs.
        columns = change.removeprefix("UPDATE OF ").split(", ") if " OF " in change else []
        changed = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns)
        when = f"WHEN ({changed}) " if changed else ""
        schema_editor.execute(f'CREATE TRIGGER {name} BEFORE {change} ON "{table}" FOR EACH ROW {when}{action}')


def drop_triggers(apps: Any, schema_editor: Any) -> None:
    is_postgres = schema_editor.connection.vendor == "postgresql"
    for name, table, _change, _words in rules():
        schema_editor.execute(f'DROP TRIGGER {name} ON "{table}"' if is_postgres else f"DROP TRIGGER {name}")
    if is_postgres:
        schema_editor.execute("DROP FUNCTION products_refuse()")


class Migration(migrations.Migration):
    dependencies = [("products", "0001_first_tables")]

    operations = [migrations.RunPython(add_triggers, drop_triggers, elidable=False)]
