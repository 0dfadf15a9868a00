"""Who may do what with growers and plots. The maker has one of each, and the released batch names the plot."""

from __future__ import annotations

from typing import Any

from products.access import Actor
from products.trace.models.plot import BatchPlot, Grower, Plot
from products.trace.services.growers import register_grower
from tests.access.rows import SEE_BATCHES, SIGNED_IN, Row
from tests.access.world import World
from tests.factories import NOW
from tests.trace.plot_helpers import make_plot

PERSON = "Wang Xiaoming"
FIELD = "East Slope"


def maker_of(world: World) -> Actor:
    maker = world.members["maker"]
    assert maker is not None
    return maker


def with_grower(world: World) -> None:
    register_grower(actor=maker_of(world), name=PERSON, phone="13800000000", now=NOW)


def planted(world: World) -> None:
    with_grower(world)
    plot = make_plot(maker_of(world), world.indication, name=FIELD, grower=Grower.objects.get().code)
    BatchPlot.objects.create(batch=world.released, plot=plot)


def free(world: World) -> None:
    make_plot(maker_of(world), world.indication, name=FIELD)


def grower(world: World) -> str:
    return f"growers/{Grower.objects.get().code}"


def plot(world: World) -> str:
    return f"plots/{Plot.objects.get().code}"


def new_plot(world: World) -> dict[str, Any]:
    place = {"longitude": "103.85", "latitude": "30.85", "area_m2": 10_000}
    return {"indication": world.indication.code, "name": "新地", "place": place}


PLOTS: dict[str, Row] = {
    "list_growers": Row(
        {"maker", "rival"},
        lambda w: "growers",
        prepare=with_grower,
        sees=lambda w: PERSON,
        seen_by=frozenset({"maker"}),
    ),
    "register_grower": Row({"maker", "rival"}, lambda w: "growers", lambda w: {"name": "李四"}),
    "change_grower": Row({"maker"}, lambda w: f"{grower(w)}/changes", lambda w: {"name": "李四"}, prepare=with_grower),
    "retire_grower": Row({"maker"}, lambda w: f"{grower(w)}/retirement", lambda w: {}, prepare=with_grower),
    "list_plots": Row(
        SIGNED_IN, lambda w: "plots", prepare=planted, sees=lambda w: FIELD, seen_by=frozenset(SEE_BATCHES)
    ),
    "register_plot": Row({"maker"}, lambda w: "plots", new_plot),
    "read_plot": Row(
        SEE_BATCHES, lambda w: plot(w), prepare=planted, sees=lambda w: PERSON, seen_by=frozenset({"maker"})
    ),
    "change_plot": Row(
        {"maker"}, lambda w: f"{plot(w)}/changes", lambda w: {"reason": "改名", "name": "西坡"}, prepare=free
    ),
    "retire_plot": Row({"maker"}, lambda w: f"{plot(w)}/retirement", lambda w: {"reason": "到期"}, prepare=free),
    "read_capacity": Row({"maker", "rival"}, lambda w: "plots/capacity"),
    "read_batch_plots": Row(
        SEE_BATCHES,
        lambda w: f"batches/{w.released.code}/plots",
        prepare=planted,
        sees=lambda w: FIELD,
        seen_by=frozenset(SEE_BATCHES),
    ),
}
