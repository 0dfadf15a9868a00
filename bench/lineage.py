"""Following a batch ten operations up and down among 100,000 lots, beside reading one row for each step of the way."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from django.db import connection

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
AT_ONCE: Final = 20


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


def _fill(enterprise: Enterprise, families: int) -> None:
    """Lots, operations, moves and links as the service leaves them, a few families at a time."""
    now, day = datetime.now(UTC), date(2026, 1, 1)
    for first in range(0, families, AT_ONCE):
        lots = {
            (family, level, place): Lot(
                code=_code(family, level, place),
                enterprise=enterprise,
                kind=Lot.Kind.WORK,
                material="鲜辣椒",
                lot=f"{family}-{level}-{place}",
                made_on=day,
                created_at=now,
            )
            for family in range(first, min(first + AT_ONCE, families))
            for level in range(LEVELS + 1)
            for place in range(BESIDE)
        }
        Lot.objects.bulk_create(lots.values())
        operations = {
            key: LotOperation(enterprise=enterprise, kind="process", process="加工", done_on=day, by="bench", at=now)
            for key in lots
            if key[1] < LEVELS
        }
        LotOperation.objects.bulk_create(operations.values())
        moves = [
            LotMove(operation=row, lot=lots[each], mass_g=grams)
            for (family, level, place), row in operations.items()
            for each, grams in (
                ((family, level, place), -1_000),
                ((family, level, (place + 1) % BESIDE), -1_000),
                ((family, level + 1, place), 2_000),
            )
        ]
        LotMove.objects.bulk_create(moves)
        pairs = [
            (lot_node(move.lot.code), operation_node(move.operation.code))
            if move.mass_g < 0
            else (operation_node(move.operation.code), lot_node(move.lot.code))
            for move in moves
        ]
        LineageLink.objects.bulk_create([LineageLink(parent=parent, child=child) for parent, child in pairs])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


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
