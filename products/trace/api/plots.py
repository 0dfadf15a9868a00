"""Plots and what they can bear, over the API."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema, Status

from products.access import Actor, Role, Scope, require_scope
from products.http import PAGE_SIZE, actor_of, now_of, paginate
from products.trace.models.plot import Plot
from products.trace.queries.plots import (
    find_plot,
    grower_name,
    list_plots,
    overlaps_of,
    seasons_of,
    year_or,
)
from products.trace.services.plot_checks import NewPlace
from products.trace.services.plots import NewPlot, PlotChange, change_plot, register_plot, retire_plot

router = Router(tags=["plots"])


class PlaceIn(Schema):
    """GeoJSON text of one Polygon in `outline`, or a point with `area_m2`; degrees of `datum`, longitude first.

    `region_code` (GB/T 2260) is needed where the place lies on a county's border only.
    """

    outline: str = ""
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    datum: str = "WGS-84"
    area_m2: int | None = None
    region_code: str = ""

    def as_place(self) -> NewPlace:
        return NewPlace(**self.dict())


class PlotIn(Schema):
    """`kind` is field or facility; `grower` one of the enterprise's growers."""

    indication: str
    kind: str = "field"
    name: str
    place: PlaceIn
    grower: UUID | None = None
    altitude_m: int | None = None


class PlotChangeIn(Schema):
    """Only what changes, and why. An explicit null takes grower or altitude away."""

    reason: str
    name: str | None = None
    place: PlaceIn | None = None
    grower: UUID | None = None
    altitude_m: int | None = None

    def as_change(self, row: Plot) -> PlotChange:
        """What is left out stays as it is."""
        grower = row.grower.code if row.grower else None
        return PlotChange(
            name=row.name if self.name is None else self.name,
            grower=self.grower if "grower" in self.model_fields_set else grower,
            altitude_m=self.altitude_m if "altitude_m" in self.model_fields_set else row.altitude_m,
            place=self.place.as_place() if self.place else None,
        )


class ReasonIn(Schema):
    reason: str


class OverlapOut(Schema):
    """`plot` is null where it is not yours to see."""

    shared_m2: int
    plot: UUID | None


class PlotOut(Schema):
    """`geometry` is GeoJSON text in `datum`; `grower` is masked for all but the enterprise itself."""

    code: UUID
    indication: str
    enterprise: str
    kind: str
    name: str
    grower: str
    grower_code: UUID | None
    region: str
    geometry: str
    datum: str
    area_m2: int
    altitude_m: int | None
    is_active: bool
    is_demo: bool
    created_at: datetime

    @classmethod
    def of(cls, row: Plot, actor: Actor) -> Self:
        own = (
            "code",
            "kind",
            "name",
            "geometry",
            "datum",
            "area_m2",
            "altitude_m",
            "is_active",
            "is_demo",
            "created_at",
        )
        return cls(
            **{name: getattr(row, name) for name in own},
            indication=row.indication.code,
            enterprise=row.enterprise.uscc,
            grower=grower_name(row, actor),
            grower_code=row.grower.code if row.grower else None,
            region=row.region_id,
        )


class PlotDetail(PlotOut):
    overlaps: list[OverlapOut]

    @classmethod
    def seen(cls, request: HttpRequest, code: UUID) -> Self:
        actor = actor_of(request)
        row = find_plot(actor=actor, code=code)
        overlaps = [
            OverlapOut(shared_m2=line.shared_m2, plot=line.other.code if line.other else None)
            for line in overlaps_of(row, actor=actor)
        ]
        return cls(**PlotOut.of(row, actor).dict(), overlaps=overlaps)


class PlotPageOut(Schema):
    items: list[PlotOut]
    next: str | None


class PlotFilter(Schema):
    """By indication's code, holder's 统一社会信用代码, part of the name; active ones, or with `retired` the others."""

    indication: str = ""
    enterprise: str = ""
    text: str = ""
    retired: bool = False
    cursor: str = ""
    limit: int = PAGE_SIZE


class SeasonOut(Schema):
    """Grams. `capacity_g` is null without plots, or where the specification states no largest yield."""

    indication: str
    year: int
    plot_count: int
    area_m2: int
    max_yield_kg_per_ha: int | None
    capacity_g: int | None
    made_g: int
    over_g: int


@router.get("/plots", response=PlotPageOut, operation_id="list_plots", summary="Plots you may see, newest first")
def read_plots(request: HttpRequest, wanted: Query[PlotFilter]) -> PlotPageOut:
    actor = actor_of(request)
    require_scope(actor, Scope.READ)
    found = list_plots(
        actor=actor,
        indication=wanted.indication,
        enterprise=wanted.enterprise,
        text=wanted.text,
        active=not wanted.retired,
    )
    rows, following = paginate(found, cursor=wanted.cursor, limit=wanted.limit)
    return PlotPageOut(items=[PlotOut.of(row, actor) for row in rows], next=following)


@router.post(
    "/plots", response={201: PlotDetail}, operation_id="register_plot", summary="Register a plot or a facility"
)
def create_plot(request: HttpRequest, body: PlotIn) -> Status[PlotDetail]:
    plot = NewPlot(
        indication_code=body.indication,
        kind=body.kind,
        name=body.name,
        place=body.place.as_place(),
        grower=body.grower,
        altitude_m=body.altitude_m,
    )
    row = register_plot(actor=actor_of(request), plot=plot, now=now_of(request))
    return Status(201, PlotDetail.seen(request, row.code))


@router.get(
    "/plots/capacity",
    response=list[SeasonOut],
    operation_id="read_capacity",
    summary="What your plots can bear in a year beside what you registered, by indication",
)
def read_capacity(request: HttpRequest, year: str = "") -> list[SeasonOut]:
    actor = actor_of(request)
    require_scope(actor, Scope.READ, Role.PRODUCER)
    lines = seasons_of(actor=actor, year=year_or(timezone.localdate(now_of(request)), year))
    return [
        SeasonOut(
            indication=line.indication.code,
            year=line.season.capacity.year,
            plot_count=line.season.capacity.plot_count,
            area_m2=line.season.capacity.area_m2,
            max_yield_kg_per_ha=line.season.capacity.max_yield_kg_per_ha,
            capacity_g=line.season.capacity.mass_g,
            made_g=line.season.made_g,
            over_g=line.season.over_g,
        )
        for line in lines
    ]


@router.get("/plots/{uuid:code}", response=PlotDetail, operation_id="read_plot", summary="One plot")
def read_plot(request: HttpRequest, code: UUID) -> PlotDetail:
    require_scope(actor_of(request), Scope.READ)
    return PlotDetail.seen(request, code)


@router.post("/plots/{uuid:code}/changes", response=PlotDetail, operation_id="change_plot", summary="Write a plot anew")
def rewrite_plot(request: HttpRequest, code: UUID, body: PlotChangeIn) -> PlotDetail:
    actor = actor_of(request)
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    change = body.as_change(find_plot(actor=actor, code=code))
    change_plot(actor=actor, code=code, change=change, reason=body.reason, now=now_of(request))
    return PlotDetail.seen(request, code)


@router.post(
    "/plots/{uuid:code}/retirement",
    response=PlotDetail,
    operation_id="retire_plot",
    summary="Take a plot out of use, for good",
)
def end_plot(request: HttpRequest, code: UUID, body: ReasonIn) -> PlotDetail:
    retire_plot(actor=actor_of(request), code=code, reason=body.reason, now=now_of(request))
    return PlotDetail.seen(request, code)
