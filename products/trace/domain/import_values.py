"""What people type into the cells of a sheet, as facts: exact, or refused with the reason; never guessed."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from products.trace.domain.facts import UnreadableMass, plain, read_mass_g

Value = str | int | float | date | datetime | time | timedelta | None
# Excel keeps 15 digits of a number; what stands behind them is made up.
EXACT_BELOW: Final = 10**15
# Serial days below 1982 and after 2119 are no dates of batches but something else in the wrong column.
_FIRST_SERIAL, _LAST_SERIAL = 30_000, 80_000
_DAYS: Final = (
    re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"),
    re.compile(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})"),
    re.compile(r"([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})"),
    re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})[日号]"),
    re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})"),
)
_TIME: Final = re.compile(r"[T ]?[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?$")
_SCIENTIFIC: Final = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]+")
_NUMBER_END: Final = re.compile(r"[0-9.,]$")
_TWO_NUMBERS: Final = re.compile(r"[0-9.,]\s+[0-9.,]")
_UNIT: Final = re.compile(r"公斤|千克|kg|斤|克|g|吨|t")
_DEGREES: Final = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,12})?")


class UnreadableValue(ValueError):
    """A cell that cannot be taken for what its column asks. `reason` is a key of `services/import_words.py`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_blank(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not tidy(value))


def tidy(text: str) -> str:
    """Half-width, without spaces around; spaces of every kind and what no eye sees become one plain space or nothing."""
    shown = "".join(char for char in text if char not in "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f")
    return " ".join(plain(shown).split())


def number_text(value: int | float) -> str:
    """A number as Excel shows it with all its 15 digits: 0.30000000000000004 -> 0.3, 12.0 -> 12."""
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    return f"{Decimal(f'{value:.15g}'):f}"


def read_text(value: Value) -> str:
    """A name. Raises UnreadableValue for a date or a truth value."""
    if isinstance(value, bool | date | time | timedelta):
        raise UnreadableValue("not_text")
    return tidy(number_text(value) if isinstance(value, int | float) else value or "")


def read_code(value: Value, *, is_reshaped: bool = False) -> str:
    """A lot or trade number: every digit counts. `is_reshaped`: the cell shows its number in a form of its own.

    Raises UnreadableValue where Excel has made a date or a rounded number of it, or may have dropped zeros.
    """
    if isinstance(value, date | time | timedelta):
        raise UnreadableValue("became_a_date")
    if isinstance(value, bool):
        raise UnreadableValue("not_text")
    if isinstance(value, int | float):
        if is_reshaped or not float(value).is_integer() or abs(value) >= EXACT_BELOW:
            raise UnreadableValue("digits_lost")
        return str(int(value))
    text = tidy(value or "")
    if _SCIENTIFIC.fullmatch(text) and "+" in text:
        raise UnreadableValue("digits_lost")
    return text


def read_digits(value: Value, *, is_reshaped: bool = False) -> str:
    """A trade number, whose digits are often written in groups. Raises as `read_code`."""
    return re.sub(r"(?<=[0-9])[ -](?=[0-9])", "", read_code(value, is_reshaped=is_reshaped))


def read_day(value: Value, *, is_1904: bool = False) -> date:
    """2026-11-20, 2026/11/20, 2026.11.20, 2026年11月20日, 20261120, a date of Excel's or its serial number.

    Raises UnreadableValue for anything that could be two days, and for days that do not exist.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool | time | timedelta) or value is None:
        raise UnreadableValue("not_a_day")
    if isinstance(value, int | float):
        if _FIRST_SERIAL <= value + (1462 if is_1904 else 0) < _LAST_SERIAL:
            return date(1904, 1, 1) + timedelta(int(value)) if is_1904 else date(1899, 12, 30) + timedelta(int(value))
        value = number_text(value)
    text = _TIME.sub("", tidy(value)).replace(" ", "")
    for shape in _DAYS:
        if match := shape.fullmatch(text):
            try:
                return date(*(int(part) for part in match.groups()))
            except ValueError as error:
                raise UnreadableValue("no_such_day") from error
    raise UnreadableValue("not_a_day")


def read_mass(value: Value, *, unit: str) -> int:
    """Grams from a number in the column's `unit`, or with a unit of its own behind it.

    Raises UnreadableValue, also where neither column nor cell has a unit.
    """
    if isinstance(value, bool | date | time | timedelta):
        raise UnreadableValue("not_a_number")
    text = number_text(value) if isinstance(value, int | float) else tidy(value or "")
    if _TWO_NUMBERS.search(text):
        raise UnreadableValue("not_a_number")
    if _NUMBER_END.search(text):
        if not unit:
            raise UnreadableValue("unit_missing")
        text += unit
    try:
        return read_mass_g(text)
    except UnreadableMass as error:
        raise UnreadableValue(error.reason) from error


def unit_in(heading: str) -> str:
    """The unit of mass that a heading names, or ''; the number of kilograms is not taken for one of 斤."""
    found = _UNIT.findall(re.sub(r"net|weight|gross|batch|lot|product", "", tidy(heading).lower()))
    return str(found[0]) if len(set(found)) == 1 else ""


def read_degrees(value: Value) -> Decimal:
    """Degrees as a decimal number. Raises UnreadableValue, for minutes and seconds too."""
    if isinstance(value, bool | date | time | timedelta):
        raise UnreadableValue("not_degrees")
    text = number_text(value) if isinstance(value, int | float) else tidy(value or "").rstrip("°度 ")
    if not _DEGREES.fullmatch(text):
        raise UnreadableValue("not_degrees")
    return Decimal(text)
