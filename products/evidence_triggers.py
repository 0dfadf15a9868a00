"""Triggers that keep evidence from being rewritten or deleted, for migrations; on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import migrations, models

_NO_COLUMNS: Final[Mapping[str, Sequence[str]]] = {}


def guard(
    *,
    never_changed: Sequence[str] = (),
    fixed: Mapping[str, Sequence[str]] = _NO_COLUMNS,
    erasable: Mapping[str, Sequence[str]] = _NO_COLUMNS,
) -> migrations.RunPython:
    """The operation that guards tables, by the model's name in lower case, which come with the same migration.

    Rows of `never_changed` are neither updated nor deleted. Those of `fixed` are not deleted, and the columns named
    there keep their value. The columns of `erasable` change only by becoming empty, all of them at once: a value and
    the salt of its commitment (PIPL Art. 47). The function behind them on PostgreSQL came with the first triggers.
    """
    rules: list[tuple[str, str, str, Sequence[str]]] = []
    rules += [(f"{model}_update", model, "UPDATE", ()) for model in never_changed]
    rules += [(f"{model}_fixed", model, f"UPDATE OF {', '.join(names)}", names) for model, names in fixed.items()]
    rules += [(f"{model}_delete", model, "DELETE", ()) for model in (*never_changed, *fixed)]

    def add(apps: Any, schema_editor: Any) -> None:
        is_postgres = schema_editor.connection.vendor == "postgresql"
        differs = "IS DISTINCT FROM" if is_postgres else "IS NOT"
        for name, model, change, columns in rules:
            words = "evidence is never deleted" if change == "DELETE" else "evidence is never rewritten"
            action = f"EXECUTE FUNCTION products_refuse('{words}')"
            if not is_postgres:
                action = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
            # A whole row saved again names every column: what counts is whether one differs.
            changed = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns)
            when = f"WHEN ({changed}) " if changed else ""
            schema_editor.execute(
                f'CREATE TRIGGER {name} BEFORE {change} ON "products_{model}" FOR EACH ROW {when}{action}'
            )
        for model, columns in erasable.items():
            words = "these columns may be erased, never rewritten"
            action = f"EXECUTE FUNCTION products_refuse('{words}')"
            if not is_postgres:
                action = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
            no_bytes = "'\\x'::bytea" if is_postgres else "x''"
            changed = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns)
            fields = apps.get_model("products", model)._meta
            erased = " AND ".join(
                f"NEW.{column} = {no_bytes if isinstance(fields.get_field(column), models.BinaryField) else repr('')}"
                for column in columns
            )
            schema_editor.execute(
                f'CREATE TRIGGER {model}_erasure BEFORE UPDATE OF {", ".join(columns)} ON "products_{model}" '
                f"FOR EACH ROW WHEN (({changed}) AND NOT ({erased})) {action}"
            )

    def drop(apps: Any, schema_editor: Any) -> None:
        is_postgres = schema_editor.connection.vendor == "postgresql"
        for name, model, _change, _columns in rules:
            table = f' ON "products_{model}"' if is_postgres else ""
            schema_editor.execute(f"DROP TRIGGER {name}{table}")
        for model in erasable:
            table = f' ON "products_{model}"' if is_postgres else ""
            schema_editor.execute(f"DROP TRIGGER {model}_erasure{table}")

    return migrations.RunPython(add, drop, elidable=False)
