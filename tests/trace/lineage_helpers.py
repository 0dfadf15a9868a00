"""Lots that descend from each other, put in place row by row."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from products.registry.models.enterprise import Enterprise
from products.trace.models.batch import Batch
from products.trace.models.lot import LineageLink, Lot, LotMove, LotOperation
from tests.factories import NOW

_numbers = count(1)


def make_lot(enterprise: Enterprise, *, kind: str = "work", mass_g: int = 100_000, **changes: Any) -> Lot:
    """A lot of 100 kg that nothing is known of but that it is there."""
    facts: dict[str, Any] = {
        "enterprise": enterprise,
        "kind": kind,
        "material": "鲜辣椒",
        "lot": f"R{next(_numbers):06d}",
        "made_on": date(2026, 11, 1),
        "stock_g": mass_g,
        "created_at": NOW,
    }
    return Lot.objects.create(**(facts | changes))


def lot_of(batch: Batch) -> Lot:
    """The lot of a batch, made where there is none."""
    if found := Lot.objects.filter(batch=batch).select_related("batch", "enterprise").first():
        return found
    authorisation = batch.authorisation
    return make_lot(
        authorisation.enterprise,
        kind="batch",
        batch=batch,
        lot=batch.lot,
        indication=authorisation.indication,
        mass_g=batch.net_mass_g,
        made_on=batch.produced_on,
    )


def operate(
    enterprise: Enterprise, kind: str, *, taken: dict[Lot, int], given: dict[Lot, int], **changes: Any
) -> LotOperation:
    """Grams `taken` from some lots and `given` to others, with its links."""
    facts: dict[str, Any] = {
        "enterprise": enterprise,
        "kind": kind,
        "done_on": date(2026, 11, 2),
        "by": f"uscc:{enterprise.uscc}",
        "at": NOW,
    }
    operation = LotOperation.objects.create(**(facts | changes))
    node = f"op:{operation.code}"
    moves = [(lot, -grams) for lot, grams in taken.items()] + list(given.items())
    LotMove.objects.bulk_create(LotMove(operation=operation, lot=lot, mass_g=grams) for lot, grams in moves)
    LineageLink.objects.bulk_create(
        [LineageLink(parent=f"lot:{lot.code}", child=node) for lot in taken]
        + [LineageLink(parent=node, child=f"lot:{lot.code}") for lot in given]
    )
    return operation


def dispatch(lot: Lot, *, grams: int, to: str = "成都某超市", **changes: Any) -> LotOperation:
    """Grams of a lot that left for a consignee."""
    return operate(
        lot.enterprise, "dispatch", taken={lot: grams}, given={}, consignee_name=to, document_no="FH-1", **changes
    )
