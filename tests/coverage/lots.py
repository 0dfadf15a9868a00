"""Lots of the small world: of each maker a harvest, a process, a dispatch to the other and what came of it; columns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import models

from products.access import Actor
from products.registry.models.enterprise import Enterprise
from products.trace.domain.lineage import OPERATION
from products.trace.models.batch import Batch
from products.trace.models.lot import LineageLink, Lot, LotMove, LotOperation
from products.trace.services.batches import correct_batch
from tests.coverage.covered import DEMO, OTHER_CODE, Covered
from tests.trace.lots.helpers import dispatch, give, harvest, receive, record, take

_SELLER = dict.fromkeys(("seller_name", "seller_uscc", "seller_salt"), "seller")
_CONSIGNEE = dict.fromkeys(("consignee_name", "consignee_uscc", "consignee_salt", "consignee_region"), "consignee")


def _owner(row: LineageLink) -> str:
    """The place of the operation that a link belongs to."""
    node = row.child if row.child.startswith(OPERATION) else row.parent
    return f"lot-operation {node.removeprefix(OPERATION)}"


LOT_COLUMNS: dict[type[models.Model], Covered] = {
    Lot: Covered(
        world="lots",
        place=lambda row: f"lot {row.code}",
        uncovered={"is_demo": DEMO},
        words=_SELLER,
        values={"batch": 999_999, "plot": 999_999},
        copied={"code": OTHER_CODE, "lot": "copy"},
        rows={"kind__in": ("harvest", "purchase", "work")},
        rows_of={"batch": {"kind": "batch"}},
    ),
    LotOperation: Covered(
        world="lots",
        place=lambda row: f"lot-operation {row.code}",
        words=_CONSIGNEE,
        values={"dispatch": 999_999},
        copied={"code": OTHER_CODE, "dispatch": None},
    ),
    LotMove: Covered(
        world="lots",
        place=lambda row: f"lot-operation {row.operation.code}",
        parent="operation",
        values={"lot": 999_999, "operation": None},
        copied={"lot_id": 999_999},
    ),
    LineageLink: Covered(world="lots", place=_owner, copied={"child": "lot:copy"}),
}


def make_lots(makers: tuple[Actor, Actor], *, at: Callable[[int], datetime]) -> None:
    """Everything that is done with lots, by each maker, and a batch corrected after some of it was sent."""
    firms = [Enterprise.objects.get(uscc=actor.uscc) for actor in makers]
    for number, actor in enumerate(makers):
        batch = Batch.objects.get(lot=f"A{number}")
        day: dict[str, Any] = {"done_on": date(2026, 11, 22)}
        lot = harvest(actor, f"H-{number}", now=at(90))
        record(
            actor, "process", process="晒制", taken=take({lot: 10_000}), given=give(("W-1", 4_000)), **day, now=at(91)
        )
        record(actor, "split", taken=take({lot: 5_000}), given=give(("S-1", 1_000), ("S-2", 4_000)), now=at(92))
        record(actor, "loss", taken=take({lot: 1_000}), reason="霉变", now=at(93))
        record(actor, "stocktake", taken=take({lot: 80_000}), reason="复秤", now=at(94))
        sent = dispatch(actor, {batch: 5_000}, to=firms[1 - number], consignee_region_code="510117", now=at(95))
        receive(makers[1 - number], sent, f"R-{number}", grams=4_900, now=at(96))
        correct_batch(
            actor=actor,
            code=batch.code,
            changes={"net_mass_g": 99_000, "produced_on": date(2026, 11, 19)},
            reason="称重录错",
            now=at(97),
        )
