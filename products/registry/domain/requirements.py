"""What a standard demands of one indicator: comparator, values, unit and the condition under which it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final


class Comparator(StrEnum):
    """How a measured value is held against a limit's values. Grades count from 1, the best."""

    GE = "ge"
    LE = "le"
    LT = "lt"
    GT = "gt"
    RANGE = "range"
    TOLERANCE = "tolerance"
    FORBIDDEN = "forbidden"
    AT_LEAST_GRADE = "at_least_grade"
    RATIO_LT = "ratio_lt"
    RATIO_LE = "ratio_le"
    RATIO_GE = "ratio_ge"


RATIOS: Final = frozenset({Comparator.RATIO_LT, Comparator.RATIO_LE, Comparator.RATIO_GE})
MONTH: Final = "month"
_VALUE_COUNT: Final = {Comparator.RANGE: 2, Comparator.FORBIDDEN: 0}


@dataclass(frozen=True, slots=True)
class Band:
    """The limit holds while another indicator is within these bounds, both included; None is open.

    Bounds are whole numbers in the standards (46-60 %vol, 61-73 %vol), so the value is first rounded to the bounds' places,
    half to even (GB/T 8170): 60.4 belongs to 46-60, and no value falls between two bands.
    """

    indicator: str
    unit: str
    low: Decimal | None
    high: Decimal | None

    def holds(self, value: Decimal) -> bool:
        places = [bound for bound in (self.low, self.high) if bound is not None]
        if not places:
            return True
        rounded = value.quantize(places[0], rounding=ROUND_HALF_EVEN)
        return (self.low is None or rounded >= self.low) and (self.high is None or rounded <= self.high)


@dataclass(frozen=True, slots=True)
class Condition:
    """At most one is set: a band, a grade of the product, the declared value of a tolerance, or a ratio's two parts."""

    band: Band | None = None
    grade: str = ""
    reference: str = ""
    ratio_of: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """One requirement. `values` fit the comparator: two for a range, none for a prohibition, otherwise one.

    A range of months may begin in autumn and end in spring: its first value is then the greater.

    `basis` is what a value is reckoned as (以乙酸计): another basis is another quantity.
    """

    key: str
    indicator: str
    unit: str
    comparator: Comparator
    values: tuple[Decimal, ...]
    condition: Condition
    is_usable: bool = True
    basis: str = ""


def _decimal(text: object) -> Decimal:
    if isinstance(text, float):
        raise ValueError(f"{text!r} is a float: values are decimal strings")
    try:
        value = Decimal(str(text))
    except InvalidOperation:
        raise ValueError(f"{text!r} is no number") from None
    if not value.is_finite():
        raise ValueError(f"{text!r} is not finite")
    return value


def parse_condition(data: Mapping[str, Any] | None) -> Condition:
    """Read `{"indicator", "unit", "from", "to"}`, `{"grade"}`, `{"reference"}` or `{"ratio_of": [a, b]}`; None is none.

    ValueError for anything else: a condition that is not understood must not be dropped.
    """
    if not data:
        return Condition()
    keys = set(data)
    if keys == {"indicator", "unit", "from", "to"}:
        low, high = (None if data[end] is None else _decimal(data[end]) for end in ("from", "to"))
        return Condition(band=Band(data["indicator"], data["unit"], low, high))
    if keys == {"grade"}:
        return Condition(grade=str(data["grade"]))
    if keys == {"reference"}:
        return Condition(reference=str(data["reference"]))
    if keys == {"ratio_of"} and len(data["ratio_of"]) == 2:
        return Condition(ratio_of=(str(data["ratio_of"][0]), str(data["ratio_of"][1])))
    raise ValueError(f"condition not understood: {sorted(keys)}")


def parse_limit(
    *,
    key: str,
    indicator: str,
    unit: str,
    comparator: str,
    values: Sequence[str],
    condition: Mapping[str, Any] | None,
    is_usable: bool = True,
    basis: str = "",
) -> Limit:
    """A Limit from the fields of a reference row or a table row; ValueError where they do not fit together."""
    kind = Comparator(comparator)
    numbers = tuple(_decimal(value) for value in values)
    parsed = parse_condition(condition)
    # An unclear limit may lack what it needs; it is carried, never applied.
    if is_usable:
        if len(numbers) != _VALUE_COUNT.get(kind, 1):
            raise ValueError(f"{key}: {kind} with {len(numbers)} values")
        # Months go round: from November to February is a range.
        if kind is Comparator.RANGE and numbers[0] > numbers[1] and unit != MONTH:
            raise ValueError(f"{key}: the range is upside down")
        if (kind in RATIOS) != (parsed.ratio_of is not None):
            raise ValueError(f"{key}: a ratio needs its two parts, and nothing else has them")
        if (kind is Comparator.TOLERANCE) != bool(parsed.reference):
            raise ValueError(f"{key}: a tolerance needs its reference, and nothing else has one")
    return Limit(key, indicator, unit, kind, numbers, parsed, is_usable, basis)
