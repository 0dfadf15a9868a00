"""The lots and batches that an operation takes from and gives to: found, locked and checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from products.access import Actor
from products.errors import NotFound
from products.registry.models.enterprise import Enterprise
from products.trace.domain.facts import write_kg
from products.trace.domain.lineage import BATCH, lot_node
from products.trace.errors import WrongBatchState
from products.trace.lot_errors import (
    BatchSourceStated,
    CircularLineage,
    OperationDateImplausible,
    OperationMalformed,
    OutputMassMismatch,
    StockTooSmall,
)
from products.trace.models.batch import Batch
from products.trace.models.lot import Lot
from products.trace.queries.lineage import ancestors
from products.trace.services.batch_lots import lot_of_batch
from products.trace.services.lot_checks import Given, NewOperation, Taken

_RELATED = ("enterprise", "indication", "batch__authorisation__indication")


@dataclass(frozen=True)
class Parts:
    """What an operation works on, locked: `taken` beside the request's, `batches` to give to, by code."""

    taken: list[tuple[Lot, Taken]]
    batches: dict[UUID, Batch]

    @property
    def lots(self) -> list[Lot]:
        return [lot for lot, _taken in self.taken]

    @property
    def nodes(self) -> list[str]:
        return [lot_node(lot.code) for lot in self.lots]


def lock_parts(new: NewOperation, *, enterprise: Enterprise, actor: Actor, now: datetime) -> Parts:
    """Lots first and then batches, both in the order of their keys, as recalls lock them too.

    A batch without a lot gets one when some of it is taken. Raises NotFound for what is not the enterprise's,
    OperationMalformed for one lot twice, WrongBatchState for a draft, BatchSourceStated, OutputMassMismatch,
    OperationDateImplausible.
    """
    given = [each.batch for each in new.given if each.batch]
    named = {each.batch for each in new.taken if each.batch} | set(given)
    lots = _lock_lots(enterprise, codes={each.lot for each in new.taken if each.lot}, batches=named)
    batches = _lock_batches(enterprise, named)
    parts = Parts(
        taken=[
            (_taken_lot(each, place, lots, batches, actor=actor, now=now), each) for place, each in enumerate(new.taken)
        ],
        batches={code: batches[code] for code in given if code in batches},
    )
    if len({lot.pk for lot in parts.lots}) < len(parts.lots):
        raise OperationMalformed(_("同一个批填了两次。请合并成一行。"), field="taken")
    _check_days(parts.lots, new.done_on)
    for place, each in enumerate(new.given):
        if each.batch:
            _check_output(each, place, parts, new.given)
    return parts


def _lock_lots(enterprise: Enterprise, *, codes: Iterable[UUID], batches: Iterable[UUID]) -> list[Lot]:
    own = Lot.objects.filter(enterprise=enterprise)
    named = own.filter(Q(code__in=set(codes)) | Q(batch__code__in=set(batches)))
    return list(named.order_by("pk").select_for_update(of=("self",)).select_related(*_RELATED))


def _lock_batches(enterprise: Enterprise, codes: Iterable[UUID]) -> dict[UUID, Batch]:
    own = Batch.objects.filter(authorisation__enterprise=enterprise, code__in=set(codes))
    related = ("authorisation__indication", "authorisation__enterprise", "origin", "standard_version")
    return {batch.code: batch for batch in own.order_by("pk").select_for_update(of=("self",)).select_related(*related)}


def _taken_lot(
    taken: Taken, place: int, lots: Sequence[Lot], batches: dict[UUID, Batch], *, actor: Actor, now: datetime
) -> Lot:
    field = f"taken.{place}"
    if taken.batch is None:
        found = next((lot for lot in lots if lot.code == taken.lot), None)
        if found is None:
            raise NotFound(_("没有这个批，或不属于本企业。请从库存列表中选择。"), field=f"{field}.lot")
        return found
    batch = batches.get(taken.batch)
    if batch is None:
        raise NotFound(_("没有这个产品批次，或不属于本企业。请从“我的批次”中选择。"), field=f"{field}.batch")
    known = next((lot for lot in lots if lot.batch_id == batch.pk), None)
    return known or lot_of_batch(batch=batch, actor=actor, now=now)


def _check_days(lots: Sequence[Lot], day: date) -> None:
    late = max(lots, key=lambda lot: lot.made_on, default=None)
    if late is not None and late.made_on > day:
        raise OperationDateImplausible(
            _("%(lot)s 到 %(day)s 才有，不能在此之前取用。请核对日期。")
            % {"lot": late.lot, "day": late.made_on.isoformat()},
            field="done_on",
        )


def _check_output(given: Given, place: int, parts: Parts, every: Sequence[Given]) -> None:
    """A batch gets its lot in one operation, from what had been there before: nothing can come of itself."""
    field = f"given.{place}"
    batch = parts.batches.get(given.batch) if given.batch else None
    if batch is None:
        raise NotFound(_("没有这个产品批次，或不属于本企业。请从“我的批次”中选择。"), field=f"{field}.batch")
    if batch.state == Batch.State.DRAFT:
        raise WrongBatchState(
            _("批次 %(lot)s 还是草稿。请先登记，再录入它的来源。") % {"lot": batch.lot}, field=f"{field}.batch"
        )
    if sum(each.batch == given.batch for each in every) > 1:
        raise OperationMalformed(_("同一个产品批次填了两次。"), field=f"{field}.batch")
    if Lot.objects.filter(batch=batch).exists():
        raise BatchSourceStated(
            _("批次 %(lot)s 的来源已经登记过，或者它已有一部分被取用、发出，来源不能再改。") % {"lot": batch.lot},
            field=f"{field}.batch",
        )
    if given.mass_g != batch.net_mass_g:
        raise OutputMassMismatch(
            _("批次 %(lot)s 登记的净重是 %(kg)s 公斤，产出须与它一致。净重登记有误的，请先更正批次。")
            % {"lot": batch.lot, "kg": write_kg(batch.net_mass_g)},
            field=f"{field}.mass_g",
        )
    # Others' events may have named the batch before it had a lot.
    if parts.nodes and any(node.name == f"{BATCH}{batch.code}" for node in ancestors(parts.nodes)):
        raise CircularLineage(
            _("取用的批是由批次 %(lot)s 而来的，不能再用来做它。") % {"lot": batch.lot}, field=f"{field}.batch"
        )


def require_stock(lot: Lot, grams: int, *, field: str) -> None:
    """Raises StockTooSmall unless the locked lot has `grams`."""
    if lot.stock_g < grams:
        raise StockTooSmall(
            _("%(lot)s 只有 %(kg)s 公斤，不够取用。请核对质量，或先盘点。")
            % {"lot": lot.lot, "kg": write_kg(lot.stock_g)},
            field=field,
        )
