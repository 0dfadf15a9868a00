"""The shape of an event: which fields its type has, of which kind they are, and which of them it must have.

Source: the JSON schema of EPCIS 2.0. What the schema leaves open (user extensions, ILMD) is open here, as long as its
names are URIs or have a declared prefix.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from products.trace.domain.epcis.faults import EventFault
from products.trace.domain.epcis.values import (
    Check,
    are_uris,
    each_one,
    has_members,
    is_action,
    is_boolean,
    is_event_time,
    is_list,
    is_number,
    is_object,
    is_offset,
    is_quantity,
    is_text,
    is_time,
    is_uri,
    is_uri_or_uris,
    is_word,
    not_empty,
)
from products.trace.domain.epcis.vocabulary import (
    ALERTS,
    BIZ_STEPS,
    COMPONENTS,
    DISPOSITIONS,
    ERROR_REASONS,
    EVENT_TYPES,
    MEASUREMENTS,
    PARTY_TYPES,
    TRANSACTION_TYPES,
    Words,
)

Prefixes = Mapping[str, str]

_OWN_NAMES: Final = frozenset({"rdfs:comment", "comment"})


def check_shape(event: Mapping[str, Any], prefixes: Prefixes) -> None:
    """Raises EventFault for the first thing that is wrong."""
    kind = event.get("type")
    if not isinstance(kind, str) or kind not in EVENT_TYPES:
        raise EventFault("unknown_event_type" if "type" in event else "field_missing", "type", kind)
    known = _FIELDS[kind]
    for name, value in event.items():
        check = known.get(name)
        if check is not None:
            check(value, name)
        elif name not in _OWN_NAMES:
            _check_extension(name, value, name, prefixes)
    for name in _REQUIRED[kind]:
        if name not in event:
            raise EventFault("field_missing", name)
    _check_whole(kind, event)
    if "sensorElementList" in event:
        _check_sensor_names(event["sensorElementList"], prefixes)
    for name in ("readPoint", "bizLocation", "errorDeclaration"):
        if name in event and len(event[name]) > 1:
            own = ("id", "declarationTime", "reason", "correctiveEventIDs")
            _check_names(event[name], name, own, prefixes)
    if "ilmd" in event:
        _check_names(event["ilmd"], "ilmd", (), prefixes)


def _check_whole(kind: str, event: Mapping[str, Any]) -> None:
    if kind == "TransformationEvent":
        has_input = event.get("inputEPCList") or event.get("inputQuantityList")
        has_output = event.get("outputEPCList") or event.get("outputQuantityList")
        # Parts of one transformation may come as several events of the same transformationID.
        if not has_input and not (event.get("transformationID") and has_output):
            raise EventFault("transformation_without_input", "inputEPCList")
        if not has_output and not (event.get("transformationID") and has_input):
            raise EventFault("transformation_without_output", "outputEPCList")
        return
    action = event["action"]
    if kind == "ObjectEvent":
        named = event.get("epcList") or event.get("quantityList")
        # A sensor's report may be about a place alone.
        if not named and not (event.get("sensorElementList") and event.get("readPoint")):
            raise EventFault("nothing_named", "epcList")
        if "ilmd" in event and action != "ADD":
            raise EventFault("ilmd_not_here", "ilmd")
    elif kind in ("AggregationEvent", "AssociationEvent"):
        if not (event.get("childEPCs") or event.get("childQuantityList") or action == "DELETE"):
            raise EventFault("nothing_named", "childEPCs")
        if action != "OBSERVE" and not event.get("parentID"):
            raise EventFault("field_missing", "parentID")
    elif not ("epcList" in event or event.get("quantityList") or action == "DELETE"):
        raise EventFault("nothing_named", "epcList")


_QUANTITIES: Final = each_one(
    has_members({"epcClass": is_uri, "quantity": is_quantity, "uom": is_text}, required=("epcClass",), closed=True)
)
_METADATA: Final[Mapping[str, Check]] = {
    **dict.fromkeys(("time", "startTime", "endTime"), is_time),
    **dict.fromkeys(("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"), is_uri),
}
_REPORT: Final[Mapping[str, Check]] = {
    "type": is_word(MEASUREMENTS, "unknown_term"),
    "exception": is_word(ALERTS, "unknown_term"),
    "component": is_word(COMPONENTS, "unknown_term"),
    "time": is_time,
    "booleanValue": is_boolean,
    **dict.fromkeys(("stringValue", "hexBinaryValue", "uom"), is_text),
    **dict.fromkeys(("value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"), is_number),
    **dict.fromkeys(
        (
            "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules", "microorganism",
            "chemicalSubstance", "coordinateReferenceSystem", "uriValue",
        ),
        is_uri,
    ),
}  # fmt: skip
_SENSOR: Final = has_members(
    {
        "sensorMetadata": has_members(_METADATA),
        "sensorReport": not_empty(each_one(has_members(_REPORT, required=("type",)))),
    },
    required=("sensorReport",),
)
_DISPOSITION: Final = is_word(DISPOSITIONS, "unknown_disposition")


def _parties(key: str, words: Words, *, typed: bool) -> Check:
    required = ("type", key) if typed else (key,)
    return each_one(has_members({"type": is_word(words, "unknown_term"), key: is_uri}, required=required, closed=True))


_COMMON: Final[Mapping[str, Check]] = {
    "@context": lambda value, path: None,
    "type": lambda value, path: None,
    "eventTime": is_event_time,
    "eventTimeZoneOffset": is_offset,
    # Ours is given when it is captured, whatever a sender writes here.
    "recordTime": is_time,
    "eventID": lambda value, path: None,
    "certificationInfo": is_uri_or_uris,
    "errorDeclaration": has_members(
        {
            "declarationTime": is_time,
            "reason": is_word(ERROR_REASONS, "unknown_term"),
            "correctiveEventIDs": are_uris,
        },
        required=("declarationTime",),
    ),
    "bizStep": is_word(BIZ_STEPS, "unknown_biz_step"),
    "disposition": _DISPOSITION,
    "persistentDisposition": not_empty(
        has_members({"set": not_empty(each_one(_DISPOSITION)), "unset": not_empty(each_one(_DISPOSITION))}, closed=True)
    ),
    "readPoint": has_members({"id": is_uri}, required=("id",)),
    "bizLocation": has_members({"id": is_uri}, required=("id",)),
    "bizTransactionList": _parties("bizTransaction", TRANSACTION_TYPES, typed=False),
    "sourceList": _parties("source", PARTY_TYPES, typed=True),
    "destinationList": _parties("destination", PARTY_TYPES, typed=True),
    "sensorElementList": each_one(_SENSOR),
}
_OBJECT: Final[Mapping[str, Check]] = {"epcList": is_list, "quantityList": _QUANTITIES, "action": is_action}
_CHILDREN: Final[Mapping[str, Check]] = {
    "parentID": is_uri, "childEPCs": is_list, "childQuantityList": _QUANTITIES, "action": is_action,
}  # fmt: skip
_FIELDS: Final[Mapping[str, Mapping[str, Check]]] = {
    "ObjectEvent": {**_COMMON, **_OBJECT, "ilmd": is_object},
    "AggregationEvent": {**_COMMON, **_CHILDREN},
    "AssociationEvent": {**_COMMON, **_CHILDREN},
    "TransactionEvent": {**_COMMON, **_OBJECT, "parentID": is_uri},
    "TransformationEvent": {
        **_COMMON,
        "inputEPCList": is_list,
        "inputQuantityList": _QUANTITIES,
        "outputEPCList": is_list,
        "outputQuantityList": _QUANTITIES,
        "transformationID": is_uri,
        "ilmd": is_object,
    },
}
_WHEN: Final = ("eventTime", "eventTimeZoneOffset")
_REQUIRED: Final = {
    "ObjectEvent": (*_WHEN, "action"),
    "AggregationEvent": (*_WHEN, "action"),
    "AssociationEvent": (*_WHEN, "action", "parentID"),
    "TransactionEvent": (*_WHEN, "action", "bizTransactionList"),
    "TransformationEvent": _WHEN,
}


def _check_sensor_names(elements: list[Mapping[str, Any]], prefixes: Prefixes) -> None:
    for place, element in enumerate(elements):
        path = f"sensorElementList[{place}]"
        _check_names(element, path, ("sensorMetadata", "sensorReport"), prefixes)
        _check_names(element.get("sensorMetadata", {}), f"{path}.sensorMetadata", _METADATA, prefixes)
        for report in element["sensorReport"]:
            _check_names(report, f"{path}.sensorReport", _REPORT, prefixes)


def _check_names(value: Mapping[str, Any], path: str, known: Collection[str], prefixes: Prefixes) -> None:
    for name, each in value.items():
        if name not in known and name not in _OWN_NAMES:
            _check_extension(name, each, f"{path}.{name}", prefixes)


def _check_extension(name: str, value: Any, path: str, prefixes: Prefixes) -> None:
    """A name of others': a URI, or a prefix that the context declares; below it anything that can be stored."""
    prefix, colon, rest = name.partition(":")
    if not colon:
        if name not in prefixes:
            raise EventFault("unknown_field", path[:200])
    elif prefix not in prefixes and not rest.startswith("//") and prefix != "urn":
        raise EventFault("unknown_prefix", path[:200])
    _check_storable(name, value, path)


def _check_storable(name: str, value: Any, path: str) -> None:
    if isinstance(value, str):
        is_text(value, path)
    elif isinstance(value, list):
        for each in value:
            _check_storable(name, each, path)
    elif isinstance(value, dict):
        for key, each in value.items():
            is_text(key, path)
            _check_storable(key, each, path)
    is_text(name, path)
