"""Growers and plots of the small world: of each maker two growers and two plots, and a batch that names them; their columns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from django.db import models

from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.trace.models.plot import BatchPlot, Grower, Plot, PlotStep
from products.trace.services.batches import register_batch
from products.trace.services.growers import change_grower, register_grower, retire_grower
from products.trace.services.plot_checks import NewPlace
from products.trace.services.plots import NewPlot, PlotChange, change_plot, register_plot, retire_plot
from tests.coverage.covered import DEMO, OTHER_CODE, Covered
from tests.factories import PIDU
from tests.trace.plot_helpers import square

_BOUNDS = "bounds of the outline, derived from it"
PLOT_COLUMNS: dict[type[models.Model], Covered] = {
    Grower: Covered(
        world="plots",
        place=lambda row: f"grower {row.code}",
        uncovered={"is_demo": DEMO},
        words={"name": "person", "phone": "person", "salt": "person"},
        copied={"code": OTHER_CODE},
    ),
    Plot: Covered(
        world="plots",
        place=lambda row: f"plot {row.code}",
        uncovered={
            "west_e6": _BOUNDS,
            "south_e6": _BOUNDS,
            "east_e6": _BOUNDS,
            "north_e6": _BOUNDS,
            "is_demo": DEMO,
        },
        words={"name": "place", "geometry": "place", "datum": "place", "salt": "place"},
        copied={"code": OTHER_CODE},
    ),
    PlotStep: Covered(world="plots", place=lambda row: f"plot {row.plot.code}", parent="plot"),
    BatchPlot: Covered(
        world="plots",
        place=lambda row: f"batch {row.batch.code}",
        parent="batch",
        values={"batch": None, "plot": None},
        copied={"plot_id": 999_999},
    ),
}


def make_plots(makers: tuple[Actor, Actor], *, at: Callable[[int], datetime]) -> None:
    """A grower renamed and one retired; a field changed and one retired after a batch named both."""
    for number, right in enumerate(Authorisation.objects.order_by("pk")):
        actor = makers[number]
        grower = register_grower(actor=actor, name="王小明", phone="13800000000", now=at(80))
        change_grower(actor=actor, code=grower.code, name="王晓明", phone="13800000000", now=at(81))
        left = register_grower(actor=actor, name=f"李四{number}", now=at(82))
        retire_grower(actor=actor, code=left.code, now=at(83))
        outline = NewPlot(
            indication_code=right.indication.code,
            kind="field",
            name="东坡地",
            place=NewPlace(outline=square(103.8, 30.8, 0.001)),
            grower=grower.code,
            altitude_m=520,
        )
        field = register_plot(actor=actor, plot=outline, now=at(84))
        point = NewPlot(
            indication_code=right.indication.code,
            kind="field",
            name="西坡地",
            place=NewPlace(longitude=Decimal("103.82"), latitude=Decimal("30.82"), area_m2=2_000),
        )
        other = register_plot(actor=actor, plot=point, now=at(85))
        change = PlotChange(
            name="东坡地", grower=grower.code, altitude_m=530, place=NewPlace(outline=square(103.8, 30.8, 0.002))
        )
        change_plot(actor=actor, code=field.code, change=change, reason="重新测量", now=at(86))
        register_batch(
            actor=actor,
            authorisation_code=right.code,
            lot=f"P{number}",
            origin_code=PIDU,
            produced_on=date(2026, 11, 20),
            net_mass_g=100_000,
            plots=[field.code, other.code],
            now=at(87),
        )
        retire_plot(actor=actor, code=other.code, reason="改种别的", now=at(88))
