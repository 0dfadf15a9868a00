"""What the ledger is told about lots and operations, and the rows behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from products.access import Actor
from products.audit import Statement, commitment, record_many
from products.trace.domain.lineage import links_of, partner_text
from products.trace.models.lot import LineageLink, Lot, LotMove, LotOperation


def lot_statement(lot: Lot) -> Statement:
    """Every fact of a new lot; the seller as a commitment."""
    text = partner_text(name=lot.seller_name, uscc=lot.seller_uscc)
    return Statement(
        kind="trace.lot_opened",
        subject=f"lot:{lot.code}",
        data={
            "enterprise": lot.enterprise.uscc,
            "indication": lot.indication.code if lot.indication else None,
            "kind": lot.kind,
            "material": lot.material,
            "lot": lot.lot,
            "batch": str(lot.batch.code) if lot.batch else None,
            "plot": str(lot.plot.code) if lot.plot else None,
            "origin": lot.origin_id,
            "document_no": lot.document_no,
            "document_sha256": lot.document_sha256,
            "made_on": lot.made_on.isoformat(),
        },
        commitments={"seller": commitment(text, salt=bytes(lot.seller_salt))} if lot.seller_salt else {},
    )


def operation_statement(row: LotOperation, moves: Sequence[LotMove]) -> Statement:
    """What was done, with the grams of each lot; the consignee as a commitment."""
    text = partner_text(name=row.consignee_name, uscc=row.consignee_uscc, region=row.consignee_region_id or "")
    return Statement(
        kind="trace.lots_moved",
        subject=f"lot-operation:{row.code}",
        data={
            "enterprise": row.enterprise.uscc,
            "kind": row.kind,
            "process": row.process,
            "done_on": row.done_on.isoformat(),
            "reason": row.reason,
            "yield_permille": row.yield_permille,
            "yield_min_permille": row.yield_min_permille,
            "yield_max_permille": row.yield_max_permille,
            "dispatch": str(row.dispatch.code) if row.dispatch else None,
            "document_no": row.document_no,
            "document_sha256": row.document_sha256,
            "moves": [{"lot": str(move.lot.code), "mass_g": move.mass_g} for move in moves],
        },
        commitments={"consignee": commitment(text, salt=bytes(row.consignee_salt))} if row.consignee_salt else {},
    )


def write_operation(
    row: LotOperation, changes: Sequence[tuple[Lot, int]], *, new: Sequence[Lot] = (), actor: Actor, now: datetime
) -> LotOperation:
    """Keep an operation with the grams it gives to lots or takes from them (negative), its links and statements.

    `new` lots are kept first. The caller holds the locks of the others and has checked everything.
    """
    row.by, row.at = actor.ledger_name, now
    for lot, grams in changes:
        lot.stock_g += grams
    Lot.objects.bulk_create(new)
    Lot.objects.bulk_update([lot for lot, _grams in changes if lot not in new], ["stock_g"])
    row.save(force_insert=True)
    moves = [LotMove(operation=row, lot=lot, mass_g=grams) for lot, grams in changes]
    LotMove.objects.bulk_create(moves)
    links = links_of(
        kind=row.kind,
        operation=row.code,
        taken=[lot.code for lot, grams in changes if grams < 0],
        given=[lot.code for lot, grams in changes if grams > 0],
        dispatch=row.dispatch.code if row.dispatch else None,
    )
    LineageLink.objects.bulk_create([LineageLink(parent=parent, child=child) for parent, child in links])
    record_many([*map(lot_statement, new), operation_statement(row, moves)], actor=actor, now=now)
    return row
