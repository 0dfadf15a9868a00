"""The rows behind the regulator's numbers: every count and sum on a page is the count or sum of one of these lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Actor, region_prefix
from products.errors import InvalidInput, NotFound
from products.labels.models.label_run import LabelRange, LabelRun
from products.oversight.queries.mark_use import HELD_STATES, SIZE, called
from products.oversight.queries.scope import within
from products.registry.models.authorisation import Authorisation, AuthorisationDecision, YearQuota
from products.scans.models.scan import Scan, UnitSeen
from products.trace.models.batch import Batch


@dataclass(frozen=True)
class Asked:
    """How a list is narrowed; empty fields narrow nothing. `since` is a day in China, included."""

    uscc: str = ""
    region: str = ""
    text: str = ""
    authorisation: UUID | None = None
    run: str = ""
    state: str = ""
    year: int | None = None
    since: datetime | None = None


def read_asked(values: dict[str, str]) -> Asked:
    """From the parameters of an address. Raises InvalidInput for a malformed one."""
    try:
        return Asked(
            uscc=values.get("uscc", "").upper(),
            region=values.get("region", ""),
            text=values.get("q", "").strip(),
            authorisation=UUID(values["authorisation"]) if values.get("authorisation") else None,
            run=values.get("run", "").upper(),
            state=values.get("state", ""),
            year=read_year(values.get("year", "")),
            since=start_of(date.fromisoformat(values["since"])) if values.get("since") else None,
        )
    except ValueError as error:
        raise InvalidInput(_("网址中的筛选条件格式不对。请从页面上的链接进入。")) from error


def read_year(text: str) -> int | None:
    """A production year, None for "". Raises ValueError or InvalidInput."""
    if not text:
        return None
    year = int(text)
    if not 2000 <= year <= 2999:
        raise InvalidInput(_("年度应为四位数字，例如 2026。"), field="year")
    return year


def start_of(day: date) -> datetime:
    """Midnight in China at the beginning of `day`."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def _narrowed(actor: Actor, asked: Asked, path: str) -> Q:
    """On the authorisation reached by `path` (with its trailing __)."""
    condition = within(actor, f"{path}enterprise__region_id")
    if asked.uscc:
        condition &= Q(**{f"{path}enterprise__uscc": asked.uscc})
    if asked.region:
        condition &= Q(**{f"{path}enterprise__region__code__startswith": region_prefix(asked.region)})
    if asked.text:
        condition &= called(asked.text, f"{path}enterprise__")
    if asked.authorisation:
        condition &= Q(**{f"{path}code": asked.authorisation})
    return condition


def _since(asked: Asked, field: str) -> Q:
    return Q(**{f"{field}__gte": asked.since}) if asked.since else Q()


def _produced(asked: Asked, path: str) -> Q:
    return Q(**{f"{path}produced_on__year": asked.year}) if asked.year else Q()


def authorisations(actor: Actor, asked: Asked) -> QuerySet[Authorisation]:
    states = [asked.state] if asked.state else HELD_STATES
    return Authorisation.objects.filter(_narrowed(actor, asked, ""), state__in=states).select_related(
        "indication", "enterprise"
    )


def quotas(actor: Actor, asked: Asked) -> QuerySet[YearQuota]:
    found = YearQuota.objects.filter(
        _narrowed(actor, asked, "authorisation__"), authorisation__state__in=HELD_STATES
    ).select_related("authorisation__enterprise", "authorisation__indication")
    return (found.filter(year=asked.year) if asked.year else found).order_by("-year", "pk")


def batches(actor: Actor, asked: Asked) -> QuerySet[Batch]:
    return (
        Batch.objects.filter(
            _narrowed(actor, asked, "authorisation__"), _produced(asked, ""), _since(asked, "created_at")
        )
        .exclude(state=Batch.State.DRAFT)
        .select_related("authorisation__enterprise", "authorisation__indication")
    )


def runs(actor: Actor, asked: Asked) -> QuerySet[LabelRun]:
    found = LabelRun.objects.filter(
        _narrowed(actor, asked, "batch__authorisation__"), _produced(asked, "batch__"), _since(asked, "issued_at")
    ).select_related("batch__authorisation__enterprise", "batch__authorisation__indication")
    return found.filter(code=asked.run) if asked.run else found


def _of_run(actor: Actor, asked: Asked) -> Q:
    """On the run that something hangs on. Runs are few and found first; joining them to every scan would be slow."""
    found = LabelRun.objects.filter(_narrowed(actor, asked, "batch__authorisation__"), _produced(asked, "batch__"))
    if asked.run:
        found = found.filter(code=asked.run)
    return Q(run__in=found.order_by().values("pk"))


def activations(actor: Actor, asked: Asked) -> QuerySet[LabelRange]:
    return (
        LabelRange.objects.filter(_of_run(actor, asked), _since(asked, "at"), kind=LabelRange.Kind.ACTIVATED)
        .select_related("run__batch__authorisation__enterprise")
        .annotate(size=SIZE)
        .order_by("-at", "-pk")
    )


def units(actor: Actor, asked: Asked) -> QuerySet[UnitSeen]:
    return (
        UnitSeen.objects.filter(_of_run(actor, asked), _since(asked, "first_at"))
        .select_related("run__batch__authorisation__enterprise")
        .order_by("-first_at", "-pk")
    )


def never_activated(actor: Actor, asked: Asked) -> QuerySet[UnitSeen]:
    """Units that were scanned although nobody ever said that their labels are on packs."""
    covering = LabelRange.objects.filter(
        run=OuterRef("run"),
        kind=LabelRange.Kind.ACTIVATED,
        first_serial__lte=OuterRef("serial"),
        last_serial__gte=OuterRef("serial"),
    )
    return units(actor, asked).filter(~Exists(covering))


def scans(actor: Actor, asked: Asked) -> QuerySet[Scan]:
    return (
        Scan.objects.filter(_of_run(actor, asked), _since(asked, "at"))
        .select_related("run__batch__authorisation__enterprise")
        .order_by("-at", "-pk")
    )


def after_suspension(actor: Actor, asked: Asked) -> QuerySet[Scan]:
    """Scans of packs whose maker's right was suspended or withdrawn by then."""
    of_it = AuthorisationDecision.objects.filter(
        authorisation=OuterRef("run__batch__authorisation"), action__in=["suspend", "withdraw"]
    )
    ended = of_it.order_by("-decided_at").values("decided_at")[:1]
    stopped = LabelRun.objects.filter(batch__authorisation__state__in=["suspended", "withdrawn"]).order_by()
    return scans(actor, asked).filter(run__in=stopped.values("pk"), at__gt=ended)


def decisions(actor: Actor, asked: Asked) -> QuerySet[AuthorisationDecision]:
    return (
        AuthorisationDecision.objects.filter(_narrowed(actor, asked, "authorisation__"), _since(asked, "decided_at"))
        .select_related("authorisation__enterprise", "authorisation__indication")
        .order_by("-decided_at", "-pk")
    )


@dataclass(frozen=True)
class RecordKind:
    """A list and what its sum is taken of; `sum_of` "" means that only rows are counted."""

    rows: Callable[[Actor, Asked], QuerySet[Any]]
    sum_of: str = ""
    unit: str = ""


KINDS: dict[str, RecordKind] = {
    "authorisations": RecordKind(authorisations),
    "quotas": RecordKind(quotas, "quota_g", "g"),
    "batches": RecordKind(batches, "net_mass_g", "g"),
    "runs": RecordKind(runs, "quantity", "labels"),
    "activations": RecordKind(activations, "size", "labels"),
    "units": RecordKind(units),
    "never-activated": RecordKind(never_activated),
    "scans": RecordKind(scans),
    "after-suspension": RecordKind(after_suspension),
    "decisions": RecordKind(decisions),
}


@dataclass(frozen=True)
class Records:
    """The rows and what they add up to."""

    rows: QuerySet[Any]
    count: int
    total: int | None
    unit: str


def find_records(*, actor: Actor, kind: str, asked: Asked) -> Records:
    """Raises NotFound for an unknown kind."""
    if kind not in KINDS:
        raise NotFound(_("没有这种记录。"))
    rule = KINDS[kind]
    rows = rule.rows(actor, asked)
    if not rule.sum_of:
        return Records(rows, rows.count(), None, "")
    sums = rows.order_by().aggregate(count=Count("pk"), total=Sum(rule.sum_of))
    return Records(rows, sums["count"], sums["total"] or 0, rule.unit)


def mass_of(path: str) -> Any:
    """Grams of the runs behind `path`, which no 32-bit product could hold."""
    return Sum(Cast(F(f"{path}quantity"), BigIntegerField()) * F(f"{path}unit_mass_g"), output_field=BigIntegerField())
