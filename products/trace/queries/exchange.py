"""What an export covers: batches a reader may see, and the lots and operations one step and more around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from products.access import Actor
from products.trace.domain.epcis_own.identifiers import lot_class
from products.trace.models.batch import Batch
from products.trace.models.lot import Lot, LotMove, LotOperation
from products.trace.queries.batches import whole_batches

PORTION = 200


@dataclass(frozen=True)
class Scope:
    """One batch, or an enterprise's batches made from `first` to `last`; never a draft, which nobody stands for yet."""

    actor: Actor
    batch: UUID | None = None
    uscc: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def subject(self) -> str:
        return f"batch:{self.batch}" if self.batch else f"enterprise:{self.uscc}"

    def batches(self) -> QuerySet[Batch]:
        found = whole_batches(self.actor).exclude(state=Batch.State.DRAFT)
        if self.batch is not None:
            return found.filter(code=self.batch)
        return found.filter(
            authorisation__enterprise__uscc=self.uscc, produced_on__gte=self.first, produced_on__lte=self.last
        )

    def portions(self) -> Iterator[list[Batch]]:
        """All of them, the oldest first, a portion at a time."""
        last = 0
        while True:
            portion = list(self.batches().filter(pk__gt=last).order_by("pk")[:PORTION])
            if not portion:
                return
            last = portion[-1].pk
            yield portion


@dataclass
class Traced:
    """An operation with its moves: lots with grams, negative where taken."""

    operation: LotOperation
    moves: list[LotMove] = field(default_factory=list)

    @property
    def taken(self) -> list[LotMove]:
        return [move for move in self.moves if move.mass_g < 0]

    @property
    def given(self) -> list[LotMove]:
        return [move for move in self.moves if move.mass_g > 0]


def trace_code(lot: Lot) -> str:
    """What a lot is called outside: as in EPCIS events."""
    if lot.batch is not None:
        return batch_code(lot.batch)
    return lot_class(code=str(lot.code), gtin="", lot=lot.lot)


def batch_code(batch: Batch) -> str:
    return lot_class(code=str(batch.code), gtin=batch.gtin, lot=batch.lot)


def operation_keys(scope: Scope) -> list[list[int]]:
    """Keys of every operation behind the batches, back to what was harvested or bought, and of what was done next.

    Each once, in the portions that they are read in.
    """
    seen: set[int] = set()
    portions: list[list[int]] = []
    for portion in scope.portions():
        lots = set(Lot.objects.filter(batch__in=portion).values_list("pk", flat=True))
        wanted = (_behind(lots) | _operations(lots, taken=True)) - seen
        seen |= wanted
        portions += _chunks(wanted)
    return portions


def operations_of(keys: list[list[int]], actor: Actor) -> Iterator[Traced]:
    """The operations, those of a portion by day. Moves of lots that the reader may not see are left out."""
    for portion in keys:
        yield from _traced(portion, actor)


def names_persons(keys: list[list[int]]) -> bool:
    """Whether the operations name somebody who may be a person: without a 统一社会信用代码, or a grower."""
    for portion in keys:
        moves = LotMove.objects.filter(operation__in=portion)
        sellers = Q(lot__seller_name__gt="", lot__seller_uscc="") | Q(lot__plot__grower__name__gt="")
        consignees = Q(operation__consignee_name__gt="", operation__consignee_uscc="")
        if moves.filter(sellers | consignees).exists():
            return True
    return False


def untraced(scope: Scope) -> Iterator[Batch]:
    """The batches of which nobody said what they came from."""
    for portion in scope.portions():
        given = LotMove.objects.filter(lot__batch__in=portion, mass_g__gt=0).order_by()
        traced = set(given.values_list("lot__batch_id", flat=True))
        yield from (batch for batch in portion if batch.pk not in traced)


def _behind(lots: set[int]) -> set[int]:
    """Keys of the operations that gave these lots, and of those that gave what went in, to the beginning."""
    found: set[int] = set()
    known, front = set(lots), set(lots)
    while front:
        new = _operations(front, taken=False) - found
        found |= new
        front = _lots_into(new) - known
        known |= front
    return found


def _operations(lots: Iterable[int], *, taken: bool) -> set[int]:
    sign = {"mass_g__lt": 0} if taken else {"mass_g__gt": 0}
    return {
        key
        for some in _chunks(lots)
        for key in LotMove.objects.filter(lot__in=some, **sign).order_by().values_list("operation_id", flat=True)
    }


def _lots_into(operations: Iterable[int]) -> set[int]:
    return {
        key
        for some in _chunks(operations)
        for key in LotMove.objects.filter(operation__in=some, mass_g__lt=0).order_by().values_list("lot_id", flat=True)
    }


def _traced(keys: list[int], actor: Actor) -> list[Traced]:
    rows = LotOperation.objects.filter(pk__in=keys).select_related("enterprise").order_by("done_on", "pk")
    found = {row.pk: Traced(row) for row in rows}
    moves = list(LotMove.objects.filter(operation__in=keys).order_by("pk"))
    lots = _visible({move.lot_id for move in moves}, actor)
    for move in moves:
        if move.lot_id in lots:
            move.lot = lots[move.lot_id]
            found[move.operation_id].moves.append(move)
    return [each for each in found.values() if each.moves]


def _visible(keys: set[int], actor: Actor) -> dict[int, Lot]:
    return {
        lot.pk: lot
        for some in _chunks(keys)
        for lot in Lot.objects.visible_to(actor).filter(pk__in=some).select_related("batch", "plot__grower")
    }


def _chunks(keys: Iterable[int], size: int = 500) -> Iterator[list[int]]:
    """SQLite binds a limited number of values in one statement."""
    ordered = sorted(keys)
    return (ordered[start : start + size] for start in range(0, len(ordered), size))
