"""Reads of label runs and of single units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from products.access import Actor
from products.errors import NotFound
from products.labels.domain.unit_code import RUN_LENGTH
from products.labels.models.label_run import LabelRange, LabelRun
from products.registry.queries.regions import region_at_hand
from products.trace.models.batch import Batch
from products.trace.queries.batches import run_mass


def _whole() -> QuerySet[LabelRun]:
    return LabelRun.objects.select_related(
        "batch__authorisation__indication__prefecture",
        "batch__authorisation__enterprise__region",
        "batch__origin__parent",
        "batch__standard_version__standard",
    )


def canonical_run(code: str) -> str:
    """A run's code as it is stored, from one as it may be typed; empty for what cannot be one."""
    plain = code.upper()
    # A NUL or a letter beyond ASCII would be an error of the database, not an answer.
    return plain if len(plain) == RUN_LENGTH and plain.isascii() and plain.isalnum() else ""


def find_run(*, actor: Actor, code: str) -> LabelRun:
    """Raises NotFound for a run that is not there or not for this actor's eyes."""
    run = visible_runs(actor=actor).filter(code=canonical_run(code)).first()
    if run is None:
        raise NotFound(_("没有这批标签，或您无权查看。"))
    return run


def visible_runs(*, actor: Actor) -> QuerySet[LabelRun]:
    """Every run the actor may see, the newest first."""
    return _whole().filter(pk__in=LabelRun.objects.visible_to(actor))


def run_for_scan(code: str) -> LabelRun | None:
    """The run of a scanned code with all that its page shows, for anybody."""
    # Few joins: planning a wide one costs PostgreSQL more than running it, and divisions hardly ever change.
    run = (
        LabelRun.objects.select_related("batch__authorisation__indication", "batch__authorisation__enterprise")
        .filter(code=code)
        .first()
    )
    if run is not None:
        run.batch.origin = region_at_hand(run.batch.origin_id)
    return run


def runs_of(batch: Batch) -> QuerySet[LabelRun]:
    return LabelRun.objects.filter(batch=batch).select_related("batch").prefetch_related("ranges")


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
    """Counts by range arithmetic: no unit has a row. Ranges of one kind never overlap."""
    ranges = sorted(run.ranges.all(), key=lambda row: row.first_serial)
    voided = [(row.first_serial, row.last_serial) for row in ranges if row.kind == LabelRange.Kind.VOIDED]
    activated = [(row.first_serial, row.last_serial) for row in ranges if row.kind == LabelRange.Kind.ACTIVATED]
    both = _common(activated, voided)
    return RunSummary(issued=run.quantity, activated=_length(activated) - both, voided=_length(voided))


def _length(ranges: list[tuple[int, int]]) -> int:
    return sum(last - first + 1 for first, last in ranges)


def _common(some: list[tuple[int, int]], others: list[tuple[int, int]]) -> int:
    """How many serials are in both lists of ascending ranges; one walk along both, they may be long."""
    count = left = right = 0
    while left < len(some) and right < len(others):
        first = max(some[left][0], others[right][0])
        last = min(some[left][1], others[right][1])
        count += max(0, last - first + 1)
        if some[left][1] < others[right][1]:
            left += 1
        else:
            right += 1
    return count


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
