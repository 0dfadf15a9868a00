"""Lots and operations in place for the tests of exports: a harvest and a purchase become a batch, part of which leaves."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import python_calamine

from products.access import Actor
from products.trace.models.batch import Batch
from products.trace.models.lot import Lot, LotMove, LotOperation
from products.trace.models.plot import Grower, Plot
from products.trace.services.exchange import Export, export_batch
from products.trace.services.exchange_files import json_pieces, workbook
from tests.factories import CUIPING, NOW, PIDU

SELLER = "91511500MADEM0001X"
FARMER, DRIVER = "王大伯", "李师傅"


def operation(batch: Batch, kind: str, moves: Sequence[tuple[Lot, int]], **changes: Any) -> LotOperation:
    """Grams given to lots, or taken (negative)."""
    enterprise = batch.authorisation.enterprise
    facts: dict[str, Any] = {"done_on": date(2026, 11, 1), "by": f"uscc:{enterprise.uscc}", "at": NOW}
    row = LotOperation.objects.create(enterprise=enterprise, kind=kind, **(facts | changes))
    LotMove.objects.bulk_create([LotMove(operation=row, lot=lot, mass_g=mass) for lot, mass in moves])
    return row


def lot(of: Batch, /, kind: str, number: str, material: str, **changes: Any) -> Lot:
    facts: dict[str, Any] = {"made_on": date(2026, 10, 30), "created_at": NOW}
    right = of.authorisation
    facts |= {"enterprise": right.enterprise, "indication": right.indication}
    return Lot.objects.create(kind=kind, lot=number, material=material, **(facts | changes))


def trace_back(batch: Batch) -> dict[str, LotOperation]:
    """80 kg of a member's chillies and 40 kg of bought beans become the batch of 100 kg; 30 kg of it are sent to a person."""
    right = batch.authorisation
    grower = Grower.objects.create(enterprise=right.enterprise, name=FARMER, phone="13800000000", created_at=NOW)
    plot = Plot.objects.create(
        enterprise=right.enterprise, indication=right.indication, grower=grower, kind="field", region_id=PIDU,
        name="王家坡", created_at=NOW,
    )  # fmt: skip
    chillies = lot(batch, "harvest", "H-1", "鲜辣椒", plot=plot)
    beans = lot(
        batch, "purchase", "P-1", "蚕豆", seller_name="宜宾豆业公司", seller_uscc=SELLER, document_no="FP-77",
        indication=None,
    )  # fmt: skip
    product = lot(batch, "batch", batch.lot, right.product_name, batch=batch)
    return {
        "harvest": operation(batch, "harvest", [(chillies, 80_000)]),
        "purchase": operation(batch, "purchase", [(beans, 40_000)]),
        "process": operation(
            batch, "process", [(chillies, -80_000), (beans, -40_000), (product, 100_000)], process="翻晒",
            done_on=date(2026, 11, 5),
        ),
        "dispatch": operation(
            batch, "dispatch", [(product, -30_500)], consignee_name=DRIVER, consignee_region_id=CUIPING,
            document_no="CK-9", done_on=date(2026, 11, 20),
        ),
    }  # fmt: skip


def exported(actor: Actor, batch: Batch, standard: str = "ny4712") -> dict[str, Any]:
    """The whole JSON document."""
    return document(export_batch(actor=actor, code=batch.code, standard=standard, now=NOW))


def document(export: Export) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(b"".join(json_pieces(export)))
    return found


def sheets(export: Export) -> dict[str, list[list[Any]]]:
    """The workbook as Excel's readers see it."""
    with workbook(export) as file:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
