"""The demonstration's growers, plots and facilities, inside the real counties."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from shapely.geometry import Polygon, box, mapping, shape

from products.management.demo.cast import maker
from products.management.demo.register import Licensed, at_office_hours
from products.registry.models.authorisation import Authorisation
from products.registry.models.region import Region
from products.registry.models.standard import StandardVersion
from products.trace.models.plot import Plot
from products.trace.services.batches import register_batch
from products.trace.services.growers import register_grower
from products.trace.services.plot_checks import NewPlace
from products.trace.services.plots import NewPlot, register_plot

SEED = 4807
GROWERS = ("演示农户甲", "演示农户乙", "演示农户丙")
# The demonstration's own standard, marked 演示, allows this much; no real one is given a number here.
DEMO_INDICATION, DEMO_YIELD_KG_PER_HA = "YS-LAB", 15_000
# About 110 m by 95 m, one hectare.
_SIDE = 0.001


def add_plots(licensed: Sequence[Licensed], *, today: date) -> None:
    """Of the two producers one can sign in as: growers, fields by outline and by point, a workshop, a batch from them.

    And two other enterprises whose outlines share ground.
    """
    rng = random.Random(SEED)  # noqa: S311
    StandardVersion.objects.filter(standard__indication__code=DEMO_INDICATION).update(
        max_yield_kg_per_ha=DEMO_YIELD_KG_PER_HA
    )
    for one in licensed[:2]:
        own = Authorisation.objects.filter(enterprise__uscc=one.uscc, indication__code=DEMO_INDICATION).first()
        right = own or Authorisation.objects.get(code=one.code)
        plots = _add_own(rng, right, one, today=today)
        made_on = today - timedelta(days=2)
        register_batch(
            actor=maker(one.uscc),
            authorisation_code=right.code,
            lot=f"{made_on:%y%m%d}-plots",
            origin_code=one.county,
            produced_on=made_on,
            best_before=made_on + timedelta(days=365),
            net_mass_g=900_000,
            plots=[plot.code for plot in plots],
            now=at_office_hours(made_on, rng),
        )
    _add_overlap(rng, licensed[2:], today=today)


def _add_own(rng: random.Random, right: Authorisation, one: Licensed, *, today: date) -> list[Plot]:
    actor, moment = maker(one.uscc), at_office_hours(today - timedelta(days=150), rng)
    growers = [register_grower(actor=actor, name=name, now=moment) for name in GROWERS]
    corners = ground(one.county)
    plots = []
    for name, grower in zip(("演示一号田", "演示二号田", "演示三号田"), growers, strict=True):
        place = NewPlace(outline=_outline(next(corners)), datum="GCJ-02", region_code=one.county)
        plots.append(_register(right, one, name, place, grower=grower.code, altitude_m=540, rng=rng, today=today))
    west, south, *_rest = next(corners).bounds
    point = NewPlace(
        outline=json.dumps({"type": "Point", "coordinates": [west, south]}),
        datum="GCJ-02",
        area_m2=2_000,
        region_code=one.county,
    )
    plots.append(_register(right, one, "演示四号田", point, grower=None, altitude_m=None, rng=rng, today=today))
    yard = NewPlace(outline=_outline(next(corners)), datum="GCJ-02", region_code=one.county)
    _register(right, one, "演示加工车间", yard, grower=None, altitude_m=None, kind="facility", rng=rng, today=today)
    return plots


def _add_overlap(rng: random.Random, licensed: Sequence[Licensed], *, today: date) -> None:
    """The first two enterprises of one indication in one county draw the same edge of a field."""
    first: dict[tuple[int, str], Licensed] = {}
    for one in licensed:
        right = Authorisation.objects.get(code=one.code)
        other = first.setdefault((right.indication_id, one.county), one)
        if right.state != Authorisation.State.ANNOUNCED or other.uscc == one.uscc:
            continue
        theirs = Authorisation.objects.get(code=other.code)
        if theirs.state != Authorisation.State.ANNOUNCED:
            continue
        west, south, east, north = next(ground(one.county)).bounds
        half = (east - west) / 2
        for holder, held, left in ((other, theirs, west), (one, right, west + half)):
            place = NewPlace(
                outline=_outline(box(left, south, left + _SIDE, north)), datum="GCJ-02", region_code=one.county
            )
            _register(held, holder, "演示河边地", place, grower=None, altitude_m=None, rng=rng, today=today)
        return


def ground(county: str) -> Iterator[Polygon]:
    """Squares of about a hectare that lie well inside a county, none touching another, in GCJ-02."""
    area = shape(json.loads(Region.objects.get(code=county).boundary))
    middle = area.representative_point()
    for ring in range(60):
        for east in range(-ring, ring + 1):
            for north in {-ring, ring} if abs(east) < ring else range(-ring, ring + 1):
                west, south = middle.x + east * 3 * _SIDE, middle.y + north * 3 * _SIDE
                square = box(west, south, west + _SIDE, south + _SIDE)
                if area.covers(square.buffer(_SIDE)):
                    yield square


def _outline(square: Polygon) -> str:
    return json.dumps(mapping(square))


def _register(
    right: Authorisation,
    one: Licensed,
    name: str,
    place: NewPlace,
    *,
    grower: UUID | None,
    altitude_m: int | None,
    kind: str = "field",
    rng: random.Random,
    today: date,
) -> Plot:
    plot = NewPlot(right.indication.code, kind, name, place, grower=grower, altitude_m=altitude_m)
    return register_plot(actor=maker(one.uscc), plot=plot, now=at_office_hours(today - timedelta(days=149), rng))
