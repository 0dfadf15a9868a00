"""Lots and operations as their holder, and whoever watches over it, may read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from products.access import Actor, Role, region_filter
from products.errors import NotFound
from products.trace.domain.mass_balance import YieldRange, YieldVerdict, judge_yield
from products.trace.models.batch import Batch
from products.trace.models.lot import Lot, LotMove, LotOperation

_RELATED = ("enterprise", "indication", "batch", "plot", "origin")
# What a form can offer and a thumb can scroll through.
MOST_OFFERED = 60


def list_lots(*, actor: Actor, text: str = "", kind: str = "", has_stock: bool = False) -> QuerySet[Lot]:
    """The lots the actor may see; by number or material, of one kind, with something left."""
    lots = Lot.objects.visible_to(actor).select_related(*_RELATED)
    if text.strip():
        lots = lots.filter(Q(lot__icontains=text.strip()) | Q(material__icontains=text.strip()))
    if kind:
        lots = lots.filter(kind=kind)
    return lots.filter(stock_g__gt=0) if has_stock else lots


def find_lot(*, actor: Actor, code: UUID) -> Lot:
    """Raises NotFound."""
    found = Lot.objects.visible_to(actor).select_related(*_RELATED).filter(code=code).first()
    if found is None:
        raise NotFound(_("没有这个批，或您无权查看。请从库存列表中选择。"))
    return found


def lot_of(batch: Batch) -> Lot | None:
    """The lot by which a batch is traced, where somebody has made it."""
    return Lot.objects.select_related(*_RELATED).filter(batch=batch).first()


def visible_operations(actor: Actor) -> QuerySet[LotOperation]:
    """Its enterprise's, and the offices' of the enterprise's region; with partners and yields, so nobody else's."""
    rows = LotOperation.objects.select_related("enterprise", "consignee_region", "dispatch__enterprise")
    if actor.is_role(Role.PRODUCER):
        return rows.filter(enterprise__uscc=actor.uscc)
    if actor.is_role(Role.ADMIN):
        return rows
    if actor.is_role(Role.INSPECTOR, Role.AUDITOR):
        return rows.filter(region_filter(actor, "enterprise__region_id"))
    return rows.none()


def find_operation(*, actor: Actor, code: UUID) -> LotOperation:
    """Raises NotFound."""
    found = visible_operations(actor).filter(code=code).first()
    if found is None:
        raise NotFound(_("没有这次操作，或您无权查看。"))
    return found


def moves_of(row: LotOperation) -> list[LotMove]:
    return list(row.moves.select_related("lot__batch").order_by("pk"))


def yield_verdict(row: LotOperation) -> YieldVerdict:
    """A process's yield against what its specification gave when it was entered."""
    return judge_yield(row.yield_permille, YieldRange(row.yield_min_permille, row.yield_max_permille))


@dataclass(frozen=True)
class LotMoveLine:
    """One operation on a lot's page: what it gave the lot, or took from it (negative), and the other lots in it."""

    operation: LotOperation
    mass_g: int
    taken: tuple[LotMove, ...]
    given: tuple[LotMove, ...]
    verdict: YieldVerdict

    @property
    def size_g(self) -> int:
        return abs(self.mass_g)

    @property
    def is_doubtful(self) -> bool:
        return self.verdict in (YieldVerdict.BELOW, YieldVerdict.ABOVE)


def lines_of(lot: Lot, *, actor: Actor) -> list[LotMoveLine]:
    """What was done with a lot, the latest first. Operations of a lot are all its holder's."""
    rows = visible_operations(actor).filter(moves__lot=lot).order_by("-at", "-pk")
    moves: dict[int, list[LotMove]] = {}
    for move in LotMove.objects.filter(operation__in=rows).select_related("lot__batch").order_by("pk"):
        moves.setdefault(move.operation_id, []).append(move)
    return [
        LotMoveLine(
            operation=row,
            mass_g=sum(move.mass_g for move in moves[row.pk] if move.lot_id == lot.pk),
            taken=tuple(move for move in moves[row.pk] if move.mass_g < 0),
            given=tuple(move for move in moves[row.pk] if move.mass_g > 0),
            verdict=yield_verdict(row),
        )
        for row in rows
    ]


def lots_to_take(*, actor: Actor, first: UUID | None = None) -> list[Lot]:
    """The producer's lots with something left, the newest first and `first` before them; at most MOST_OFFERED."""
    lots = list(list_lots(actor=actor, has_stock=True).order_by("-pk")[:MOST_OFFERED])
    chosen = list_lots(actor=actor).filter(code=first).first() if first else None
    return lots if chosen is None else [chosen, *(lot for lot in lots if lot.pk != chosen.pk)]


def batches_without_source(*, actor: Actor) -> list[Batch]:
    """The producer's newest registered batches whose lot nobody has made: what a process may have given."""
    own = Batch.objects.visible_to(actor).filter(traced_lot=None).exclude(state=Batch.State.DRAFT)
    return list(own.select_related("authorisation__indication").order_by("-pk")[:MOST_OFFERED])


def last_operation(*, actor: Actor, kind: str) -> LotOperation | None:
    """The producer's newest of a kind, whose partner and process the next one starts with."""
    return visible_operations(actor).filter(kind=kind).order_by("-pk").first()


def materials_of(*, actor: Actor, kind: str) -> Sequence[str]:
    """What the producer's newest lots of a kind were called, each once."""
    rows = Lot.objects.visible_to(actor).filter(kind=kind).order_by("-pk").values_list("material", flat=True)[:50]
    return list(dict.fromkeys(rows))
