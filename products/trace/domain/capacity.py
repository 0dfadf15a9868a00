"""What land can bear in a season: its area times the largest yield that the specification allows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

# A kilogram per hectare (10,000 m2) is a tenth of a gram per square metre.
_M2_KG_PER_HA_IN_A_GRAM: Final = 10


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
