"""Operations with lots as the tests record them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from ledger.models import Entry
from products.access import Actor
from products.registry.models.enterprise import Enterprise
from products.trace.models.batch import Batch
from products.trace.models.lot import LineageLink, Lot, LotOperation
from products.trace.services.lot_checks import Given, NewOperation, Taken
from products.trace.services.lots import record_operation
from tests.factories import NOW, PIDU

DAY = date(2026, 11, 20)


def record(actor: Actor, kind: str, **changes: Any) -> LotOperation:
    facts: dict[str, Any] = {"kind": kind, "done_on": DAY}
    now = changes.pop("now", NOW)
    return record_operation(actor=actor, operation=NewOperation(**(facts | changes)), now=now)


def given_lot(row: LotOperation) -> Lot:
    """The only lot that an operation gave something to."""
    return Lot.objects.get(moves__operation=row, moves__mass_g__gt=0)


def harvest(actor: Actor, lot: str = "H-1", *, grams: int = 100_000, **changes: Any) -> Lot:
    facts: dict[str, Any] = {"given": [Given(lot=lot, material="鲜辣椒", mass_g=grams)], "origin_code": PIDU}
    return given_lot(record(actor, "harvest", **(facts | changes)))


def purchase(actor: Actor, lot: str = "P-1", *, grams: int = 100_000, **changes: Any) -> Lot:
    facts: dict[str, Any] = {
        "given": [Given(lot=lot, material="蚕豆", mass_g=grams)],
        "seller_name": "某合作社",
        "document_no": "SG-1",
    }
    return given_lot(record(actor, "purchase", **(facts | changes)))


def take(lots: Mapping[Lot | Batch, int]) -> list[Taken]:
    return [
        Taken(mass_g=grams, lot=each.code) if isinstance(each, Lot) else Taken(mass_g=grams, batch=each.code)
        for each, grams in lots.items()
    ]


def give(*new: tuple[str, int] | tuple[Batch, int]) -> list[Given]:
    return [
        Given(mass_g=grams, batch=each.code) if isinstance(each, Batch) else Given(mass_g=grams, lot=str(each))
        for each, grams in new
    ]


def dispatch(
    actor: Actor, lots: Mapping[Lot | Batch, int], *, to: Enterprise | None = None, **changes: Any
) -> LotOperation:
    facts: dict[str, Any] = {
        "taken": take(lots),
        "consignee_name": to.name if to else "成都某超市",
        "consignee_uscc": to.uscc if to else "",
        "document_no": "FH-1",
        "done_on": date(2026, 11, 22),
    }
    return record(actor, "dispatch", **(facts | changes))


def receive(actor: Actor, sent: LotOperation, lot: str = "R-1", *, grams: int, **changes: Any) -> Lot:
    facts: dict[str, Any] = {
        "given": [Given(lot=lot, material="豆瓣", mass_g=grams)],
        "dispatch": sent.code,
        "done_on": date(2026, 11, 23),
    }
    return given_lot(record(actor, "purchase", **(facts | changes)))


def stock(*lots: Lot) -> list[int]:
    for lot in lots:
        lot.refresh_from_db()
    return [lot.stock_g for lot in lots]


def moved(row: LotOperation) -> dict[str, int]:
    """Grams by lot number."""
    return {move.lot.lot: move.mass_g for move in row.moves.select_related("lot")}


def links() -> set[tuple[str, str]]:
    return set(LineageLink.objects.values_list("parent", "child"))


def entries_of(subject: str, code: UUID) -> list[dict[str, Any]]:
    rows = Entry.objects.filter(subject=f"{subject}:{code}").order_by("pk")
    return [json.loads(bytes(row.body)) for row in rows]
