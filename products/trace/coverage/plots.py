"""What `ledger_check` compares of growers and plots: facts, steps, the person and the place behind their commitments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from products.comparing import Found, Promise, Secret, Statement
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.row_tables import Row, RowTable, children_of, pick
from products.trace.domain.outline import person_text, place_text
from products.trace.models.plot import Grower, Plot, PlotStep

_GROWER: Final = "trace.grower_registered"
_GROWER_CHANGED: Final = "trace.grower_changed"
_GROWER_RETIRED: Final = "trace.grower_retired"
_GROWER_ERASED: Final = "trace.grower_erased"
_PLOT: Final = "trace.plot_registered"
_PLOT_CHANGED: Final = "trace.plot_changed"
_PLOT_RETIRED: Final = "trace.plot_retired"
_PLACE_ERASED: Final = "trace.place_erased"
_FACTS: Final = ("enterprise", "indication", "grower", "kind", "region", "area_m2", "altitude_m")
_STEP: Final = ("kind", "area_m2", "reason", "by", "at")


def _person(row: Row) -> Secret:
    text = person_text(name=row["name"], phone=row["phone"]) if row["name"] or row["phone"] else ""
    return Secret.of(row["salt"], text)


def _read_growers(rows: Sequence[Row]) -> list[Found]:
    return [
        Found(
            subject=GROWERS.subject(row),
            facts=pick(row, "enterprise", "is_active", "created_at") | {"person": _person(row)},
        )
        for row in rows
    ]


def _fold_growers(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    for statement in statements:
        promise.commit(statement, "person")
        if statement.kind == _GROWER:
            promise.take(statement, "enterprise")
            promise.say(statement, is_active=True, created_at=statement.at)
        elif statement.kind == _GROWER_RETIRED:
            promise.say(statement, is_active=False)
        elif statement.kind == _GROWER_ERASED:
            promise.say(statement, is_erased=True)
    return promise


def _place(row: Row) -> Secret:
    given = row["name"] or row["geometry"] or row["datum"]
    text = place_text(name=row["name"], geometry=row["geometry"], datum=row["datum"]) if given else ""
    return Secret.of(row["salt"], text)


def _read_plots(rows: Sequence[Row]) -> list[Found]:
    steps = children_of(PlotStep, "plot_id", rows, _STEP)
    return [
        Found(
            subject=PLOTS.subject(row),
            facts=pick(row, "enterprise", "indication", "grower", "kind", "area_m2", "altitude_m", region="region_id")
            | pick(row, "is_active", "created_at")
            | {"place": _place(row)},
            children={"step": steps.get(row["pk"], [])},
        )
        for row in rows
    ]


def _fold_plots(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    area = None
    for statement in statements:
        by_and_at = {"by": statement.actor, "at": statement.at}
        promise.commit(statement, "place")
        if statement.kind == _PLACE_ERASED:
            promise.say(statement, is_erased=True)
            continue
        if statement.kind == _PLOT_RETIRED:
            promise.say(statement, is_active=False)
            promise.add("step", statement, "reason", kind="retired", area_m2=area, **by_and_at)
            continue
        promise.take(statement, *_FACTS)
        area = statement.data.get("area_m2")
        if statement.kind == _PLOT:
            promise.say(statement, is_active=True, created_at=statement.at)
            promise.add("step", statement, kind="registered", area_m2=area, reason="", **by_and_at)
        else:
            promise.add("step", statement, "reason", kind="changed", area_m2=area, **by_and_at)
    return promise


GROWERS: Final = RowTable(
    model=Grower,
    prefix="grower",
    key="code",
    columns=("name", "phone", "salt", "is_active", "created_at"),
    kinds=frozenset({_GROWER, _GROWER_CHANGED, _GROWER_RETIRED, _GROWER_ERASED}),
    opening=_GROWER,
    read=_read_growers,
    fold=_fold_growers,
    names={"enterprise": (Enterprise, "uscc")},
)
PLOTS: Final = RowTable(
    model=Plot,
    prefix="plot",
    key="code",
    columns=(
        "kind",
        "region_id",
        "name",
        "geometry",
        "datum",
        "salt",
        "area_m2",
        "altitude_m",
        "is_active",
        "created_at",
    ),
    kinds=frozenset({_PLOT, _PLOT_CHANGED, _PLOT_RETIRED, _PLACE_ERASED}),
    opening=_PLOT,
    read=_read_plots,
    fold=_fold_plots,
    names={"enterprise": (Enterprise, "uscc"), "indication": (Indication, "code"), "grower": (Grower, "code")},
)
