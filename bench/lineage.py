"""Following a batch ten operations up and down among 100,000 lots, beside reading one row for each step of the way."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db import connection, models, transaction

from bench import databases
from bench.figures import Figure, Result, Size, in_turn
from products.access import Actor, Role
from products.registry.models.enterprise import Enterprise
from products.trace.domain.lineage import lot_node, operation_node
from products.trace.models.lot import LineageLink, Lot, LotMove, LotOperation
from products.trace.queries.lineage import reach
from products.trace.queries.lineage_page import lineage_of
from tests import factories

# Ten operations one after the other, ten lots beside each other: a maker's season. Each operation takes two lots.
LEVELS: Final = 10
BESIDE: Final = 10
FAMILY: Final = (LEVELS + 1) * BESIDE
EDGES: Final = 2 * LEVELS
WITHIN: Final = 0.02
PORTION: Final = 5_000
_TEXTS: Final = ("seller_name", "seller_uscc", "document_no", "document_sha256")
_FLAGS: Final = ("seller_salt", "is_demo")
_PARTNER: Final = ("consignee_name", "consignee_uscc", "consignee_salt")
_PAPER: Final = ("document_no", "document_sha256")


def measure(size: Size) -> Result:
    factories.make_regions()
    enterprise = factories.make_enterprise()
    actor = factories.make_user(Role.PRODUCER, organisation=enterprise.uscc)
    families = max(1, size.lots // FAMILY)
    _fill(enterprise, families)
    rng = random.Random(1)
    picked = [rng.randrange(families) for _ in range(size.lineages)]
    total = families * FAMILY
    figures = (
        _figure("names alone, as recalls need them", total, size, picked, _names),
        _figure("as the page shows it", total, size, picked, lambda ends: _page(ends, actor)),
    )
    return Result(
        "lineage",
        databases.name_of(connection.vendor),
        figures,
        (
            f"A lineage is {LEVELS} operations deep with about 60 lots and as many operations each way; up from the last "
            f"lot and down from the first one are taken together. The peer reads {2 * EDGES} rows by their key.",
        ),
    )


def _code(family: int, level: int, place: int) -> UUID:
    # Scattered as real ones are, and known without being kept.
    return UUID(int=(family * FAMILY + level * BESIDE + place + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128)


def _operation(family: int, level: int, place: int) -> UUID:
    return _code(family + 10**9, level, place)


def _fill(enterprise: Enterprise, families: int) -> None:
    """Lots, operations, moves and links as the service leaves them."""
    now, day = datetime.now(UTC), date(2026, 1, 1)
    keys = [
        (family, level, place) for family in range(families) for level in range(LEVELS + 1) for place in range(BESIDE)
    ]
    pks = {key: number for number, key in enumerate(keys, start=1)}
    made = [key for key in keys if key[1] < LEVELS]
    _insert(
        Lot,
        (
            "id",
            "code",
            "enterprise_id",
            "kind",
            "material",
            "lot",
            "made_on",
            "stock_g",
            "created_at",
            *_TEXTS,
            *_FLAGS,
        ),
        (
            (
                pks[key],
                _code(*key),
                enterprise.pk,
                "work",
                "鲜辣椒",
                f"{pks[key]}",
                day,
                0,
                now,
                "",
                "",
                "",
                "",
                b"",
                False,
            )
            for key in keys
        ),
    )
    _insert(
        LotOperation,
        ("id", "code", "enterprise_id", "kind", "process", "done_on", "by", "at", "reason", *_PARTNER, *_PAPER),
        (
            (pks[key], _operation(*key), enterprise.pk, "process", "加工", day, "x", now, "", "", "", b"", "", "")
            for key in made
        ),
    )
    parts = [
        (pks[key], key, each, grams)
        for key in made
        for each, grams in (
            (key, -1_000),
            ((key[0], key[1], (key[2] + 1) % BESIDE), -1_000),
            ((key[0], key[1] + 1, key[2]), 2_000),
        )
    ]
    _insert(LotMove, ("operation_id", "lot_id", "mass_g"), ((pk, pks[lot], grams) for pk, _key, lot, grams in parts))
    ends = ((operation_node(_operation(*key)), lot_node(_code(*lot)), grams) for _pk, key, lot, grams in parts)
    _insert(
        LineageLink,
        ("parent", "child"),
        ((node, lot) if grams > 0 else (lot, node) for node, lot, grams in ends),
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


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
        while portion := list(islice(prepared, PORTION)):
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({values})', portion)


def _figure(what: str, total: int, size: Size, picked: list[int], walk: Callable[[tuple[Lot, Lot]], int]) -> Figure:
    ends = [
        (Lot.objects.get(code=_code(family, LEVELS, 0)), Lot.objects.get(code=_code(family, 0, 0))) for family in picked
    ]
    keys = [f"lot:{_code(family, 0, 0)}" for family in picked]

    def ours() -> int:
        for pair in ends:
            if walk(pair) < EDGES:
                raise RuntimeError("a lineage was not found whole")
        return len(ends)

    def peer() -> int:
        for key in keys:
            for _step in range(2 * EDGES):
                LineageLink.objects.filter(parent=key).values_list("child", flat=True)[0]
        return len(keys)

    rounds = in_turn(ours, peer, rounds=size.rounds)
    figure = rounds.times(
        f"a lineage ten operations up and down among {total:,} lots, {what}", peer=f"{2 * EDGES} reads of one row"
    )
    return figure.wanting("under 20 ms", 1 / rounds.our_rate < WITHIN)


def _names(pair: tuple[Lot, Lot]) -> int:
    last, first = pair
    up, down = reach([f"lot:{last.code}"], is_down=False), reach([f"lot:{first.code}"], is_down=True)
    return min(len(up.nodes), len(down.nodes))


def _page(pair: tuple[Lot, Lot], actor: Actor) -> int:
    last, first = pair
    up, down = lineage_of(last, actor=actor, is_down=False), lineage_of(first, actor=actor, is_down=True)
    return min(len(up.nodes), len(down.nodes))
