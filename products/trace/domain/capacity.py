"""What land can bear in a season: its area times the largest yield that the specification allows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from products.trace.domain.facts import plain

# A kilogram per hectare (10,000 m2) is a tenth of a gram per square metre.
_M2_KG_PER_HA_IN_A_GRAM: Final = 10
_M2_PER_UNIT: Final[dict[str, Decimal]] = {
    "": Decimal(2000) / 3,
    "亩": Decimal(2000) / 3,
    "平方米": Decimal(1),
    "m2": Decimal(1),
    "公顷": Decimal(10_000),
    "ha": Decimal(10_000),
    "平方公里": Decimal(1_000_000),
    "km2": Decimal(1_000_000),
}
_AREA: Final = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)(\D.*)?")


@dataclass(frozen=True, slots=True)
class Capacity:
    """Of one calendar year of production. `plot_count` and `area_m2` are of fields; facilities bear nothing."""

    year: int
    plot_count: int = 0
    area_m2: int = 0
    max_yield_kg_per_ha: int | None = None

    @property
    def is_configured(self) -> bool:
        """Whether the specification in force states a largest yield."""
        return self.max_yield_kg_per_ha is not None

    @property
    def mass_g(self) -> int | None:
        """Grams that the plots can bear, a fraction of a gram left away; None where yield or plots are not known."""
        if self.max_yield_kg_per_ha is None or not self.plot_count:
            return None
        return self.area_m2 * self.max_yield_kg_per_ha // _M2_KG_PER_HA_IN_A_GRAM


@dataclass(frozen=True, slots=True)
class AreaStep:
    """That a plot was registered, changed or retired (`kind`), and its area from then on."""

    plot: int
    kind: str
    area_m2: int
    at: datetime


def season_areas(steps: Iterable[AreaStep], *, start: datetime, end: datetime) -> dict[int, int]:
    """{plot: area in m2} of a season: of plots registered before `end` and not retired before `start`.

    The area is the last one stated before `end`: what is stated later does not enlarge a season that is over.
    """
    areas: dict[int, int] = {}
    for step in sorted(steps, key=lambda each: each.at):
        if step.at >= end:
            break
        if step.kind == "retired" and step.at < start:
            areas.pop(step.plot, None)
        elif step.kind != "retired":
            areas[step.plot] = step.area_m2
    return areas


def read_area_m2(text: str) -> int:
    """Whole square metres from an area as people type it: 3.5 (亩), 3.5亩, 2333 平方米, 1.2 公顷. ValueError otherwise.

    A 亩 is 2000/3 m2: what is stated in it is rounded to the square metre.
    """
    match = _AREA.fullmatch("".join(plain(text).replace(",", "").split()))
    unit = (match[2] or "").lower() if match else None
    if match is None or unit not in _M2_PER_UNIT:
        raise ValueError(f"{text!r} is no area")
    return int((Decimal(match[1]) * _M2_PER_UNIT[unit]).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def write_mu(area_m2: int) -> str:
    """An area in 亩 with one decimal at most: 2333 -> 3.5."""
    return f"{(Decimal(area_m2) * 3 / 2000).quantize(Decimal('0.1'), rounding=ROUND_HALF_UP):f}".removesuffix(".0")
