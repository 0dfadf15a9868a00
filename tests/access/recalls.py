"""Who may do what with recalls. The released batch is recalled in most of them, and some of it was dispatched."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from products.trace.models.lot import LotOperation
from products.trace.models.recall import Recall
from products.trace.queries.recall_plan import plan_recall
from tests.access.rows import OFFICES, SEE_BATCHES, SIGNED_IN, WATCHERS, Row
from tests.access.world import World
from tests.trace.lineage_helpers import dispatch, lot_of, operate
from tests.trace.recall_helpers import hold, recall


def root(world: World) -> str:
    return f"batch:{world.released.code}"


def recalled(world: World) -> None:
    """By the county office, with one dispatch."""
    dispatch(lot_of(world.released), grams=5_000)
    north = world.members["north"]
    assert north is not None
    recall(north, root(world))


def held(world: World) -> None:
    """By the maker."""
    maker = world.members["maker"]
    assert maker is not None
    hold(maker, root(world))


def grown(world: World) -> None:
    """By the maker, and something came of it since."""
    source, child = lot_of(world.released), lot_of(world.registered)
    held(world)
    operate(source.enterprise, "process", taken={source: 1}, given={child: 1})


def code(world: World) -> UUID:
    return Recall.objects.get().code


def opened(world: World) -> dict[str, Any]:
    maker = world.members["maker"]
    assert maker is not None
    plan = plan_recall(actor=maker, root=root(world))
    return {"kind": "recall", "level": 3, "root": root(world), "reason": "超标", "preview_sha256": plan.sha256}


RECALLS: dict[str, Row] = {
    "list_recalls": Row(
        SIGNED_IN,
        lambda w: "recalls",
        prepare=recalled,
        sees=lambda w: str(code(w)),
        seen_by=frozenset(SEE_BATCHES),
    ),
    "preview_recall": Row(OFFICES | {"maker"}, lambda w: f"recalls/preview?root={root(w)}"),
    "open_recall": Row(OFFICES | {"maker"}, lambda w: "recalls", opened),
    "get_recall": Row(SEE_BATCHES, lambda w: f"recalls/{code(w)}", prepare=recalled),
    "extend_recall": Row(OFFICES | {"maker"}, lambda w: f"recalls/{code(w)}/extension", lambda w: {}, prepare=grown),
    "close_recall": Row(
        OFFICES | {"maker"}, lambda w: f"recalls/{code(w)}/closure", lambda w: {"outcome": "合格"}, prepare=held
    ),
    "list_recall_consignees": Row(WATCHERS | {"maker"}, lambda w: f"recalls/{code(w)}/consignees", prepare=recalled),
    "record_consignee_answer": Row(
        OFFICES | {"maker"},
        lambda w: f"recalls/{code(w)}/consignees/{LotOperation.objects.get(kind='dispatch').code}/answers",
        lambda w: {"notified_on": "2026-11-23", "recovered_g": 1},
        prepare=recalled,
    ),
    "count_scans_after_recall": Row(SEE_BATCHES, lambda w: f"recalls/{code(w)}/scans", prepare=recalled),
}
