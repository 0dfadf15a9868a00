"""The plots of a batch over the API."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from products.access import Scope, require_scope
from products.http import actor_of
from products.trace.queries.batches import find_batch
from products.trace.queries.plots import batch_plots

router = Router(tags=["plots"])


class PlaceCheckOut(Schema):
    """A limit of the standard on the place: ok, not_ok or unknown."""

    indicator: str
    name: str
    demand: str
    verdict: str
    detail: str


class BatchPlotOut(Schema):
    """`code` and `name` are null where the plot is not yours to see."""

    code: UUID | None
    name: str | None
    region: str
    area_m2: int


class BatchPlotsOut(Schema):
    plots: list[BatchPlotOut]
    checks: list[PlaceCheckOut]


@router.get(
    "/batches/{uuid:code}/plots",
    response=BatchPlotsOut,
    operation_id="read_batch_plots",
    summary="The plots of a batch, and what its standard demands of them",
)
def read_batch_plots(request: HttpRequest, code: UUID) -> BatchPlotsOut:
    actor = actor_of(request)
    require_scope(actor, Scope.READ)
    found = batch_plots(find_batch(actor=actor, code=code), actor=actor)
    return BatchPlotsOut(
        plots=[
            BatchPlotOut(
                code=line.plot.code if line.is_visible else None,
                name=line.plot.name if line.is_visible else None,
                region=line.plot.region_id,
                area_m2=line.plot.area_m2,
            )
            for line in found.plots
        ],
        checks=[PlaceCheckOut.from_orm(check) for check in found.checks],
    )
