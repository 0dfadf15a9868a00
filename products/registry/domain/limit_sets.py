"""What is wrong, or worth a second look, with the limits of one version taken together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from products.registry.domain.requirements import MONTH, Band, Comparator, Condition, Limit
from products.registry.domain.units import UnitMismatch, convert_unit

_LEAST: Final = (Comparator.GE, Comparator.GT)
_MOST: Final = (Comparator.LE, Comparator.LT)


@dataclass(frozen=True, slots=True)
class ScopedLimit:
    """A limit, and whether it is about the product or the process."""

    limit: Limit
    scope: str


@dataclass(frozen=True, slots=True)
class Remark:
    """About the limit at `place`, and the one at `other` if it is about two. `is_error`: it must not be published so.

    `code`: duplicate, contradiction (no value meets both), unit_differs, band_gap, band_overlap, unclear. `first` and
    `second` are the bounds a gap or overlap lies between, or the demands that contradict each other.
    """

    place: int
    code: str
    is_error: bool
    other: int | None = None
    first: str = ""
    second: str = ""


def remarks_on(limits: Sequence[ScopedLimit]) -> list[Remark]:
    """Everything that stands out, in the order of the limits."""
    found = [Remark(place, "unclear", False) for place, each in enumerate(limits) if not each.limit.is_usable]
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for place, each in enumerate(limits):
        if each.limit.is_usable:
            groups[each.scope, each.limit.indicator, each.limit.basis].append(place)
    for places in groups.values():
        alike: dict[Condition, list[int]] = defaultdict(list)
        for place in places:
            alike[limits[place].limit.condition].append(place)
        for same in alike.values():
            found += _against_each_other([(place, limits[place].limit) for place in same])
        found += _bands([(place, limits[place].limit) for place in places])
    return sorted(found, key=lambda remark: (remark.place, remark.code))


def _against_each_other(group: Sequence[tuple[int, Limit]]) -> list[Remark]:
    """Limits of one indicator under the same condition: twice the same kind, or such that no value meets both."""
    found = []
    seen: dict[Comparator, int] = {}
    low: tuple[Decimal, bool, int] | None = None
    high: tuple[Decimal, bool, int] | None = None
    unit = next((limit.unit for _place, limit in group if limit.values), "")
    for place, limit in group:
        if limit.comparator in seen:
            found.append(Remark(place, "duplicate", True, seen[limit.comparator]))
            continue
        seen[limit.comparator] = place
        if limit.unit == MONTH:
            continue
        try:
            numbers = [convert_unit(value, limit.unit, unit) for value in limit.values]
        except UnitMismatch:
            found.append(Remark(place, "unit_differs", True, group[0][0]))
            continue
        is_open = limit.comparator in (Comparator.GT, Comparator.LT)
        if limit.comparator in _LEAST or limit.comparator is Comparator.RANGE:
            low = max(low or (numbers[0], is_open, place), (numbers[0], is_open, place), key=lambda end: end[:2])
        if limit.comparator in _MOST or limit.comparator is Comparator.RANGE:
            end = (numbers[-1], is_open, place)
            high = min(high or end, end, key=lambda each: (each[0], not each[1]))
    if low and high and low[2] != high[2] and (low[0] > high[0] or (low[0] == high[0] and (low[1] or high[1]))):
        first, last = sorted((low[2], high[2]))
        found.append(Remark(last, "contradiction", True, first, f"{low[0]:f} {unit}", f"{high[0]:f} {unit}"))
    return found


def _bands(group: Sequence[tuple[int, Limit]]) -> list[Remark]:
    """Bands of one indicator and one kind of limit that leave something between them, or run into each other."""
    found = []
    rows: dict[tuple[Comparator, str, str], list[tuple[int, Band]]] = defaultdict(list)
    for place, limit in group:
        if limit.condition.band:
            rows[limit.comparator, limit.condition.band.indicator, limit.condition.band.unit].append(
                (place, limit.condition.band)
            )
    for bands in rows.values():
        ordered = sorted(bands, key=lambda each: (each[1].low is not None, each[1].low or Decimal(0), each[0]))
        for (place, band), (following, upper) in pairwise(ordered):
            # Values are rounded to the bounds' places first: 60.4 belongs to 46-60, so 61 follows 60 without a gap.
            if band.high is None or upper.low is None or upper.low <= band.high:
                code = "band_overlap"
            elif upper.low > band.high + Decimal(1).scaleb(_exponent(band.high)):
                code = "band_gap"
            else:
                continue
            found.append(Remark(following, code, False, place, _end(band.high), _end(upper.low)))
    return found


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _end(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"
