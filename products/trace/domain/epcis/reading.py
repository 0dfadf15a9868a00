"""An EPCIS document into its events, each with the characters it was written in. A stranger wrote it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from products.trace.domain.epcis.faults import DocumentFault
from products.trace.domain.json_depth import MAX_DEPTH, is_too_deep

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_EVENTS: Final = 10_000
# A number with more digits, or further from one, measures nothing; written out it would fill the memory.
_MAX_DIGITS: Final = 60

_SPACE: Final = re.compile(r"[ \t\n\r]*")


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """An event as it came: `text` is its JSON character for character, `value` the same read."""

    text: str
    value: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReceivedDocument:
    """`context` is the JSON text of the document's @context, "" where there is none."""

    type: str
    context: str
    context_value: Any
    events: Sequence[ReceivedEvent] = field(default_factory=tuple)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # Readers differ in which of the two counts: the same text would be two events.
        raise ValueError("a name stands twice in one object")
    return found


def _number(text: str) -> Decimal:
    value = Decimal(text)
    if len(text) > _MAX_DIGITS or not -_MAX_DIGITS < value.adjusted() < _MAX_DIGITS:
        raise ValueError("a number beyond all measure")
    return value


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ValueError("a number beyond all measure")
    return int(text)


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is no JSON")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_number, parse_int=_integer, parse_constant=_no_constant
)


def read_event(data: bytes) -> ReceivedEvent:
    """One event on its own, as POST /epcis/events takes it. Raises DocumentFault."""
    reader = _DocumentReader(_text_of(data))
    reader.peek()
    start = reader.place
    value, end = _decode(reader.text, start)
    if _skip(reader.text, end) != len(reader.text) or not isinstance(value, dict):
        raise DocumentFault("not_epcis", "one JSON object is expected")
    return ReceivedEvent(text=reader.text[start:end], value=value)


def received(value: Mapping[str, Any]) -> ReceivedEvent:
    """An event that we make ourselves."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return ReceivedEvent(text=text, value=json.loads(text, parse_float=Decimal))


def read_document(data: bytes) -> ReceivedDocument:
    """An EPCISDocument or EPCISQueryDocument. Raises DocumentFault."""
    reader = _DocumentReader(_text_of(data))
    reader.read_object(())
    if reader.peek():
        raise DocumentFault("not_json", "something follows the document")
    if reader.type not in ("EPCISDocument", "EPCISQueryDocument"):
        raise DocumentFault("not_epcis", "type is neither EPCISDocument nor EPCISQueryDocument")
    if reader.events is None:
        raise DocumentFault("not_epcis", "there is no epcisBody with an eventList")
    return ReceivedDocument(
        type=reader.type, context=reader.context, context_value=reader.context_value, events=reader.events
    )


Members = Mapping[str, tuple[int, int]]


def members_of(text: str) -> Members:
    """Where the values of an object's own names stand in its text, which was read once already."""
    reader = _DocumentReader(text)
    found: dict[str, tuple[int, int]] = {}
    reader.take("{")
    while reader.peek() != "}":
        if found:
            reader.take(",")
        name = reader.value()
        reader.take(":")
        reader.peek()
        start = reader.place
        reader.value()
        found[name] = (start, reader.place)
    return found


_LISTS: Final = {("epcisBody", "eventList"), ("epcisBody", "queryResults", "resultsBody", "eventList")}
_WAYS: Final = {way[:length] for way in _LISTS for length in range(1, len(way))}


class _DocumentReader:
    """Goes through the few objects around the list by hand, so that each event keeps its own characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.type = ""
        self.context = ""
        self.context_value: Any = None
        self.events: list[ReceivedEvent] | None = None

    def peek(self) -> str:
        """The next character that is no white space; "" at the end."""
        self.place = _skip(self.text, self.place)
        return self.text[self.place : self.place + 1]

    def take(self, wanted: str) -> None:
        if self.peek() != wanted:
            raise DocumentFault("not_json", f"{wanted} is expected at character {self.place}")
        self.place += 1

    def value(self) -> Any:
        self.peek()
        found, self.place = _decode(self.text, self.place)
        return found

    def read_object(self, way: tuple[str, ...]) -> None:
        """An object whose names lie on `way` from the top."""
        self.take("{")
        seen: set[str] = set()
        while self.peek() != "}":
            if seen:
                self.take(",")
            name = self.value()
            if not isinstance(name, str) or name in seen:
                raise DocumentFault("not_json", f"the name before character {self.place} is none, or stands twice")
            seen.add(name)
            self.take(":")
            self._read_member((*way, name))
        self.take("}")

    def _read_member(self, way: tuple[str, ...]) -> None:
        opening = self.peek()
        if way in _WAYS and opening == "{":
            self.read_object(way)
        elif way in _LISTS and opening == "[":
            self._read_events()
        elif way == ("epcisBody", "event") and opening == "{":
            self.events = [*(self.events or []), self._read_event()]
        else:
            start = self.place
            value = self.value()
            if way == ("type",):
                self.type = value if isinstance(value, str) else ""
            elif way == ("@context",):
                self.context, self.context_value = self.text[start : self.place], value

    def _read_events(self) -> None:
        self.take("[")
        found = self.events = [] if self.events is None else self.events
        first = True
        while self.peek() != "]":
            if not first:
                self.take(",")
                self.peek()
            first = False
            if len(found) == MAX_EVENTS:
                raise DocumentFault("too_many_events", f"more than {MAX_EVENTS}")
            found.append(self._read_event())
        self.take("]")

    def _read_event(self) -> ReceivedEvent:
        start = self.place
        value = self.value()
        if not isinstance(value, dict):
            raise DocumentFault("not_epcis", f"what stands at character {start} is no event")
        return ReceivedEvent(text=self.text[start : self.place], value=value)


def _skip(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _decode(text: str, place: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, place)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise DocumentFault("not_json", str(error)[:120]) from error


def _text_of(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise DocumentFault("too_large", f"more than {MAX_BYTES} bytes")
    if is_too_deep(data):
        raise DocumentFault("too_deep", f"nested more than {MAX_DEPTH} deep")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentFault("not_json", "it is not UTF-8") from error
