"""Recording what is done with lots: every kind of operation, in one transaction each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.errors import NotFound
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.trace.domain.facts import write_kg
from products.trace.domain.mass_balance import YieldVerdict, judge_yield, yield_permille
from products.trace.errors import NothingChanged, WrongBatchState
from products.trace.lot_errors import (
    LotNumberTaken,
    LotsOfOtherIndication,
    StockAboveNetMass,
    YieldUnexplained,
)
from products.trace.models.batch import Batch
from products.trace.models.lot import Lot, LotOperation
from products.trace.queries.yields import expected_yield
from products.trace.services.batch_lots import adopt_links, new_batch_lot
from products.trace.services.lot_checks import Given, NewOperation, check_new
from products.trace.services.lot_parts import Parts, lock_parts, require_stock
from products.trace.services.lot_sources import consignee_of, fill_source, received_dispatch
from products.trace.services.lot_statements import write_operation
from products.trace.services.recall_checks import require_usable_lots

Kind = LotOperation.Kind
Changes = list[tuple[Lot, int]]
_NEW_KINDS: Final = {Kind.HARVEST: Lot.Kind.HARVEST, Kind.PURCHASE: Lot.Kind.PURCHASE}
# Loss and stock-taking say what is the case; the others would carry something recalled on.
_USES: Final = frozenset({Kind.SPLIT, Kind.MERGE, Kind.PROCESS, Kind.DISPATCH})


@transaction.atomic
def record_operation(*, actor: Actor, operation: NewOperation, now: datetime) -> LotOperation:
    """Enter one operation with the producer's own lots; masses add up to the gram, stocks never fall below zero.

    Raises the refusals of `lot_checks`, `lot_parts` and `lot_sources`, StockTooSmall, StockAboveNetMass, UnderRecall,
    WrongBatchState for a batch that is not released, LotsOfOtherIndication, YieldUnexplained, LotNumberTaken,
    NothingChanged for a count that agrees, having written nothing.
    """
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    enterprise = Enterprise.objects.filter(uscc=actor.uscc).first()
    if enterprise is None:
        raise NotFound(_("本平台没有登记您的企业。"))
    new = check_new(operation, today=timezone.localdate(now))
    row = LotOperation(
        enterprise=enterprise,
        kind=new.kind,
        process=new.process,
        done_on=new.done_on,
        reason=new.reason,
        document_no=new.document_no,
        document_sha256=new.document_sha256,
    )
    row.dispatch = received_dispatch(new, enterprise=enterprise)
    parts = lock_parts(new, enterprise=enterprise, actor=actor, now=now)
    if new.kind in _USES:
        require_usable_lots(parts.nodes)
    taken = _PREPARE.get(new.kind, _take)(row, new, parts)
    given = _give(row, new, parts, actor=actor, now=now)
    _judge(row, new, taken, given)
    lots = [lot for lot, _grams in given]
    try:
        with transaction.atomic():
            write_operation(row, taken + given, new=lots, actor=actor, now=now)
    except IntegrityError as error:
        raise _number_taken(enterprise, lots, error) from error
    for lot in lots:
        if lot.batch:
            adopt_links(lot.batch, lot)
    return row


def _take(row: LotOperation, new: NewOperation, parts: Parts) -> Changes:
    for place, (lot, each) in enumerate(parts.taken):
        require_stock(lot, each.mass_g, field=f"taken.{place}.mass_g")
    return [(lot, -each.mass_g) for lot, each in parts.taken]


def _dispatch(row: LotOperation, new: NewOperation, parts: Parts) -> Changes:
    for place, (lot, _each) in enumerate(parts.taken):
        if lot.batch and lot.batch.state != Batch.State.RELEASED:
            raise WrongBatchState(
                _("批次 %(lot)s 现在是“%(state)s”，放行后才能发货。")
                % {"lot": lot.batch.lot, "state": lot.batch.get_state_display()},
                field=f"taken.{place}",
            )
    consignee_of(row, new)
    return _take(row, new, parts)


def _count(row: LotOperation, new: NewOperation, parts: Parts) -> Changes:
    """Set stocks to what was counted. A batch does not grow: its net mass is corrected where that was wrong."""
    for place, (lot, each) in enumerate(parts.taken):
        if lot.batch and each.mass_g > lot.batch.net_mass_g:
            raise StockAboveNetMass(
                _("盘点数比批次净重 %(kg)s 公斤还多。净重登记有误的，请先更正批次。")
                % {"kg": write_kg(lot.batch.net_mass_g)},
                field=f"taken.{place}.mass_g",
            )
    changes = [(lot, each.mass_g - lot.stock_g) for lot, each in parts.taken]
    if not any(grams for _lot, grams in changes):
        raise NothingChanged(_("盘点数与账面一致，不需要登记。"), field="taken")
    return [(lot, grams) for lot, grams in changes if grams]


_PREPARE: Final[dict[str, Callable[[LotOperation, NewOperation, Parts], Changes]]] = {
    Kind.DISPATCH: _dispatch,
    Kind.STOCKTAKE: _count,
}


def _give(row: LotOperation, new: NewOperation, parts: Parts, *, actor: Actor, now: datetime) -> Changes:
    common = _common_indication(new, parts)
    made: Changes = []
    for place, each in enumerate(new.given):
        if each.batch:
            lot = new_batch_lot(parts.batches[each.batch], now=now)
        else:
            lot = _new_lot(row, each, parts, common, now=now)
            fill_source(lot, row, new, place=place, actor=actor)
        made.append((lot, each.mass_g))
    return made


def _new_lot(row: LotOperation, given: Given, parts: Parts, common: Indication | None, *, now: datetime) -> Lot:
    materials = list(dict.fromkeys(lot.material for lot in parts.lots))
    return Lot(
        enterprise=row.enterprise,
        indication=common,
        kind=_NEW_KINDS.get(Kind(row.kind), Lot.Kind.WORK),
        material=given.material or "、".join(materials)[:80],
        lot=given.lot,
        made_on=row.done_on,
        is_demo=row.enterprise.is_demo,
        created_at=now,
    )


def _common_indication(new: NewOperation, parts: Parts) -> Indication | None:
    """What all inputs are for, or the batches that are made of them; None where they differ.

    Raises LotsOfOtherIndication where splitting or merging would turn one indication's goods into another's.
    """
    inputs = {lot.indication_id: lot.indication for lot in parts.lots}
    outputs = {batch.authorisation.indication_id: batch.authorisation.indication for batch in parts.batches.values()}
    if new.kind in (Kind.SPLIT, Kind.MERGE):
        other = [key for key in inputs if key is not None and outputs and key not in outputs]
        if other or len(outputs) > 1:
            raise LotsOfOtherIndication(
                _("分批、合批不能把一个地理标志的产品变成另一个的。请核对产品批次。"), field="given"
            )
    found = outputs if len(outputs) == 1 and new.kind == Kind.PROCESS else inputs
    return next(iter(found.values())) if len(found) == 1 else None


def _judge(row: LotOperation, new: NewOperation, taken: Changes, given: Changes) -> None:
    """Yield of a process, beside what its specification expects; outside of that it needs a reason."""
    if row.kind != Kind.PROCESS:
        return
    bounds = expected_yield([lot for lot, _grams in [*given, *taken]], on=row.done_on)
    row.yield_permille = yield_permille(-sum(grams for _lot, grams in taken), sum(grams for _lot, grams in given))
    row.yield_min_permille, row.yield_max_permille = bounds.low, bounds.high
    verdict = judge_yield(row.yield_permille, bounds)
    is_outside = verdict in (YieldVerdict.BELOW, YieldVerdict.ABOVE)
    if is_outside and not (row.reason and (row.document_no or row.document_sha256)):
        words = (
            _("得率 %(yield)s‰ 低于规范的下限 %(bound)s‰。")
            if verdict is YieldVerdict.BELOW
            else _("得率 %(yield)s‰ 高于规范的上限 %(bound)s‰。")
        )
        bound = bounds.low if verdict is YieldVerdict.BELOW else bounds.high
        raise YieldUnexplained(
            words % {"yield": row.yield_permille, "bound": bound}
            + _("请核对质量；确实如此的，请写明原因，并填写生产记录或称重单的编号作为依据。"),
            field="document_no" if row.reason else "reason",
        )


def _number_taken(enterprise: Enterprise, lots: Sequence[Lot], error: IntegrityError) -> Exception:
    for place, lot in enumerate(lots):
        same = Lot.objects.filter(enterprise=enterprise, kind=lot.kind, lot=lot.lot).exclude(kind=Lot.Kind.BATCH)
        twice = any(other.lot == lot.lot and other.kind == lot.kind for other in lots[:place])
        if twice or same.exists():
            return LotNumberTaken(
                _("批号“%(lot)s”已经用过。请换一个批号。") % {"lot": lot.lot}, field=f"given.{place}.lot"
            )
    return error
