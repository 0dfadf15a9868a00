"""Who may do what with lots. The maker has harvested one, and dispatched some of it."""

from __future__ import annotations

from typing import Any

from products.access import Actor
from products.trace.models.lot import Lot, LotOperation
from tests.access.rows import SEE_BATCHES, SIGNED_IN, WATCHERS, Row
from tests.access.world import World
from tests.factories import PIDU
from tests.trace.lots.helpers import dispatch, harvest


def maker_of(world: World) -> Actor:
    maker = world.members["maker"]
    assert maker is not None
    return maker


def traced(world: World) -> None:
    lot = harvest(maker_of(world), "SECRET-LOT", indication_code=world.indication.code)
    dispatch(maker_of(world), {lot: 1_000})


def lot(world: World) -> str:
    return f"lots/{Lot.objects.get(kind='harvest').code}"


def operation(world: World) -> str:
    return f"lot-operations/{LotOperation.objects.get(kind='dispatch').code}"


def new_operation(world: World) -> dict[str, Any]:
    given = [{"lot": "H-9", "material": "鲜辣椒", "mass_g": 1_000}]
    return {"kind": "harvest", "done_on": "2026-11-20", "origin_code": PIDU, "given": given}


LOTS: dict[str, Row] = {
    "list_lots": Row(
        SIGNED_IN,
        lambda w: "lots",
        prepare=traced,
        sees=lambda w: "SECRET-LOT",
        seen_by=frozenset(SEE_BATCHES),
    ),
    "get_lot": Row(SEE_BATCHES, lot, prepare=traced),
    "get_lot_lineage": Row(SEE_BATCHES, lambda w: f"{lot(w)}/lineage?direction=down", prepare=traced),
    "record_lot_operation": Row({"maker", "rival"}, lambda w: "lot-operations", new_operation),
    "get_lot_operation": Row(WATCHERS | {"maker", "admin"}, operation, prepare=traced),
}
