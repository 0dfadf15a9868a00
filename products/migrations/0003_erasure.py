"""Lets exactly the personal columns of evidence go to their erased state, and to nothing else (PIPL Art. 47)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.db import migrations

# Evidence that was never to change: one column of it may become erased while all others stay.
NAMES = {
    "authorisationdecision": "decided_by",
    "indicationchange": "decided_by",
    "usestatement": "stated_by",
    "zonecensus": "entered_by",
    "zonestep": "decided_by",
}
PLOT_KEYS = ("plot_name", "longitude_e6", "latitude_e6", "datum")
WORDS = "these columns may be erased, never rewritten"


def _differs(column: str, is_postgres: bool) -> str:
    return f'OLD."{column}" {"IS DISTINCT FROM" if is_postgres else "IS NOT"} NEW."{column}"'


def _evidence(apps: Any, is_postgres: bool) -> list[tuple[str, str, str, str]]:
    """(trigger, table, change, condition of refusal) in place of the triggers that refused every change."""
    found = []
    for model, column in (NAMES | {"batchcorrection": "changes"}).items():
        table = apps.get_model("products", model)._meta
        others = [field.column for field in table.concrete_fields if field.column != column]
        stays = " OR ".join(_differs(other, is_postgres) for other in others)
        if column != "changes":
            becomes_erased = f"OLD.\"{column}\" <> '' AND NEW.\"{column}\" = ''"
        elif is_postgres:
            keys = ",".join(PLOT_KEYS)
            becomes_erased = f"NEW.changes <> OLD.changes AND NEW.changes = OLD.changes - '{{{keys}}}'::text[]"
        else:
            paths = ", ".join(f"'$.{key}'" for key in PLOT_KEYS)
            becomes_erased = (
                f"json(NEW.changes) <> json(OLD.changes) AND json(NEW.changes) = json_remove(OLD.changes, {paths})"
            )
        condition = f"{stays} OR NOT ({becomes_erased})"
        found.append((f"{model}_update", f"products_{model}", "UPDATE", condition))
    return found


def _values(is_postgres: bool) -> list[tuple[str, str, str, str]]:
    """The same four, for rows whose state moves on: values under a commitment, and their salts."""
    empty = "'\\x'::bytea" if is_postgres else "x''"

    def any_differs(*columns: str) -> str:
        return "(" + " OR ".join(_differs(column, is_postgres) for column in columns) + ")"

    def columns(*names: str) -> str:
        return f"UPDATE OF {', '.join(names)}"

    complaint = ("text", "bought_at", "contact", "salt")
    no_complaint = f"NEW.text = '' AND NEW.bought_at = '' AND NEW.contact = {empty} AND NEW.salt = {empty}"
    no_note = f"NEW.note = '' AND NEW.note_salt = {empty}"
    no_findings = f"NEW.findings = '' AND NEW.findings_salt = {empty}"
    no_plot = (
        f"NEW.plot_salt = {empty} AND NEW.plot_name = '' AND NEW.longitude_e6 IS NULL "
        "AND NEW.latitude_e6 IS NULL AND NEW.datum = ''"
    )
    rules = [
        ("complaint", complaint, f"{any_differs(*complaint)} AND NOT ({no_complaint})"),
        ("casestep", ("note", "note_salt"), f"{any_differs('note', 'note_salt')} AND NOT ({no_note})"),
        ("case", ("summary",), f"{any_differs('summary')} AND NEW.summary <> ''"),
        (
            "inspection",
            ("findings", "findings_salt"),
            # Written once, when the result is recorded.
            f"{any_differs('findings', 'findings_salt')} AND OLD.state <> 'planned' AND NOT ({no_findings})",
        ),
        # The plot itself is put right by corrections; its salt comes with the first plot and goes by erasure only.
        ("batch", ("plot_salt",), f"{any_differs('plot_salt')} AND OLD.plot_salt <> {empty} AND NOT ({no_plot})"),
        (
            "apitoken",
            ("digest",),
            f"{any_differs('digest')} AND NOT (substr(NEW.digest, 1, 7) = 'erased:' AND NEW.name = '')",
        ),
    ]
    return [(f"{model}_erasure", f"products_{model}", columns(*names), when) for model, names, when in rules]


def _drop(editor: Any, name: str, table: str) -> None:
    on = f' ON "{table}"' if editor.connection.vendor == "postgresql" else ""
    editor.execute(f"DROP TRIGGER {name}{on}")


def _create(editor: Any, rule: tuple[str, str, str, str], words: str) -> None:
    name, table, change, condition = rule
    is_postgres = editor.connection.vendor == "postgresql"
    action = f"EXECUTE FUNCTION products_refuse('{words}')"
    if not is_postgres:
        action = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    when = f"WHEN ({condition}) " if condition else ""
    editor.execute(f'CREATE TRIGGER {name} BEFORE {change} ON "{table}" FOR EACH ROW {when}{action}')


def allow_erasure(apps: Any, schema_editor: Any) -> None:
    is_postgres = schema_editor.connection.vendor == "postgresql"
    for rule in _evidence(apps, is_postgres):
        _drop(schema_editor, rule[0], rule[1])
        _create(schema_editor, rule, WORDS)
    for rule in _values(is_postgres):
        _create(schema_editor, rule, WORDS)


def forbid_erasure(apps: Any, schema_editor: Any) -> None:
    is_postgres = schema_editor.connection.vendor == "postgresql"
    earlier = {name: (name, table, change, "") for name, table, change, _words in _earlier_rules()}
    for name, table, _change, _condition in _values(is_postgres):
        _drop(schema_editor, name, table)
    for name, table, _change, _condition in _evidence(apps, is_postgres):
        _drop(schema_editor, name, table)
        _create(schema_editor, earlier[name], "evidence is never rewritten")


def _earlier_rules() -> list[tuple[str, str, str, str]]:
    rules: list[tuple[str, str, str, str]] = import_module("products.migrations.0002_append_only").rules()
    return rules


class Migration(migrations.Migration):
    dependencies = [("products", "0002_append_only")]

    operations = [migrations.RunPython(allow_erasure, forbid_erasure, elidable=False)]
