"""The lot that a batch is traced by: made when it is first needed, and following the batch's corrections."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Actor
from products.audit import record
from products.trace.domain.facts import Facts, write_kg
from products.trace.domain.lineage import BATCH, lot_node
from products.trace.errors import WrongBatchState
from products.trace.lot_errors import StockTooSmall
from products.trace.models.batch import Batch
from products.trace.models.lot import LineageLink, Lot, LotOperation
from products.trace.services.lot_statements import write_operation


def new_batch_lot(batch: Batch, *, now: datetime) -> Lot:
    """The lot of a batch that has none, not saved yet; the caller has the batch's lock. Raises WrongBatchState."""
    if batch.state == Batch.State.DRAFT:
        raise WrongBatchState(_("批次 %(lot)s 还是草稿。请先登记，再录入它的来源和去向。") % {"lot": batch.lot})
    return Lot(
        enterprise=batch.authorisation.enterprise,
        indication=batch.authorisation.indication,
        kind=Lot.Kind.BATCH,
        material=batch.authorisation.product_name[:80],
        lot=batch.lot,
        batch=batch,
        origin=batch.origin,
        made_on=batch.produced_on,
        is_demo=batch.is_demo,
        created_at=now,
    )


def lot_of_batch(*, batch: Batch, actor: Actor, now: datetime) -> Lot:
    """The batch's lot; where it has none, one of its net mass whose inputs nobody stated.

    The caller has the batch's lock, so that two do not make it at once. Raises WrongBatchState for a draft.
    """
    found = Lot.objects.select_for_update(of=("self",)).filter(batch=batch).first()
    if found:
        return found
    lot = new_batch_lot(batch, now=now)
    row = LotOperation(enterprise=lot.enterprise, kind=LotOperation.Kind.DECLARED, done_on=batch.produced_on)
    write_operation(row, [(lot, batch.net_mass_g)], new=[lot], actor=actor, now=now)
    adopt_links(batch, lot)
    return lot


def adopt_links(batch: Batch, lot: Lot) -> None:
    """What others' events said of the batch before it had a lot holds for its lot."""
    node, own = f"{BATCH}{batch.code}", lot_node(lot.code)
    said = LineageLink.objects.filter(Q(parent=node) | Q(child=node)).values_list("parent", "child")
    LineageLink.objects.bulk_create(
        [
            LineageLink(parent=own if parent == node else parent, child=own if child == node else child)
            for parent, child in said
        ],
        ignore_conflicts=True,
    )


def lock_lot_of(code: UUID) -> None:
    """Lock the lot of a batch, if it has one, before the batch itself: the order in which everybody locks."""
    list(Lot.objects.filter(batch__code=code).select_for_update(of=("self",)).values_list("pk", flat=True))


def follow_correction(*, batch: Batch, before: Facts, reason: str, actor: Actor, now: datetime) -> None:
    """Carry a batch's corrected net mass, number and day over to its lot, which keeps what was used and sent.

    The caller has the locks of both. Raises StockTooSmall where more has left than the batch now weighs.
    """
    lot = Lot.objects.select_related("enterprise").select_for_update(of=("self",)).filter(batch=batch).first()
    if lot is None:
        return
    grams = batch.net_mass_g - before.net_mass_g
    if lot.stock_g + grams < 0:
        raise StockTooSmall(
            _("这一批已有 %(kg)s 公斤用掉或发出，净重不能更少。请先核对发货记录。")
            % {"kg": write_kg(before.net_mass_g - lot.stock_g)},
            field="net_mass_g",
        )
    if grams:
        row = LotOperation(
            enterprise=lot.enterprise,
            kind=LotOperation.Kind.STOCKTAKE,
            done_on=timezone.localdate(now),
            reason=reason,
        )
        write_operation(row, [(lot, grams)], actor=actor, now=now)
    _rename(lot, batch.lot, batch.produced_on, reason=reason, actor=actor, now=now)


def _rename(lot: Lot, number: str, made_on: date, *, reason: str, actor: Actor, now: datetime) -> None:
    if (lot.lot, lot.made_on) == (number, made_on):
        return
    lot.lot, lot.made_on = number, made_on
    lot.save(update_fields=["lot", "made_on"])
    record(
        actor=actor,
        kind="trace.lot_corrected",
        subject=f"lot:{lot.code}",
        data={"lot": number, "made_on": made_on.isoformat(), "reason": reason},
        now=now,
    )
