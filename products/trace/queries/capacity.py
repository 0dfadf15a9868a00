"""What the registered plots can bear in a season, for one enterprise and for a whole indication, beside what was made.

A season is the calendar year of production.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet, Sum
from django.utils import timezone

from products.registry.queries.standards import version_in_force
from products.trace.domain.capacity import AreaStep, Capacity, season_areas
from products.trace.models.batch import Batch
from products.trace.models.plot import Plot, PlotStep


@dataclass(frozen=True, slots=True)
class Season:
    """A capacity beside the net mass of the batches that were made in the same year, drafts left out."""

    capacity: Capacity
    made_g: int

    @property
    def over_g(self) -> int:
        """Grams made beyond the capacity; 0 where there is none to compare with."""
        can_g = self.capacity.mass_g
        return 0 if can_g is None else max(0, self.made_g - can_g)

    @property
    def percent(self) -> int | None:
        """Made per hundred of what the plots can bear; None where that is not known."""
        can_g = self.capacity.mass_g
        return self.made_g * 100 // can_g if can_g else None


def indication_capacity(indication_id: int, year: int) -> Capacity:
    """Of all plots registered for an indication, whoever holds them."""
    rows = PlotStep.objects.filter(plot__indication_id=indication_id)
    areas = _areas(rows, year)
    return Capacity(year, len(areas), sum(areas.values()), max_yield(indication_id, year))


def enterprise_capacity(enterprise_id: int, indication_id: int, year: int) -> Capacity:
    """Of one enterprise's plots for one indication."""
    rows = PlotStep.objects.filter(plot__indication_id=indication_id, plot__enterprise_id=enterprise_id)
    areas = _areas(rows, year)
    return Capacity(year, len(areas), sum(areas.values()), max_yield(indication_id, year))


def capacity_by_enterprise(indication_id: int, year: int) -> dict[int, Capacity]:
    """{key of the enterprise: its capacity} of those that have plots for the indication."""
    areas = _areas(PlotStep.objects.filter(plot__indication_id=indication_id), year)
    holders = dict(Plot.objects.filter(indication_id=indication_id).values_list("pk", "enterprise_id"))
    held: dict[int, list[int]] = defaultdict(list)
    for plot, area in areas.items():
        held[holders[plot]].append(area)
    allowed = max_yield(indication_id, year)
    return {each: Capacity(year, len(found), sum(found), allowed) for each, found in held.items()}


def enterprise_season(enterprise_id: int, indication_id: int, year: int) -> Season:
    """One enterprise's capacity for one indication beside what it made."""
    capacity = enterprise_capacity(enterprise_id, indication_id, year)
    made = (
        Batch.objects.filter(
            authorisation__enterprise_id=enterprise_id,
            authorisation__indication_id=indication_id,
            produced_on__year=year,
        )
        .exclude(state=Batch.State.DRAFT)
        .aggregate(mass=Sum("net_mass_g"))["mass"]
    )
    return Season(capacity, made or 0)


def max_yield(indication_id: int, year: int) -> int | None:
    """Kilograms per hectare, of the version in force at the end of the season, else at its beginning; None if not stated."""
    for day in (date(year, 12, 31), date(year, 1, 1)):
        version = version_in_force(indication_id=indication_id, on=day)
        if version is not None:
            return version.max_yield_kg_per_ha
    return None


def _areas(rows: QuerySet[PlotStep], year: int) -> dict[int, int]:
    zone = timezone.get_default_timezone()
    start, end = (datetime(each, 1, 1, tzinfo=zone) for each in (year, year + 1))
    fields = rows.filter(plot__kind=Plot.Kind.FIELD, at__lt=end).order_by("at", "pk")
    steps = (AreaStep(*row) for row in fields.values_list("plot_id", "kind", "area_m2", "at"))
    return season_areas(steps, start=start, end=end)
