"""What can be wrong with an EPCIS event, by stable code. Words for people stand with the services."""

from __future__ import annotations

from dataclasses import dataclass


class EventFault(Exception):
    """One event cannot be kept. `field` is the path in the event, `value` what stood there, cut short."""

    def __init__(self, code: str, field: str, value: object = "") -> None:
        super().__init__(f"{code} at {field}")
        self.code = code
        self.field = field
        self.value = str(value)[:80]


class DocumentFault(Exception):
    """The document as a whole cannot be read: `not_json`, `too_deep`, `not_epcis`, `too_many_events`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class PlacedFault:
    """A fault and the event it belongs to, by its place in the document from 0."""

    place: int
    event_id: str
    code: str
    field: str
    value: str
