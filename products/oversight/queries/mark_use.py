"""Use of the mark by enterprise in one production year: a handful of queries, however many enterprises.

Batches count by the year they were produced in, as the quota does; labels, activations and scans count with
the batch they belong to. Drafts are not registered and count nowhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet, Sum

from products.access import Actor, Role, region_prefix
from products.labels.models.label_run import LabelRange, LabelRun
from products.oversight.queries.scope import within
from products.registry.models.authorisation import Authorisation, YearQuota
from products.registry.models.enterprise import Enterprise
from products.scans.models.scan import UnitSeen
from products.trace.models.batch import Batch

HELD_STATES = (Authorisation.State.ANNOUNCED, Authorisation.State.SUSPENDED)
FEW = 200
SIZE = F("last_serial") - F("first_serial") + 1


@dataclass
class MarkUse:
    """One enterprise's year. Masses in grams; counts of labels and units."""

    uscc: str
    name: str
    name_en: str
    region: str
    region_name: str
    prefecture_name: str
    is_demo: bool
    authorised: int = 0
    suspended: int = 0
    quota_g: int = 0
    batches: int = 0
    registered_g: int = 0
    issued: int = 0
    issued_g: int = 0
    activated: int = 0
    voided: int = 0
    units_scanned: int = 0
    scans: int = 0

    @property
    def quota_percent(self) -> int | None:
        """How much of the quota labels were issued for, rounded down; None without a quota."""
        return self.issued_g * 100 // self.quota_g if self.quota_g else None


@dataclass(frozen=True)
class MarkUseTotals:
    """The sums of the shown enterprises."""

    enterprises: int
    authorised: int
    quota_g: int
    registered_g: int
    issued: int
    activated: int
    units_scanned: int


def called(text: str, path: str) -> Q:
    """On the enterprise reached by `path`: part of its name, or its whole code."""
    return (
        Q(**{f"{path}name__icontains": text})
        | Q(**{f"{path}name_en__icontains": text})
        | Q(**{f"{path}uscc": text.upper()})
    )


def users(*, actor: Actor, text: str = "", region: str = "") -> QuerySet[Enterprise]:
    """Enterprises in the actor's regions that hold or held an announced authorisation.

    Narrowed by part of the name or the whole code, and by a region's code or its first digits.
    """
    found = Enterprise.objects.filter(
        within(actor, "region_id"),
        pk__in=Authorisation.objects.filter(state__in=Authorisation.PUBLIC_STATES).values("enterprise_id"),
    ).select_related("region__parent")
    if text := text.strip():
        found = found.filter(called(text, ""))
    if region:
        found = found.filter(region__code__startswith=region_prefix(region))
    return found


def mark_use(*, actor: Actor, enterprises: Iterable[Enterprise], year: int) -> list[MarkUse]:
    """One row for each of `enterprises`, in their order. Six queries."""
    rows = {
        firm.pk: MarkUse(
            uscc=firm.uscc,
            name=firm.name,
            name_en=firm.name_en,
            region=firm.region_id,
            region_name=firm.region.name,
            prefecture_name=firm.region.parent.name if firm.region.parent else "",
            is_demo=firm.is_demo,
        )
        for firm in enterprises
    }
    figures = _Figures(actor, year)
    # A page of the interface asks for a few; the whole table asks for all, where the region says it shorter.
    if len(rows) <= FEW:
        figures.only = list(rows)
    figures.fill(rows)
    return list(rows.values())


@dataclass
class _Figures:
    actor: Actor
    year: int
    only: list[int] = field(default_factory=list)

    def _of(self, path: str) -> Q:
        """Rows whose enterprise, reached by `path`, is among those asked for."""
        if self.only:
            return Q(**{f"{path}enterprise_id__in": self.only})
        if self.actor.is_role(Role.ADMIN):
            return Q()
        return within(self.actor, f"{path}enterprise__region_id")

    def fill(self, rows: dict[int, MarkUse]) -> None:
        if not rows:
            return
        self._authorisations(rows)
        self._batches(rows)
        self._labels(rows)

    def _authorisations(self, rows: dict[int, MarkUse]) -> None:
        states = (
            Authorisation.objects.filter(self._of(""), state__in=HELD_STATES)
            .order_by()
            .values_list("enterprise_id", "state")
            .annotate(count=Count("pk"))
        )
        for firm, state, count in states:
            if row := rows.get(firm):
                if state == Authorisation.State.ANNOUNCED:
                    row.authorised = count
                else:
                    row.suspended = count
        quotas = (
            YearQuota.objects.filter(self._of("authorisation__"), year=self.year, authorisation__state__in=HELD_STATES)
            .order_by()
            .values_list("authorisation__enterprise_id")
            .annotate(grams=Sum("quota_g"))
        )
        for firm, grams in quotas:
            if row := rows.get(firm):
                row.quota_g = grams

    def _batches(self, rows: dict[int, MarkUse]) -> None:
        batches = (
            Batch.objects.filter(self._of("authorisation__"), produced_on__year=self.year)
            .exclude(state=Batch.State.DRAFT)
            .order_by()
            .values_list("authorisation__enterprise_id")
            .annotate(count=Count("pk"), grams=Sum("net_mass_g"))
        )
        for firm, count, grams in batches:
            if row := rows.get(firm):
                row.batches, row.registered_g = count, grams

    def _labels(self, rows: dict[int, MarkUse]) -> None:
        """Runs are few against units: what hangs on a run is summed by run and brought together here."""
        runs = LabelRun.objects.filter(
            self._of("batch__authorisation__"), batch__produced_on__year=self.year
        ).order_by()
        owner: dict[int, MarkUse] = {}
        for run, firm, quantity, unit_mass_g in runs.values_list(
            "pk", "batch__authorisation__enterprise_id", "quantity", "unit_mass_g"
        ):
            if row := rows.get(firm):
                owner[run] = row
                row.issued += quantity
                row.issued_g += quantity * unit_mass_g
        ranges = (
            LabelRange.objects.filter(run__in=runs).order_by().values_list("run_id", "kind").annotate(count=Sum(SIZE))
        )
        for run, kind, count in ranges:
            if row := owner.get(run):
                if kind == LabelRange.Kind.ACTIVATED:
                    row.activated += count
                else:
                    row.voided += count
        seen = (
            UnitSeen.objects.filter(run__in=runs)
            .order_by()
            .values_list("run_id")
            .annotate(units=Count("pk"), scans=Sum("scan_count"))
        )
        for run, units, scans in seen:
            if row := owner.get(run):
                row.units_scanned += units
                row.scans += scans


SORTS = (
    "name",
    "authorised",
    "quota_g",
    "quota_percent",
    "batches",
    "registered_g",
    "issued",
    "activated",
    "units_scanned",
    "scans",
)


def sorted_use(rows: Sequence[MarkUse], sort: str) -> list[MarkUse]:
    """By a column of SORTS; a leading "-" puts the largest first. An unknown column sorts by labels issued."""
    key = sort.removeprefix("-")
    if key not in SORTS:
        sort, key = "-issued", "issued"

    def value(row: MarkUse) -> tuple[str, int]:
        found = getattr(row, key)
        return (found, 0) if isinstance(found, str) else ("", -1 if found is None else found)

    by_name = sorted(rows, key=lambda row: (row.name, row.uscc))
    return sorted(by_name, key=value, reverse=sort.startswith("-"))


def totals(rows: Iterable[MarkUse]) -> MarkUseTotals:
    """The sums of `rows`."""
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        sums["enterprises"] += 1
        for name in ("authorised", "quota_g", "registered_g", "issued", "activated", "units_scanned"):
            sums[name] += getattr(row, name)
    return MarkUseTotals(**{name: sums[name] for name in MarkUseTotals.__dataclass_fields__})
