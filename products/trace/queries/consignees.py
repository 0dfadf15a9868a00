"""Who got what is recalled: the dispatches of everything it covers, with what the consignees answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from products.access import Actor, Role, region_filter
from products.trace.models.lot import Lot, LotMove, LotOperation
from products.trace.models.recall import ConsigneeAnswer, Recall
from products.trace.queries.downstream import downstream_of, portions, root_of


@dataclass(frozen=True)
class Consignment:
    """What of it left in one dispatch: lot numbers and grams. `answer` is the consignee's newest."""

    operation: LotOperation
    lots: tuple[str, ...]
    mass_g: int
    answer: ConsigneeAnswer | None

    @property
    def recovered_g(self) -> int:
        return self.answer.recovered_g if self.answer else 0

    @property
    def missing_g(self) -> int:
        return self.mass_g - self.recovered_g


@dataclass(frozen=True)
class Consignees:
    """All of them with their sums; `told` is how many have been notified."""

    rows: list[Consignment]

    @property
    def mass_g(self) -> int:
        return sum(row.mass_g for row in self.rows)

    @property
    def recovered_g(self) -> int:
        return sum(row.recovered_g for row in self.rows)

    @property
    def told(self) -> int:
        return sum(row.answer is not None for row in self.rows)


def may_see_consignees(actor: Actor) -> bool:
    """Trade is confidential: the makers, each its own, and the offices and auditors of their region."""
    return actor.is_role(Role.PRODUCER, Role.INSPECTOR, Role.AUDITOR)


def _within(actor: Actor) -> Q:
    if actor.is_role(Role.PRODUCER):
        return Q(operation__enterprise__uscc=actor.uscc)
    if actor.is_role(Role.INSPECTOR, Role.AUDITOR):
        return region_filter(actor, "operation__enterprise__region_id")
    return Q(pk__in=[])


def consignees_of_lots(*, actor: Actor, lots: Iterable[Lot], answers: Sequence[ConsigneeAnswer] = ()) -> Consignees:
    """Dispatches of these lots by makers the actor answers for, the latest first."""
    newest = {answer.operation_id: answer for answer in answers}
    taken: dict[LotOperation, list[LotMove]] = defaultdict(list)
    for portion in portions(lot.pk for lot in lots):
        moves = LotMove.objects.filter(
            _within(actor), lot__in=portion, operation__kind=LotOperation.Kind.DISPATCH, mass_g__lt=0
        )
        for move in moves.select_related("operation__enterprise", "operation__consignee_region", "lot"):
            taken[move.operation].append(move)
    rows = [
        Consignment(
            operation=operation,
            lots=tuple(sorted(move.lot.lot for move in moves)),
            mass_g=-sum(move.mass_g for move in moves),
            answer=newest.get(operation.pk),
        )
        for operation, moves in taken.items()
    ]
    return Consignees(sorted(rows, key=lambda row: (row.operation.done_on, row.operation.pk), reverse=True))


def consignees_of(recall: Recall, *, actor: Actor) -> Consignees:
    """Of everything that descends from where the recall began; as of now, so that later dispatches show."""
    root = root_of(recall)
    if root is None or not may_see_consignees(actor):
        return Consignees([])
    return consignees_of_lots(actor=actor, lots=downstream_of(root).lots, answers=list(recall.answers.order_by("pk")))
