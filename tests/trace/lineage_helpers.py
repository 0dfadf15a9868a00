"""Lots that descend from each other, whatever the rules of operations say: with their moves, links and entries."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from django.db import transaction

from products.access import Actor, Role
from products.audit import new_salt
from products.registry.models.enterprise import Enterprise
from products.trace.models.batch import Batch
from products.trace.models.lot import Lot, LotOperation
from products.trace.services.batch_lots import lot_of_batch
from products.trace.services.lot_statements import write_operation
from tests.factories import NOW

_numbers = count(1)


def maker_of(enterprise: Enterprise) -> Actor:
    return Actor(username="maker", role=Role.PRODUCER, uscc=enterprise.uscc)


@transaction.atomic
def make_lot(enterprise: Enterprise, *, kind: str = "work", mass_g: int = 100_000, **changes: Any) -> Lot:
    """A lot of 100 kg that nothing is known of but that it is there."""
    facts: dict[str, Any] = {
        "enterprise": enterprise,
        "kind": kind,
        "material": "鲜辣椒",
        "lot": f"R{next(_numbers):06d}",
        "made_on": date(2026, 11, 1),
        "created_at": NOW,
        "seller_salt": new_salt() if changes.get("seller_name") else b"",
    }
    lot = Lot(**(facts | changes))
    row = LotOperation(enterprise=enterprise, kind="declared", done_on=lot.made_on)
    write_operation(row, [(lot, mass_g)], new=[lot], actor=maker_of(enterprise), now=NOW)
    return lot


@transaction.atomic
def lot_of(batch: Batch) -> Lot:
    """The lot of a batch, made where there is none."""
    return lot_of_batch(batch=batch, actor=maker_of(batch.authorisation.enterprise), now=NOW)


@transaction.atomic
def operate(
    enterprise: Enterprise, kind: str, *, taken: dict[Lot, int], given: dict[Lot, int], **changes: Any
) -> LotOperation:
    """Grams `taken` from some lots and `given` to others."""
    facts: dict[str, Any] = {
        "enterprise": enterprise,
        "kind": kind,
        "done_on": date(2026, 11, 2),
        "consignee_salt": new_salt() if changes.get("consignee_name") else b"",
    }
    row = LotOperation(**(facts | changes))
    moves = [(lot, -grams) for lot, grams in taken.items()] + list(given.items())
    for lot, _grams in moves:
        lot.refresh_from_db(fields=["stock_g"])
    return write_operation(row, moves, actor=maker_of(enterprise), now=NOW)


def dispatch(lot: Lot, *, grams: int, to: str = "成都某超市", **changes: Any) -> LotOperation:
    """Grams of a lot that left for a consignee."""
    return operate(
        lot.enterprise, "dispatch", taken={lot: grams}, given={}, consignee_name=to, document_no="FH-1", **changes
    )
