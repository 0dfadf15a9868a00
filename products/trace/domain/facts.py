"""What may stand in a batch: lots, trade numbers, masses, dates and points.

GS1 General Specifications: lot up to 20 characters of set 82 (3.4.1, figure 7.11-1), GTIN check digit (7.9.1).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from stdnum import ean

LOT_CHARACTERS: Final = frozenset("!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
MAX_LOT_LENGTH: Final = 20
# 100,000 tonnes: more than any one lot of any of Sichuan's products.
MAX_MASS_G: Final = 10**11
MAX_AGE_YEARS: Final = 10

_UNITS_G: Final = {
    "": 1_000,
    "公斤": 1_000,
    "千克": 1_000,
    "kg": 1_000,
    "斤": 500,
    "克": 1,
    "g": 1,
    "吨": 1_000_000,
    "t": 1_000_000,
}
_MASS: Final = re.compile(r"(-?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,9})?)([^0-9.,-]*)")


class UnreadableMass(ValueError):
    """Not a number of kilograms, or finer than a gram. `reason` is `not_a_number` or `below_a_gram`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a batch. Mass in grams; the point in micro-degrees of `datum`, or None, None and ''."""

    lot: str
    origin_code: str
    produced_on: date
    net_mass_g: int
    best_before: date | None = None
    gtin: str = ""
    plot_name: str = ""
    longitude_e6: int | None = None
    latitude_e6: int | None = None
    datum: str = ""

    @property
    def has_point(self) -> bool:
        return self.longitude_e6 is not None and self.latitude_e6 is not None and bool(self.datum)

    @property
    def is_point_incomplete(self) -> bool:
        given = (self.longitude_e6 is not None, self.latitude_e6 is not None, bool(self.datum))
        return any(given) and not all(given)


def plain(text: str) -> str:
    """Full-width letters and digits as the half-width ones they stand for, without spaces around."""
    return unicodedata.normalize("NFKC", text).strip()


def is_text(text: str) -> bool:
    """Whether a text has nothing but characters people write, line breaks included: no controls, no half surrogates."""
    return all(char in "\n\r\t" or unicodedata.category(char) not in {"Cc", "Cs"} for char in text)


def read_mass_g(text: str) -> int:
    """Grams from a number of kilograms as people type it: 12.5, １２．５, 1,200, 500克, 25 斤.

    Exact: nothing is rounded. Raises UnreadableMass.
    """
    match = _MASS.fullmatch("".join(plain(text).split()))
    if match is None or match[2].lower() not in _UNITS_G:
        raise UnreadableMass("not_a_number")
    grams = Decimal(match[1].replace(",", "")) * _UNITS_G[match[2].lower()]
    if grams != grams.to_integral_value():
        raise UnreadableMass("below_a_gram")
    return int(grams)


def write_kg(grams: int) -> str:
    """Grams as the shortest number of kilograms: 12500 -> 12.5."""
    whole, rest = divmod(grams, 1_000)
    return f"{whole}.{rest:03d}".rstrip("0").rstrip(".")


def is_lot(text: str) -> bool:
    return 1 <= len(text) <= MAX_LOT_LENGTH and LOT_CHARACTERS.issuperset(text)


def gtin_14(text: str) -> str | None:
    """A GTIN-8, -12, -13 or -14 as 14 digits; None when it is not one."""
    if not (text.isascii() and text.isdigit() and len(text) in (8, 12, 13, 14)):
        return None
    return text.zfill(14) if ean.is_valid(text.zfill(14)) else None


def earliest_production(today: date) -> date:
    """The first day a batch registered today may have been made on."""
    # 28 February stands in for the 29th of a year that has none.
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return today.replace(year=today.year - MAX_AGE_YEARS, day=day)


def micro_degrees(degrees: Decimal) -> int:
    """Degrees to the nearest 0.000001, about 11 cm."""
    return int((degrees * 1_000_000).to_integral_value())


def degrees(micro: int) -> Decimal:
    return Decimal(micro).scaleb(-6)


def free_lot(today: date, taken: frozenset[str]) -> str:
    """A lot number to suggest: the day and the first free number of that day, as 261123-01."""
    number = 1
    while (lot := f"{today:%y%m%d}-{number:02d}") in taken:
        number += 1
    return lot
