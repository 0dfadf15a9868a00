"""Plots and facilities: entering them, changing and retiring them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from products.access import NOBODY, Actor, Role, Scope, require_scope
from products.audit import commitment, new_salt, record
from products.errors import InvalidInput
from products.registry.models.indication import Indication
from products.trace.domain.outline import Outline, area_m2, place_text, shared_m2, stored_outline
from products.trace.errors import NothingChanged
from products.trace.models.plot import Grower, Plot, PlotOverlap, PlotStep
from products.trace.plot_errors import GrowerRetired, PlotExists, PlotOverlaps, PlotRetired
from products.trace.services.fact_checks import check_reason
from products.trace.services.growers import check_name, lock_grower, own_enterprise
from products.trace.services.plot_checks import (
    NewPlace,
    check_altitude,
    check_area,
    check_indication,
    check_place,
    no_such_plot,
)

# Neighbours drawn by hand overlap by a strip; more than this of the smaller one is the same ground twice.
OVERLAP_PERCENT: Final = 5


@dataclass(frozen=True)
class NewPlot:
    """A plot as it was given. `grower` is the code of one of the enterprise's growers."""

    indication_code: str
    kind: str
    name: str
    place: NewPlace
    grower: UUID | None = None
    altitude_m: int | None = None


@dataclass(frozen=True)
class PlotChange:
    """What a plot is to say from now on; its kind and indication stay. `place` is None where it stays as well."""

    name: str
    grower: UUID | None
    altitude_m: int | None
    place: NewPlace | None = None


@transaction.atomic
def register_plot(*, actor: Actor, plot: NewPlot, now: datetime) -> Plot:
    """Enter a plot or facility for one of the producer's indications.

    Raises NotFound, IndicationNotOwn, GrowerRetired, PlotExists, PlotOverlaps, and the refusals of `plot_checks` and
    of `check_name`, having kept nothing. Ground shared with another enterprise's plot is noted, not refused.
    """
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    # Locked: two requests with one outline would each find the ground free.
    enterprise = own_enterprise(actor)
    if plot.kind not in Plot.Kind.values:
        raise InvalidInput(_("请选择：地块，或生产设施。"), field="kind")
    indication = check_indication(actor, plot.indication_code)
    row = Plot(enterprise=enterprise, indication=indication, kind=plot.kind, salt=new_salt(), created_at=now)
    row.is_demo = enterprise.is_demo
    row.name = _free_name(plot.name, row)
    row.grower = _grower(actor, plot.grower)
    row.altitude_m = check_altitude(plot.altitude_m)
    outline = _set_place(row, plot.place, indication)
    shared = _shared(row, outline)
    row.save(force_insert=True)
    _note_overlaps(row, shared, now=now)
    _step(row, PlotStep.Kind.REGISTERED, "", actor=actor, now=now)
    _record(actor, "trace.plot_registered", row, plot_statement(row), now=now)
    return row


@transaction.atomic
def change_plot(*, actor: Actor, code: UUID, change: PlotChange, reason: str, now: datetime) -> Plot:
    """Write anew what a plot says, with the reason. Raises PlotRetired, NothingChanged, else as `register_plot`."""
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    own_enterprise(actor)
    row = _lock(actor, code)
    before = _told(row)
    row.name = _free_name(change.name, row)
    if change.grower != (row.grower.code if row.grower else None):
        row.grower = _grower(actor, change.grower)
    row.altitude_m = check_altitude(change.altitude_m)
    shared = None
    if change.place is not None:
        shared = _shared(row, _set_place(row, change.place, row.indication))
    if _told(row) == before:
        raise NothingChanged(_("内容与现有登记相同，没有需要更正的地方。"))
    reason = check_reason(reason)
    # A new salt: under the old one anybody could see which changes left the place alone.
    row.salt = new_salt()
    row.save()
    if shared is not None:
        _forget_overlaps(row)
        _note_overlaps(row, shared, now=now)
    _step(row, PlotStep.Kind.CHANGED, reason, actor=actor, now=now)
    _record(actor, "trace.plot_changed", row, {**plot_statement(row), "reason": reason}, now=now)
    return row


@transaction.atomic
def retire_plot(*, actor: Actor, code: UUID, reason: str, now: datetime) -> Plot:
    """Take a plot out of use: it stands for the batches that name it. Raises NotFound, PlotRetired, ReasonMissing."""
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    own_enterprise(actor)
    row = _lock(actor, code)
    reason = check_reason(reason)
    row.is_active = False
    row.save(update_fields=["is_active"])
    _forget_overlaps(row)
    _step(row, PlotStep.Kind.RETIRED, reason, actor=actor, now=now)
    record(actor=actor, kind="trace.plot_retired", subject=f"plot:{row.code}", data={"reason": reason}, now=now)
    return row


def plot_statement(row: Plot) -> dict[str, object]:
    """What the log says of a plot; its name and outline are committed to."""
    return {
        "enterprise": row.enterprise.uscc,
        "indication": row.indication.code,
        "kind": row.kind,
        "grower": str(row.grower.code) if row.grower else None,
        "region": row.region_id,
        "area_m2": row.area_m2,
        "altitude_m": row.altitude_m,
    }


def _told(row: Plot) -> tuple[object, ...]:
    return (row.name, row.grower_id, row.region_id, row.geometry, row.datum, row.area_m2, row.altitude_m)


def _lock(actor: Actor, code: UUID) -> Plot:
    own = Plot.objects.visible_to(actor if actor.is_role(Role.PRODUCER) else NOBODY)
    row = (
        own.select_for_update(of=("self",))
        .select_related("enterprise", "indication", "grower", "region")
        .filter(code=code)
        .first()
    )
    if row is None:
        raise no_such_plot()
    if not row.is_active:
        raise PlotRetired(_("这个地块已经停用，不能再修改。需要时请重新登记。"))
    return row


def _free_name(text: str, row: Plot) -> str:
    name = check_name(text, most=80, missing=_("请填写地块或设施的名称，例如：二号大棚。"))
    same = Plot.objects.filter(enterprise=row.enterprise, indication=row.indication, name=name, is_active=True).exclude(
        pk=row.pk
    )
    if same.exists():
        raise PlotExists(
            _("已经登记过叫“%(name)s”的地块。请换一个名称，或修改原来那个。") % {"name": name}, field="name"
        )
    return name


def _grower(actor: Actor, code: UUID | None) -> Grower | None:
    if code is None:
        return None
    grower = lock_grower(actor=actor, code=code, field="grower")
    if not grower.is_active:
        raise GrowerRetired(_("这位农户已经停用。请选择别人，或重新登记。"), field="grower")
    return grower


def _set_place(row: Plot, given: NewPlace, indication: Indication) -> Outline:
    place = check_place(given, indication)
    outline = place.outline
    row.geometry, row.datum, row.region = outline.text, outline.datum.value, place.region
    is_field = row.kind == Plot.Kind.FIELD
    row.area_m2 = check_area(given, outline, is_field=is_field, measured_m2=area_m2(outline))
    bounds = (None,) * 4 if outline.is_point else outline.bounds_e6
    row.west_e6, row.south_e6, row.east_e6, row.north_e6 = bounds
    return outline


def _shared(row: Plot, outline: Outline) -> list[tuple[Plot, int]]:
    """Other active plots of the indication on the same ground, with the square metres shared.

    Raises PlotOverlaps where one of them is the same enterprise's.
    """
    if outline.is_point:
        return []
    # One after the other: of two enterprises' outlines entered at once, the second is to find the first.
    Indication.objects.select_for_update(no_key=True).get(pk=row.indication.pk)
    others = list(
        Plot.objects.filter(
            indication=row.indication,
            is_active=True,
            kind=row.kind,
            west_e6__lte=row.east_e6,
            east_e6__gte=row.west_e6,
            south_e6__lte=row.north_e6,
            north_e6__gte=row.south_e6,
        )
        .exclude(pk=row.pk)
        .order_by("pk")
    )
    grounds = shared_m2(outline, [stored_outline(other.geometry, other.datum) for other in others])
    found = [
        (other, shared)
        for other, shared in zip(others, grounds, strict=True)
        if shared * 100 > min(row.area_m2, other.area_m2) * OVERLAP_PERCENT
    ]
    own = [(other, shared) for other, shared in found if other.enterprise_id == row.enterprise.pk]
    if own:
        other, shared = own[0]
        raise PlotOverlaps(
            _(
                "与本企业的地块“%(name)s”重叠约 %(shared)d 平方米，同一块地不能登记两次。请核对轮廓，或先修改、停用那个地块。"
            )
            % {"name": other.name, "shared": shared},
            field="outline",
        )
    return found


def _note_overlaps(row: Plot, shared: Sequence[tuple[Plot, int]], *, now: datetime) -> None:
    PlotOverlap.objects.bulk_create(
        [PlotOverlap(plot=row, other=other, shared_m2=common, found_at=now) for other, common in shared]
    )


def _forget_overlaps(row: Plot) -> None:
    PlotOverlap.objects.filter(plot=row).delete()
    PlotOverlap.objects.filter(other=row).delete()


def _step(row: Plot, kind: PlotStep.Kind, reason: str, *, actor: Actor, now: datetime) -> None:
    PlotStep.objects.create(plot=row, kind=kind, area_m2=row.area_m2, reason=reason, by=actor.ledger_name, at=now)


def _record(actor: Actor, kind: str, row: Plot, data: dict[str, object], *, now: datetime) -> None:
    text = place_text(name=row.name, geometry=row.geometry, datum=row.datum)
    record(
        actor=actor,
        kind=kind,
        subject=f"plot:{row.code}",
        data=data,
        commitments={"place": commitment(text, salt=bytes(row.salt))},
        now=now,
    )
