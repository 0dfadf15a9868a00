"""One EPCIS 2.0 event read: is it whole, and what of it is looked for later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from products.trace.domain.epcis.context import prefixes_of
from products.trace.domain.epcis.event_hash import event_hash, hash_id
from products.trace.domain.epcis.faults import EventFault
from products.trace.domain.epcis.identifiers import BadIdentifier, Kind, identify
from products.trace.domain.epcis.reading import ReceivedEvent
from products.trace.domain.epcis.shapes import check_shape
from products.trace.domain.epcis.times import read_time
from products.trace.domain.epcis.vocabulary import BIZ_STEPS, DISPOSITIONS

MAX_EVENT_ID: Final = 200
# Clocks of readers run ahead; more than this is no clock's error.
TOLERANCE: Final = timedelta(minutes=5)

# What an event does to a thing, as EpcisEventEpc.Effect numbers it.
NONE, ADDED, ENDED, PACKED, UNPACKED = range(5)

_EPC_FIELDS: Final = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_QUANTITY_FIELDS: Final = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")


@dataclass(frozen=True, slots=True)
class NamedEpc:
    """An identifier in a field of the event; `epc` is canonical, `effect` what the event does to it."""

    field: str
    epc: str
    effect: int


@dataclass(frozen=True, slots=True)
class ParsedEvent:
    """What is kept of an event beside its text. Times are UTC; `event_id` is the sender's, or made of the hash."""

    event_id: str
    event_hash: str
    text: str
    type: str
    event_time: datetime
    action: str
    biz_step: str
    disposition: str
    read_point: str
    biz_location: str
    is_error: bool
    epcs: tuple[NamedEpc, ...] = field(default_factory=tuple)

    @property
    def node(self) -> str:
        """Its name in the lineage: of its content, as anybody may use an eventID of somebody else."""
        return f"event:{hash_id(self.event_hash)}"

    @property
    def inputs(self) -> list[str]:
        return [each.epc for each in self.epcs if each.field.startswith("input")]

    @property
    def outputs(self) -> list[str]:
        return [each.epc for each in self.epcs if each.field.startswith("output")]


def parse(received: ReceivedEvent, *, prefixes: Mapping[str, str], now: datetime) -> ParsedEvent:
    """Check one event and read what is looked for later. Raises EventFault."""
    value = received.value
    if "@context" in value:
        prefixes = prefixes_of(value["@context"], prefixes)
    check_shape(value, prefixes)
    moment = _moment(value, now)
    is_error = "errorDeclaration" in value
    digest = event_hash(value, prefixes)
    return ParsedEvent(
        event_id=_event_id(value, digest),
        event_hash=digest,
        text=received.text,
        type=value["type"],
        event_time=moment,
        action=value.get("action", ""),
        biz_step=BIZ_STEPS.bare(value["bizStep"]) if "bizStep" in value else "",
        disposition=DISPOSITIONS.bare(value["disposition"]) if "disposition" in value else "",
        read_point=_place(value, "readPoint"),
        biz_location=_place(value, "bizLocation"),
        is_error=is_error,
        epcs=tuple(_named(value, is_error=is_error)),
    )


def _moment(value: Mapping[str, Any], now: datetime) -> datetime:
    try:
        moment = read_time(value["eventTime"])
    except ValueError:
        raise EventFault("bad_event_time", "eventTime", value["eventTime"]) from None
    if moment > now + TOLERANCE:
        raise EventFault("event_in_future", "eventTime", value["eventTime"])
    return moment


def _event_id(value: Mapping[str, Any], digest: str) -> str:
    given = value.get("eventID")
    if given is None:
        return hash_id(digest)
    try:
        identify(given)
    except BadIdentifier:
        raise EventFault("bad_event_id", "eventID", given) from None
    if len(given) > MAX_EVENT_ID:
        raise EventFault("bad_event_id", "eventID", given)
    return str(given)


def _place(value: Mapping[str, Any], name: str) -> str:
    return identify_in(value[name]["id"], f"{name}.id").canonical if name in value else ""


def identify_in(text: object, path: str) -> Any:
    try:
        return identify(text)
    except BadIdentifier as error:
        raise EventFault(error.code, path, text) from None


def _named(value: Mapping[str, Any], *, is_error: bool) -> list[NamedEpc]:
    """Each identifier once for each field, in the order of the event."""
    found: dict[tuple[str, str], NamedEpc] = {}
    kind, action = value["type"], value.get("action", "")
    for name in _EPC_FIELDS:
        effect = NONE if is_error else _effect(kind, action, name)
        for place, text in enumerate(value.get(name, ())):
            identifier = identify_in(text, f"{name}[{place}]")
            acts = effect if identifier.kind in (Kind.INSTANCE, Kind.OTHER) else NONE
            if (name, identifier.canonical) in found:
                raise EventFault("epc_twice", f"{name}[{place}]", text)
            found[name, identifier.canonical] = NamedEpc(name, identifier.canonical, acts)
    if value.get("parentID"):
        parent = identify_in(value["parentID"], "parentID")
        # Taking a parent apart without naming children takes out everything that is in it.
        empties = kind == "AggregationEvent" and action == "DELETE" and not value.get("childEPCs")
        effect = UNPACKED if empties and not value.get("childQuantityList") and not is_error else NONE
        found["parentID", parent.canonical] = NamedEpc("parentID", parent.canonical, effect)
    for name in _QUANTITY_FIELDS:
        for place, element in enumerate(value.get(name, ())):
            identifier = identify_in(element["epcClass"], f"{name}[{place}].epcClass")
            found.setdefault((name, identifier.canonical), NamedEpc(name, identifier.canonical, NONE))
    if value.get("transformationID"):
        canonical = identify_in(value["transformationID"], "transformationID").canonical
        found["transformationID", canonical] = NamedEpc("transformationID", canonical, NONE)
    return list(found.values())


def _effect(kind: str, action: str, name: str) -> int:
    if kind == "ObjectEvent":
        return {"ADD": ADDED, "DELETE": ENDED}.get(action, NONE)
    if kind == "AggregationEvent" and name == "childEPCs":
        return {"ADD": PACKED, "DELETE": UNPACKED}.get(action, NONE)
    if kind == "TransformationEvent":
        return ENDED if name == "inputEPCList" else ADDED
    return NONE
