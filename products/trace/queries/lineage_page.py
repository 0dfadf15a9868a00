"""The lineage of a lot as somebody may see it: one's own whole, of others the next one up or down and no more.

GB/T 38155 asks for one step up and one step down. Of a lot of somebody else's a page shows holder, product, number and
day, never masses, never what it came of or became.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from products.access import Actor
from products.trace.domain.lineage import EVENT, LOT, OPERATION, lot_node, operation_node
from products.trace.models.lot import LineageLink, Lot, LotMove, LotOperation
from products.trace.queries.lineage import MAX_EDGES, reach
from products.trace.queries.lots import visible_operations

MAX_NODES: Final = 20_000
_MANY: Final = 500
T = TypeVar("T")


@dataclass(frozen=True)
class LineageNode:
    """One thing in the lineage. `kind`: lot, operation, event or other; `is_own`: the reader may see all of it.

    Of a lot: `label` its number, `product`, `holder`, `day`. Of an operation: `label` what was done. Masses are on
    one's own operations alone: grams by the node they were taken from or given to.
    """

    name: str
    kind: str
    depth: int
    is_own: bool = False
    label: str = ""
    product: str = ""
    holder: str = ""
    day: date | None = None
    code: UUID | None = None
    grams: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Lineage:
    """What may be seen of one direction, the nearest first, with the links (parent, child) between the nodes."""

    root: LineageNode
    is_down: bool
    nodes: list[LineageNode]
    links: list[tuple[str, str]]
    is_truncated: bool


def lineage_of(lot: Lot, *, actor: Actor, is_down: bool, max_edges: int = MAX_EDGES) -> Lineage:
    """Up or down from a lot that the caller found for the actor."""
    start = lot_node(lot.code)
    walked = reach([start], is_down=is_down, max_edges=max_edges, limit=MAX_NODES)
    names = [start, *(node.name for node in walked.nodes)]
    ahead = _links_among(names, is_down=is_down)
    rows = _Rows(names, actor)
    found: dict[str, LineageNode] = {}
    links: list[tuple[str, str]] = []
    waiting = deque([(start, 0)])
    while waiting:
        name, depth = waiting.popleft()
        if name in found:
            continue
        found[name] = node = rows.node(name, depth)
        # Past somebody else's lot lies what is theirs to tell.
        if node.kind == "other" or (node.kind == "lot" and not node.is_own):
            continue
        for other in ahead[name]:
            links.append((name, other) if is_down else (other, name))
            waiting.append((other, depth + 1))
    root = found.pop(start)
    return Lineage(root, is_down, list(found.values()), sorted(set(links)), walked.is_truncated)


def _links_among(names: Sequence[str], *, is_down: bool) -> dict[str, list[str]]:
    here, there = ("parent", "child") if is_down else ("child", "parent")
    known = set(names)
    found: dict[str, list[str]] = defaultdict(list)
    for portion in _portions(names):
        rows = LineageLink.objects.filter(**{f"{here}__in": portion}).order_by("pk")
        for near, far in rows.values_list(here, there):
            if far in known:
                found[near].append(far)
    return found


class _Rows:
    """The rows behind the names: lots, operations, and which of them are the reader's to see.

    Columns, not instances: there may be ten thousand of them.
    """

    def __init__(self, names: Sequence[str], actor: Actor) -> None:
        # number, material, holder, day
        self.lots: dict[str, tuple[str, str, str, date]] = {}
        # kind, process, holder, day
        self.operations: dict[str, tuple[str, str, str, date]] = {}
        self.own: dict[str, UUID] = {}
        self.grams: dict[str, dict[str, int]] = defaultdict(dict)
        for portion in _portions(list(_codes(names, LOT))):
            lots = Lot.objects.filter(code__in=portion)
            for code, number, material, holder, day in lots.values_list(
                "code", "lot", "material", "enterprise__name", "made_on"
            ):
                self.lots[lot_node(code)] = (number, material, holder, day)
            visible = Lot.objects.visible_to(actor).filter(code__in=portion)
            self.own |= {lot_node(code): code for code in visible.values_list("code", flat=True)}
        for portion in _portions(list(_codes(names, OPERATION))):
            self._read_operations(portion, actor)

    def _read_operations(self, codes: Sequence[UUID], actor: Actor) -> None:
        operations = LotOperation.objects.filter(code__in=codes)
        for code, kind, process, holder, day in operations.values_list(
            "code", "kind", "process", "enterprise__name", "done_on"
        ):
            self.operations[operation_node(code)] = (kind, process, holder, day)
        visible = visible_operations(actor).filter(code__in=codes)
        mine = {pk: operation_node(code) for pk, code in visible.order_by().values_list("pk", "code")}
        self.own |= {node: UUID(node.removeprefix(OPERATION)) for node in mine.values()}
        moves = LotMove.objects.filter(operation_id__in=list(mine)).order_by()
        for operation, lot, grams in moves.values_list("operation_id", "lot__code", "mass_g"):
            self.grams[mine[operation]][lot_node(lot)] = grams

    def node(self, name: str, depth: int) -> LineageNode:
        code = self.own.get(name)
        is_own = code is not None
        if name in self.lots:
            number, product, holder, day = self.lots[name]
            return LineageNode(name, "lot", depth, is_own, number, product, holder, day, code)
        if name in self.operations:
            kind, process, holder, day = self.operations[name]
            label = process if is_own and process else str(LotOperation.Kind(kind).label)
            grams = self.grams[name] if is_own else {}
            return LineageNode(name, "operation", depth, is_own, label, "", holder, day, code, grams)
        if name.startswith(EVENT):
            return LineageNode(name, "event", depth, label=_("对方上报的事件"))
        return LineageNode(name, "other", depth, label=name)


def _codes(names: Iterable[str], prefix: str) -> Iterator[UUID]:
    for name in names:
        if name.startswith(prefix):
            try:
                yield UUID(name.removeprefix(prefix))
            except ValueError:
                continue


def _portions(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _MANY):
        yield items[start : start + _MANY]
