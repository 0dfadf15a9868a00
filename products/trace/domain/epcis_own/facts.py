"""What an event is made from: one statement of the log, and the facts of the batch that the log has told so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from products.trace.domain.epcis_own.identifiers import lot_class, party, statement

Event = dict[str, Any]
# Sichuan's offset; China has had no daylight saving time since 1991.
OFFSET: Final = "+08:00"
KILOGRAM: Final = "KGM"  # UN/ECE Recommendation 20


@dataclass(frozen=True, slots=True)
class Said:
    """One entry of the log. `at` is RFC 3339 in UTC, `data` as the statement has it."""

    index: int
    kind: str
    subject: str
    at: str
    data: Mapping[str, Any]

    @property
    def code(self) -> str:
        """What stands behind the subject's colon."""
        return self.subject.partition(":")[2]

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """A batch as its registration and corrections state it; masses in grams, days as ISO text."""

    code: str
    lot: str
    gtin: str
    uscc: str
    authorisation: str
    indication: str
    product_name: str
    standard: str
    origin: str
    produced_on: str
    best_before: str
    net_mass_g: int

    @classmethod
    def of(cls, code: str, data: Mapping[str, Any]) -> BatchFacts:
        """From a batch statement; what is missing or null is empty."""
        texts = {
            name: str(data.get(name) or "")
            for name in cls.__slots__
            if name not in {"code", "net_mass_g"}
        }  # fmt: skip
        return cls(code=code, net_mass_g=int(data.get("net_mass_g") or 0), **texts)

    @property
    def lot_class(self) -> str:
        return lot_class(code=self.code, gtin=self.gtin, lot=self.lot)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a statement does not say: the platform's address, and what codes of the register are called."""

    base: str
    indications: Mapping[str, str]


def common(said: Said, where: Surroundings, *, act: str, uscc: str) -> Event:
    """What every event of ours has: when, who and from which entry. The caller adds what, where and why."""
    event: Event = {"type": "ObjectEvent", "eventTime": said.at, "eventTimeZoneOffset": OFFSET}
    event |= {"bizLocation": {"id": party(where.base, uscc)}} if uscc else {}
    return event | {"gi:act": act, "gi:statement": statement(where.base, said.index)}


def urn(code: object) -> str:
    return f"urn:uuid:{code}"


def quantity(epc_class: str, mass_g: int) -> Event:
    """A mass of a class, in kilograms."""
    return {"epcClass": epc_class, "quantity": kilograms(mass_g), "uom": KILOGRAM}


def kilograms(mass_g: int) -> int | float:
    """A JSON number with the grams behind the point.

    The one place for a float: JSON has no other fraction, and the shortest form of one keeps all of 15 digits.
    """
    kg = Decimal(mass_g) / 1000
    return int(kg) if kg == kg.to_integral_value() else float(kg)


def filled(pairs: Mapping[str, Any]) -> Event:
    """Without what is empty: a partner cannot tell an empty text from a value."""
    return {name: value for name, value in pairs.items() if value not in ("", None, [], {})}
