"""Lots that descend from each other over ten operations, a hundred thousand of them, as the service leaves them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db import connection, models, transaction

from products.registry.models.enterprise import Enterprise
from products.trace.domain.lineage import lot_node, operation_node
from products.trace.models.lot import LineageLink, Lot, LotMove, LotOperation

# Ten operations one after the other, ten lots beside each other: a maker's season. Each operation takes two lots.
LEVELS: Final = 10
BESIDE: Final = 10
FAMILY: Final = (LEVELS + 1) * BESIDE
_PORTION: Final = 5_000
_SCATTER: Final = 0x9E3779B97F4A7C15F39CC0605CEDC835
Key = tuple[int, int, int]  # family, level, place


def code_of(family: int, level: int, place: int) -> UUID:
    """A lot's code: scattered as real ones are, and known without being kept."""
    return UUID(int=(family * FAMILY + level * BESIDE + place + 1) * _SCATTER % 2**128)


def operation_of(family: int, level: int, place: int) -> UUID:
    return code_of(family + 10**9, level, place)


def fill(enterprise: Enterprise, families: int) -> None:
    """Lots, operations, moves and links of so many families in an empty database."""
    keys = [
        (family, level, place) for family in range(families) for level in range(LEVELS + 1) for place in range(BESIDE)
    ]
    pks = {key: number for number, key in enumerate(keys, start=1)}
    made = [key for key in keys if key[1] < LEVELS]
    _fill_lots(enterprise, pks)
    _fill_operations(enterprise, {key: pks[key] for key in made})
    parts = [(key, lot, grams) for key in made for lot, grams in _parts(*key)]
    _insert(LotMove, ("operation_id", "lot_id", "mass_g"), ((pks[key], pks[lot], grams) for key, lot, grams in parts))
    ends = ((operation_node(operation_of(*key)), lot_node(code_of(*lot)), grams) for key, lot, grams in parts)
    _insert(LineageLink, ("parent", "child"), ((node, lot) if grams > 0 else (lot, node) for node, lot, grams in ends))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _parts(family: int, level: int, place: int) -> tuple[tuple[Key, int], ...]:
    return (
        ((family, level, place), -1_000),
        ((family, level, (place + 1) % BESIDE), -1_000),
        ((family, level + 1, place), 2_000),
    )


def _fill_lots(enterprise: Enterprise, pks: dict[Key, int]) -> None:
    same = {"enterprise_id": enterprise.pk, "kind": "work", "material": "鲜辣椒", "made_on": date(2026, 1, 1)}
    same |= {"stock_g": 0, "created_at": datetime.now(UTC), "is_demo": False, "seller_salt": b""}
    same |= dict.fromkeys(("seller_name", "seller_uscc", "document_no", "document_sha256"), "")
    rows = ((pk, code_of(*key), str(pk), *same.values()) for key, pk in pks.items())
    _insert(Lot, ("id", "code", "lot", *same), rows)


def _fill_operations(enterprise: Enterprise, pks: dict[Key, int]) -> None:
    same = {"enterprise_id": enterprise.pk, "kind": "process", "process": "加工", "done_on": date(2026, 1, 1)}
    same |= {"by": "bench", "at": datetime.now(UTC), "consignee_salt": b""}
    same |= dict.fromkeys(("reason", "consignee_name", "consignee_uscc", "document_no", "document_sha256"), "")
    rows = ((pk, operation_of(*key), *same.values()) for key, pk in pks.items())
    _insert(LotOperation, ("id", "code", *same), rows)


def _insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows without their instances: half a million of those would take longer than all that is measured."""
    fields = {field.column: field for field in model._meta.concrete_fields}
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(["%s"] * len(columns))
    table = model._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        prepared = (
            [fields[name].get_db_prep_save(value, connection) for name, value in zip(columns, row, strict=True)]
            for row in rows
        )
        while portion := list(islice(prepared, _PORTION)):
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({values})', portion)
