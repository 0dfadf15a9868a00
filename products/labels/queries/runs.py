"""Reads of label runs and of single units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from products.access import Actor
from products.errors import NotFound
from products.labels.models.label_run import LabelRange, LabelRun
from products.trace.models.batch import Batch
from products.trace.queries.batches import run_mass


def _whole() -> QuerySet[LabelRun]:
    return LabelRun.objects.select_related(
        "batch__authorisation__indication__prefecture",
        "batch__authorisation__enterprise__region",
        "batch__origin__parent",
        "batch__standard_version__standard",
    )


def find_run(*, actor: Actor, code: str) -> LabelRun:
    """Raises NotFound for a run that is not there or not for this actor's eyes."""
    run = _whole().filter(pk__in=LabelRun.objects.visible_to(actor), code=code.upper()).first()
    if run is None:
        raise NotFound(_("没有这批标签，或您无权查看。"))
    return run


def visible_runs(*, actor: Actor) -> QuerySet[LabelRun]:
    """Every run the actor may see, the newest first."""
    return _whole().filter(pk__in=LabelRun.objects.visible_to(actor))


def run_for_scan(code: str) -> LabelRun | None:
    """The run of a scanned code with all that its page shows, in one query; for anybody."""
    return _whole().filter(code=code).first()


def runs_of(batch: Batch) -> QuerySet[LabelRun]:
    return LabelRun.objects.filter(batch=batch).prefetch_related("ranges")


@dataclass(frozen=True)
class UnitState:
    """When one unit was activated or voided; None where it was not."""

    activated_at: datetime | None
    voided_at: datetime | None
    void_reason: str


def unit_state(run: LabelRun, serial: int) -> UnitState:
    """What is known of serial `serial`; void wins over activated."""
    activated_at = voided_at = None
    reason = ""
    for row in run.ranges.filter(first_serial__lte=serial, last_serial__gte=serial):
        if row.kind == LabelRange.Kind.VOIDED:
            voided_at, reason = row.at, row.reason
        else:
            activated_at = row.at
    return UnitState(activated_at=activated_at, voided_at=voided_at, void_reason=reason)


def labelled_mass_in_year_g(*, authorisation_id: int, year: int) -> int:
    """Grams labelled out of what was produced in `year` under an authorisation, void labels included."""
    runs = LabelRun.objects.filter(batch__authorisation_id=authorisation_id, batch__produced_on__year=year)
    mass: int = runs.order_by().aggregate(mass=run_mass())["mass"]
    return mass


@dataclass(frozen=True)
class RunSummary:
    """Labels of a run by what became of them. issued = activated + voided + waiting."""

    issued: int
    activated: int
    voided: int

    @property
    def waiting(self) -> int:
        return self.issued - self.activated - self.voided


def run_summary(run: LabelRun) -> RunSummary:
    """Counts by range arithmetic: no unit has a row."""
    voided = [(row.first_serial, row.last_serial) for row in run.ranges.all() if row.kind == LabelRange.Kind.VOIDED]
    activated = 0
    for row in run.ranges.all():
        if row.kind == LabelRange.Kind.ACTIVATED:
            activated += row.last_serial - row.first_serial + 1
            activated -= sum(
                max(0, min(last, row.last_serial) - max(first, row.first_serial) + 1) for first, last in voided
            )
    return RunSummary(issued=run.quantity, activated=activated, voided=sum(last - first + 1 for first, last in voided))


def overlapping(run: LabelRun, *, kind: str, first_serial: int, last_serial: int) -> bool:
    """Whether any serial of the range is in a range of this kind."""
    inside = Q(first_serial__lte=last_serial, last_serial__gte=first_serial)
    return run.ranges.filter(inside, kind=kind).exists()


def newest_run_of(*, actor: Actor) -> LabelRun | None:
    """The actor's newest run: its pack size is the likeliest for the next one."""
    return LabelRun.objects.visible_to(actor).order_by("-issued_at", "-pk").first()


def next_waiting_range(run: LabelRun) -> tuple[int, int] | None:
    """The first stretch of serials that are neither activated nor voided; None where there is none."""
    first = 1
    for row in sorted(run.ranges.all(), key=lambda row: row.first_serial):
        if row.first_serial > first:
            return first, row.first_serial - 1
        first = max(first, row.last_serial + 1)
    return (first, run.quantity) if first <= run.quantity else None
