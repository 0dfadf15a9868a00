"""The event hash of CBV 2.0 section 8.9: one identifier for one event, however it was written down.

The order of fields is that of the standard's table. Left out, as there: the id, the record time, an error declaration,
comments and the context.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from products.trace.domain.epcis.context import expanded_name, expanded_value
from products.trace.domain.epcis.identifiers import BadIdentifier, identify
from products.trace.domain.epcis.times import hashed_time, read_time
from products.trace.domain.epcis.vocabulary import (
    ALERTS,
    BIZ_STEPS,
    COMPONENTS,
    DISPOSITIONS,
    MEASUREMENTS,
    PARTY_TYPES,
    TRANSACTION_TYPES,
    Words,
)

Prefixes = Mapping[str, str]

_LEFT_OUT: Final = frozenset(
    {"recordTime", "eventID", "type", "errorDeclaration", "@context", "comment", "rdfs:comment"}
)
_COMMENTS: Final = frozenset({"comment", "rdfs:comment", "@context"})
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_VOCABULARIES: Final = (BIZ_STEPS, DISPOSITIONS, TRANSACTION_TYPES, PARTY_TYPES)

_QUANTITY: Final = ("epcClass", "quantity", "uom")
_METADATA: Final = (
    "time", "startTime", "endTime", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules",
)  # fmt: skip
_REPORT: Final = (
    "type", "exception", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "time", "microorganism",
    "chemicalSubstance", "value", "component", "stringValue", "booleanValue", "hexBinaryValue", "uriValue", "minValue",
    "maxValue", "meanValue", "sDev", "percRank", "percValue", "uom", "coordinateReferenceSystem",
)  # fmt: skip
_REPORT_WORDS: Final[Mapping[str, Words]] = {"type": MEASUREMENTS, "exception": ALERTS, "component": COMPONENTS}
_TIMES: Final = frozenset({"time", "startTime", "endTime"})
_ORDER: Final = (
    "eventTime", "eventTimeZoneOffset", "certificationInfo", "epcList", "parentID", "inputEPCList", "childEPCs",
    "quantityList", "childQuantityList", "inputQuantityList", "outputEPCList", "outputQuantityList", "action",
    "transformationID", "bizStep", "disposition", "persistentDisposition", "readPoint", "bizLocation",
    "bizTransactionList", "sourceList", "destinationList", "sensorElementList", "ilmd",
)  # fmt: skip
_EPC_LISTS: Final = frozenset({"epcList", "inputEPCList", "childEPCs", "outputEPCList"})
_QUANTITY_LISTS: Final = frozenset({"quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"})
_PARTIES: Final[Mapping[str, tuple[str, Words]]] = {
    "bizTransactionList": ("bizTransaction", TRANSACTION_TYPES),
    "sourceList": ("source", PARTY_TYPES),
    "destinationList": ("destination", PARTY_TYPES),
}


def event_hash(event: Mapping[str, Any], prefixes: Prefixes) -> str:
    """SHA-256 of the pre-hash string, in hexadecimal. `event` has the shape that `events.parse` demands."""
    return hashlib.sha256(pre_hash(event, prefixes).encode()).hexdigest()


def hash_id(digest: str) -> str:
    return f"ni:///sha-256;{digest}?ver=CBV2.0"


def pre_hash(event: Mapping[str, Any], prefixes: Prefixes) -> str:
    """The string that is hashed: names and values in the standard's order, with nothing between them."""
    parts = [f"eventType={event['type']}"]
    parts += [_field(name, event[name], prefixes) for name in _ORDER if name in event]
    others = [name for name in event if name not in _ORDER and name not in _LEFT_OUT]
    if others:
        parts += sorted(text for name in others for text in _extension(name, event[name], prefixes))
    return "".join(parts)


def _field(name: str, value: Any, prefixes: Prefixes) -> str:
    if name in _EPC_LISTS:
        return _listed(name, [f"epc={_identifier(epc)}" for epc in value])
    if name == "eventTime":
        return f"eventTime={hashed_time(read_time(value))}"
    if name in ("eventTimeZoneOffset", "action"):
        return f"{name}={value}"
    if name == "bizStep":
        return f"bizStep={_word(value, BIZ_STEPS, prefixes)}"
    if name == "disposition":
        return f"disposition={_word(value, DISPOSITIONS, prefixes)}"
    if name in ("readPoint", "bizLocation"):
        return name + _members(value, ("id",), {}, prefixes)
    if name in _QUANTITY_LISTS:
        return _listed(name, ["quantityElement" + _members(each, _QUANTITY, {}, prefixes) for each in value])
    if name in _PARTIES:
        key, words = _PARTIES[name]
        return _listed(name, [_members(each, ("type", key), {"type": words}, prefixes) for each in value])
    if name == "persistentDisposition":
        return name + "".join(
            text
            for key in ("set", "unset")
            for text in sorted(f"{key}={_word(each, DISPOSITIONS, prefixes)}" for each in value.get(key, ()))
        )
    if name == "sensorElementList":
        return _listed(name, [_sensor(each, prefixes) for each in value])
    if name == "ilmd":
        return name + "".join(sorted(t for key, each in value.items() for t in _extension(key, each, prefixes)))
    values = value if isinstance(value, list) else [value]
    return "".join(sorted(f"{name}={_value(each, prefixes)}" for each in values))


def _listed(name: str, texts: list[str]) -> str:
    return name + "".join(sorted(texts)) if texts else ""


def _sensor(element: Mapping[str, Any], prefixes: Prefixes) -> str:
    text = "sensorElement"
    if "sensorMetadata" in element:
        text += "sensorMetadata" + _members(element["sensorMetadata"], _METADATA, {}, prefixes)
    reports = element.get("sensorReport", ())
    text += "".join(sorted("sensorReport" + _members(each, _REPORT, _REPORT_WORDS, prefixes) for each in reports))
    return text + _extensions(element, ("sensorMetadata", "sensorReport"), prefixes)


def _members(value: Mapping[str, Any], order: Sequence[str], words: Mapping[str, Words], prefixes: Prefixes) -> str:
    text = ""
    for name in order:
        if name not in value:
            continue
        each = value[name]
        if name in words:
            said = _word(each, words[name], prefixes)
        elif name in _TIMES:
            said = hashed_time(read_time(each))
        else:
            said = _value(each, prefixes)
        text += f"{name}={said}"
    return text + _extensions(value, order, prefixes)


def _extensions(value: Mapping[str, Any], order: Sequence[str], prefixes: Prefixes) -> str:
    if all(name in order for name in value):
        return ""
    others = [name for name in value if name not in order and name not in _COMMENTS]
    return "".join(sorted(text for name in others for text in _extension(name, value[name], prefixes)))


def _extension(name: str, value: Any, prefixes: Prefixes) -> list[str]:
    """One text for each value of a name of somebody else's."""
    if name in _COMMENTS or value is None:
        return []
    if isinstance(value, list):
        return [text for each in value for text in _extension(name, each, prefixes)]
    full = expanded_name(name, prefixes)
    if isinstance(value, dict):
        return [full + "".join(sorted(t for key, each in value.items() for t in _extension(key, each, prefixes)))]
    said = _value(value, prefixes)
    return [f"{full}={said}" if said else full]


def _word(text: str, words: Words, prefixes: Prefixes) -> str:
    full = words.full(text)
    return full if full != text else _value(text, prefixes)


def _value(value: Any, prefixes: Prefixes) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, int):
        return str(value)
    text = str(value).strip()
    if not text:
        return ""
    if _NUMBER.fullmatch(text):
        # XML knows no types: a number is a number there, whatever stands around it here.
        return _decimal(Decimal(text))
    if ":" not in text:
        return text
    for words in _VOCABULARIES:
        if text.startswith(words.urn):
            return words.full(text)
    return _identifier(expanded_value(text, prefixes))


def _identifier(text: str) -> str:
    try:
        return identify(text).canonical
    except BadIdentifier:
        return text


def _decimal(value: Decimal) -> str:
    """All its digits, without trailing zeros or exponent; nothing is below zero and zero at once."""
    text = format(value, "f") if value else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text
