"""Whether a thing exists, has ended and is packed, from what events did to it; events may arrive in any order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from products.trace.domain.epcis.events import ADDED, ENDED, PACKED, UNPACKED, ParsedEvent
from products.trace.domain.epcis.faults import EventFault


@dataclass(frozen=True, slots=True)
class Effect:
    """What one event did to one thing. `parent` is what it was packed into; `order` breaks a tie of times."""

    kind: int
    at: datetime
    order: int
    event_id: str
    parent: str = ""


@dataclass
class EpcStates:
    """The effects on the things of one capture: those kept before, and those of the events accepted so far."""

    effects: dict[str, list[Effect]] = field(default_factory=lambda: defaultdict(list))
    order: int = 1 << 62

    def load(self, rows: Iterable[tuple[str, Effect]]) -> None:
        for epc, effect in rows:
            self.effects[epc].append(effect)

    def check(self, event: ParsedEvent) -> None:
        """Raises EventFault epc_exists, epc_ended or already_packed. An error declaration does nothing to a thing."""
        if event.is_error:
            return
        for place, named in enumerate(event.epcs):
            found = self.effects.get(named.epc)
            if not found:
                continue
            path = f"{named.field}[{place}]"
            if named.effect == ADDED and any(each.kind in (ADDED, ENDED) for each in found):
                raise EventFault("epc_exists", path, named.epc)
            # An observation that was made before the end may arrive after it.
            if any(each.kind == ENDED and each.at < event.event_time for each in found):
                raise EventFault("epc_ended", path, named.epc)
            if named.effect == PACKED and self._packed_in(found, event.event_time):
                raise EventFault("already_packed", path, named.epc)

    def _packed_in(self, found: list[Effect], at: datetime) -> str:
        """What the thing is packed into at that time; "" for nothing."""
        moves = [each for each in found if each.kind in (PACKED, UNPACKED) and each.at <= at]
        last = max(moves, key=lambda each: (each.at, each.order), default=None)
        if last is None or last.kind == UNPACKED:
            return ""
        emptied = (
            each
            for each in self.effects.get(last.parent, ())
            if each.kind == UNPACKED and (last.at, last.order) < (each.at, each.order) and each.at <= at
        )
        return "" if any(emptied) else last.parent or "?"

    def apply(self, event: ParsedEvent) -> None:
        """Count an accepted event among the others."""
        if event.is_error:
            for found in self.effects.values():
                found[:] = [each for each in found if each.event_id != event.event_id]
            return
        self.order += 1
        parent = next((each.epc for each in event.epcs if each.field == "parentID"), "")
        for named in event.epcs:
            if named.effect:
                effect = Effect(named.effect, event.event_time, self.order, event.event_id, parent)
                self.effects[named.epc].append(effect)
