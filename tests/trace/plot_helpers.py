"""What tests about plots are made with; outlines lie in the square counties of the factories."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from products.access import Actor
from products.registry.models.indication import Indication
from products.trace.models.plot import Plot
from products.trace.services.plot_checks import NewPlace
from products.trace.services.plots import NewPlot, register_plot
from tests.factories import NOW


def polygon(*rings: Sequence[Sequence[float]]) -> str:
    return json.dumps({"type": "Polygon", "coordinates": [list(map(list, ring)) for ring in rings]})


def square(west: float, south: float, side: float) -> str:
    """A square of `side` degrees; 0.001 of them is about one hectare."""
    east, north = west + side, south + side
    return polygon([(west, south), (east, south), (east, north), (west, north), (west, south)])


def make_plot(actor: Actor, indication: Indication, *, now: datetime = NOW, **changes: Any) -> Plot:
    """A field in 郫都区 of one hectare, given by a point, unless `outline` or the like says otherwise."""
    place: dict[str, Any] = {
        "longitude": Decimal("103.85"),
        "latitude": Decimal("30.85"),
        "datum": "WGS-84",
        "area_m2": 10_000,
    }
    names = ("outline", "longitude", "latitude", "datum", "area_m2", "region_code")
    place |= {name: changes.pop(name) for name in names if name in changes}
    facts = {"kind": "field", "name": "二组坡地", **changes}
    return register_plot(
        actor=actor,
        plot=NewPlot(indication_code=indication.code, place=NewPlace(**place), **facts),
        now=now,
    )
