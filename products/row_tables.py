"""Comparing the tables whose rows have a subject of their own in the log: nearly all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import models

from products.audit import timestamp
from products.comparing import PORTION, Facts, Found, Promise, Statement

Row = Mapping[str, Any]
NOWHERE: Final = "a row that is missing"


def nothing_further(found: Found, statements: Sequence[Statement]) -> Iterator[str]:
    return iter(())


@dataclass(frozen=True, eq=False)
class RowTable:
    """A table read in portions of PORTION rows, without their model instances: a million rows take minutes.

    `key` is the column that stands in the subject behind the prefix. `read` gets the `columns` of a portion, as
    entries would state them, with `pk` and `key`, and under each of `names` the key of the row that `name_id` points
    to: None where it points to nothing, NOWHERE where that row is gone.
    """

    model: type[models.Model]
    prefix: str
    key: str
    columns: tuple[str, ...]
    kinds: frozenset[str]
    opening: str
    read: Callable[[Sequence[Row]], list[Found]]
    fold: Callable[[Sequence[Statement]], Promise]
    further: Callable[[Found, Sequence[Statement]], Iterator[str]] = nothing_further
    names: Mapping[str, tuple[type[models.Model], str]] = field(default_factory=dict)

    @property
    def prefixes(self) -> tuple[str, ...]:
        return (self.prefix,)

    def count(self) -> int:
        return self.model._default_manager.count()

    def portions(self) -> Iterator[list[Found]]:
        last = None
        while True:
            rows = self.model._default_manager.order_by("pk")
            if last is not None:
                rows = rows.filter(pk__gt=last)
            portion = self._stated(rows[:PORTION])
            if not portion:
                return
            last = portion[-1]["pk"]
            yield self.read(portion)

    def find(self, subjects: Sequence[str]) -> list[Found]:
        return self.read(self._stated(self._rows(subjects)))

    def existing(self, subjects: Sequence[str]) -> set[str]:
        keys = self._rows(subjects).values_list(self.key, flat=True)
        return {f"{self.prefix}:{key}" for key in keys}

    def _rows(self, subjects: Sequence[str]) -> models.QuerySet[Any]:
        keys = [subject.partition(":")[2] for subject in subjects]
        column = self.model._meta.get_field(self.key)
        usable = [key for key in keys if not isinstance(column, models.UUIDField) or _is_uuid(key)]
        return self.model._default_manager.filter(**{f"{self.key}__in": usable})

    def _stated(self, rows: models.QuerySet[Any]) -> list[Facts]:
        pointers = [f"{name}_id" for name in self.names]
        stated = [as_stated(row) for row in rows.values("pk", self.key, *self.columns, *pointers)]
        # No join: a row whose pointer leads nowhere would drop out of it, and out of the comparison.
        for name, (model, key) in self.names.items():
            known = keys_of(model, key, {row[f"{name}_id"] for row in stated})
            for row in stated:
                pk = row[f"{name}_id"]
                row[name] = None if pk is None else known.get(pk, NOWHERE)
        return stated

    def subject(self, row: Row) -> str:
        return f"{self.prefix}:{row[self.key]}"


def children_of(
    model: type[models.Model], parent: str, rows: Sequence[Row], columns: Sequence[str]
) -> dict[Any, list[Facts]]:
    """The child rows of each parent's `pk` in the order in which they were written, as entries would state them."""
    found: dict[Any, list[Facts]] = defaultdict(list)
    children = model._default_manager.filter(**{f"{parent}__in": [row["pk"] for row in rows]}).order_by("pk")
    for child in children.values(parent, *columns):
        found[child.pop(parent)].append(as_stated(child))
    return found


def pick(row: Row, *names: str, **renamed: str) -> Facts:
    """Columns of a row under their own names, or `fact=column` under others."""
    return {name: row[name] for name in names} | {fact: row[column] for fact, column in renamed.items()}


def keys_of(model: type[models.Model], key: str, pks: Collection[Any]) -> dict[Any, Any]:
    """The column `key` of the rows `pks`, by their pk."""
    rows = model._default_manager.filter(pk__in=[pk for pk in pks if pk is not None])
    return {pk: _as_stated(value) for pk, value in rows.values_list("pk", key)}


def as_stated(row: Row) -> Facts:
    return {name: _as_stated(value) for name, value in row.items()}


def _as_stated(value: Any) -> Any:
    """A column's value as statements write it; what JSON knows stays as it is."""
    if value is None or isinstance(value, str | int | bytes):
        return value
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return bytes(value) if isinstance(value, memoryview) else value


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
