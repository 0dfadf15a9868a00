"""Following a batch ten operations up and down among 100,000 lots, beside reading one row for each step of the way."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from django.db import connection

from bench import databases
from bench.figures import Figure, Result, Size, in_turn
from bench.lineage_filling import FAMILY, LEVELS, code_of, fill
from products.access import Actor, Role
from products.trace.models.lot import LineageLink, Lot
from products.trace.queries.lineage import reach
from products.trace.queries.lineage_page import lineage_of
from tests import factories

EDGES: Final = 2 * LEVELS
WITHIN: Final = 0.02


def measure(size: Size) -> Result:
    factories.make_regions()
    enterprise = factories.make_enterprise()
    actor = factories.make_user(Role.PRODUCER, organisation=enterprise.uscc)
    families = max(1, size.lots // FAMILY)
    fill(enterprise, families)
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


def _figure(what: str, total: int, size: Size, picked: list[int], walk: Callable[[tuple[Lot, Lot]], int]) -> Figure:
    ends = [
        (Lot.objects.get(code=code_of(family, LEVELS, 0)), Lot.objects.get(code=code_of(family, 0, 0)))
        for family in picked
    ]
    keys = [f"lot:{code_of(family, 0, 0)}" for family in picked]

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
