"""What is known of the events and things of a capture before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from products.registry.models.enterprise import Enterprise
from products.trace.domain.epcis.events import PACKED, UNPACKED, ParsedEvent
from products.trace.domain.epcis.states import Effect, EpcStates
from products.trace.models.epcis import EpcisEvent, EpcisEventEpc
from products.trace.services.epcis.belonging import Belonging
from products.trace.services.epcis.rows import in_chunks


def known_events(capturer: Enterprise, ids: Iterable[str]) -> dict[tuple[str, bool], str]:
    """The content hashes of the capturer's events among `ids`, by id and whether they are error declarations."""
    found: dict[tuple[str, bool], str] = {}
    for portion in in_chunks(ids):
        rows = EpcisEvent.objects.filter(event_id__in=portion, enterprise=capturer).order_by()
        for event_id, is_error, digest in rows.values_list("event_id", "is_error", "event_hash"):
            found[event_id, is_error] = digest
    return found


def load_states(capturer: Enterprise, events: Sequence[ParsedEvent], owners: Mapping[str, Belonging]) -> EpcStates:
    """What was done to the things that `events` name, as the capturer or their holder said.

    What anybody else says of them is kept as their word, but stops nobody: a rival could end a maker's goods.
    """
    states = EpcStates()
    epcs = {named.epc for event in events if not event.is_error for named in event.epcs}
    loaded = _load(capturer, epcs, owners, states)
    # What something was packed into may have been taken apart as a whole.
    parents = {effect.parent for effect in loaded if effect.kind == PACKED and effect.parent}
    _load(capturer, parents - epcs, owners, states)
    return states


def _load(
    capturer: Enterprise, epcs: Iterable[str], owners: Mapping[str, Belonging], states: EpcStates
) -> list[Effect]:
    rows: list[tuple[str, int, int, int]] = []
    for portion in in_chunks(epcs):
        found = EpcisEventEpc.objects.filter(epc__in=portion, effect__gt=0).order_by()
        rows += found.values_list("epc", "effect", "event_id", "event__enterprise_id")
    said = [row for row in rows if row[3] == capturer.pk or _is_holder(row[3], owners.get(row[0]))]
    events = _events({row[2] for row in said})
    parents = _parents({key for _epc, effect, key, _who in said if effect == PACKED})
    loaded = []
    for epc, kind, key, _who in said:
        event = events.get(key)
        if event is None:
            continue
        parent = parents.get(key, "") if kind in (PACKED, UNPACKED) else ""
        effect = Effect(kind, event.event_time, key, event.event_id, parent)
        states.load([(epc, effect)])
        loaded.append(effect)
    return loaded


def _is_holder(enterprise: int, owner: Belonging | None) -> bool:
    return owner is not None and owner.enterprise_id == enterprise


def _events(keys: set[int]) -> dict[int, EpcisEvent]:
    """Those events that their own capturer did not declare wrong."""
    found: dict[int, EpcisEvent] = {}
    ordered = sorted(keys)
    for start in range(0, len(ordered), 1_000):
        portion = EpcisEvent.objects.filter(pk__in=ordered[start : start + 1_000]).order_by()
        rows = list(portion.only("event_id", "event_time", "enterprise_id"))
        declared = set(
            EpcisEvent.objects.filter(event_id__in=[row.event_id for row in rows], is_error=True)
            .order_by()
            .values_list("event_id", "enterprise_id")
        )
        found |= {row.pk: row for row in rows if (row.event_id, row.enterprise_id) not in declared}
    return found


def _parents(keys: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    ordered = sorted(keys)
    for start in range(0, len(ordered), 1_000):
        rows = EpcisEventEpc.objects.filter(event__in=ordered[start : start + 1_000], field="parentID").order_by()
        found |= dict(rows.values_list("event_id", "epc"))
    return found
