"""What the comparison finds, and rows changed behind the platform's back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction

from ledger.models import Entry
from products.coverage import compare, missing
from tests.ledger.flushing import triggers_lifted


def differences(subjects: list[str] | None = None) -> list[str]:
    return [str(found) for found in compare(subjects=subjects, progress=lambda done, total: None)]


def missing_rows() -> list[str]:
    bodies = Entry.objects.order_by("pk").values_list("pk", "body")
    return [str(found) for found in missing([(f"entry {pk}", bytes(body)) for pk, body in bodies])]


@contextmanager
def behind_its_back() -> Iterator[None]:
    """Inside, no trigger watches; everything done is undone at the end."""
    with transaction.atomic():
        with triggers_lifted():
            yield
        transaction.set_rollback(True)


def set_column(row: models.Model, column: models.Field[Any, Any], value: Any) -> None:
    """One column of one row, in SQL."""
    table, name = row._meta.db_table, column.column
    prepared = column.get_db_prep_save(value, connection=connection)
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{table}" SET "{name}" = %s WHERE id = %s', [prepared, row.pk])  # noqa: S608
        assert cursor.rowcount == 1


def delete_row(row: models.Model) -> None:
    """The row alone: what points to it is left dangling, as whoever tampers would leave it."""
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{row._meta.db_table}" WHERE id = %s', [row.pk])  # noqa: S608
        assert cursor.rowcount == 1


def change(row: models.Model, **values: Any) -> None:
    for name, value in values.items():
        column = row._meta.get_field(name)
        assert isinstance(column, models.Field)
        set_column(row, column, value)


def after(row: models.Model, **values: Any) -> list[str]:
    """What is found after these columns were changed behind the platform's back."""
    with behind_its_back():
        change(row, **values)
        return differences()
