"""What events say of descent: the edges they add to the lineage, and whether those would run in a circle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from products.trace.domain.epcis.events import ParsedEvent
from products.trace.domain.epcis.faults import EventFault
from products.trace.models.lot import LineageLink
from products.trace.services.epcis.belonging import Belonging
from products.trace.services.epcis.rows import in_chunks

Owners = Mapping[str, Belonging]


def ways_of(event: ParsedEvent, owners: Owners, *, capturer: int) -> tuple[list[str], list[str]]:
    """The nodes that lead into the event and those that come of it; both empty where it says nothing of descent.

    A transformation: inputs and outputs. Packing: our lots into what they are packed in. Into a lot of ours leads only
    what its holder says: who may name any parent for it could have it recalled with their own goods.
    """
    if event.is_error:
        return [], []
    if event.type == "TransformationEvent":
        outputs = [
            node
            for epc in event.outputs
            if (node := _node(epc, owners)) == epc or owners[epc].enterprise_id == capturer
        ]
        return ([_node(epc, owners) for epc in event.inputs], outputs) if outputs and event.inputs else ([], [])
    if event.type == "AggregationEvent" and event.action == "ADD":
        ours = [
            _node(each.epc, owners)
            for each in event.epcs
            if each.field in ("childEPCs", "childQuantityList") and _node(each.epc, owners) != each.epc
        ]
        parents = [each.epc for each in event.epcs if each.field == "parentID"]
        return (ours, parents) if ours and parents else ([], [])
    return [], []


def _node(epc: str, owners: Owners) -> str:
    owner = owners.get(epc)
    return owner.node if owner and owner.node else epc


def link_rows(events: Iterable[ParsedEvent], owners: Owners, *, capturer: int) -> list[tuple[str, str]]:
    """The edges of these events, parent and child, each once."""
    found: dict[tuple[str, str], None] = {}
    for event in events:
        before, after = ways_of(event, owners, capturer=capturer)
        found |= dict.fromkeys((node, event.node) for node in before)
        found |= dict.fromkeys((event.node, node) for node in after)
    return list(found)


class Lineage:
    """The edges that are there, and those of the events accepted so far."""

    def __init__(self, capturer: int, owners: Owners, events: Sequence[ParsedEvent]) -> None:
        self.capturer = capturer
        self.owners = owners
        self.pending: dict[str, set[str]] = defaultdict(set)
        outputs = {node for event in events for node in ways_of(event, owners, capturer=capturer)[1]}
        # Nearly always new: nothing came of them yet, and no circle can close through them.
        self.used = set(_children(outputs)) if outputs else set()

    def check(self, event: ParsedEvent) -> None:
        """Raises EventFault `circular_lineage`."""
        before, after = ways_of(event, self.owners, capturer=self.capturer)
        if not before:
            return
        # Something came of an output before, or of the event itself in one step.
        may_close = set(before) & set(after) or any(node in self.used or node in self.pending for node in after)
        if may_close and set(before) & set(self._descendants(after)):
            raise EventFault("circular_lineage", "outputEPCList" if event.outputs else "parentID")

    def apply(self, event: ParsedEvent) -> None:
        before, after = ways_of(event, self.owners, capturer=self.capturer)
        for node in before:
            self.pending[node].add(event.node)
        if after:
            self.pending[event.node].update(after)

    def _descendants(self, nodes: Sequence[str]) -> Iterator[str]:
        seen: set[str] = set()
        front = set(nodes)
        while front:
            yield from front
            seen |= front
            further = {child for node in front for child in self.pending.get(node, ())}
            for children in _children(front).values():
                further |= children
            front = further - seen


def _children(nodes: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for portion in in_chunks(nodes):
        for parent, child in LineageLink.objects.filter(parent__in=portion).values_list("parent", "child"):
            found[parent].add(child)
    return found
