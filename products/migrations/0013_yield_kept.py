"""The greatest yield of a published version stays as well; PostgreSQL's trigger compares every column already."""

from __future__ import annotations

from typing import Any, Final

from django.db import migrations

_NAME: Final = "standardversion_kept_yield"


def _add_trigger(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f'CREATE TRIGGER {_NAME} BEFORE UPDATE OF max_yield_kg_per_ha ON "products_standardversion" FOR EACH ROW '
            "WHEN OLD.max_yield_kg_per_ha IS NOT NEW.max_yield_kg_per_ha "
            "AND EXISTS (SELECT 1 FROM products_versionrecord WHERE version_id = OLD.id) "
            "BEGIN SELECT RAISE(ABORT, 'a published version is never rewritten'); END"
        )


def _drop_trigger(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER {_NAME}")


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0012_plots_and_capacity"),
    ]

    operations = [migrations.RunPython(_add_trigger, _drop_trigger, elidable=False)]
