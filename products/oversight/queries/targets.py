"""The targets of the plan: how far they are, and the records they are counted from.

A record counts from the first day of the plan (`baseline_on`) to the asked day, both included.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Min, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from products.access import Actor, region_prefix
from products.errors import InvalidInput, NotFound
from products.oversight.domain.progress import Counted, Point, by_prefecture, month_ends, percent, series, year_ends
from products.oversight.models.target import PolicyTarget
from products.oversight.queries.scope import target_prefixes
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.registry.models.zone import Zone

# Indications, zones or enterprises, each with `counted_on`.
Rows = QuerySet[Any]


@dataclass(frozen=True)
class TargetProgress:
    """One target as one reader sees it: `value` is of the reader's regions, `province_value` of all of them."""

    metric: str
    plan: str
    title: str
    source: str
    baseline: int
    baseline_on: date
    goal: int
    due_on: date
    today: date
    value: int
    value_at_due: int
    province_value: int
    is_whole_province: bool
    months: tuple[Point, ...]
    years: tuple[Point, ...]
    prefectures: dict[str, int]

    @property
    def is_over(self) -> bool:
        """Whether the day the target was due has passed."""
        return self.today > self.due_on

    @property
    def percent(self) -> int:
        """Of the province's target, rounded down."""
        return percent(self.province_value, self.goal)

    @property
    def is_reached(self) -> bool:
        return self.province_value >= self.goal

    @property
    def unplaced(self) -> int:
        """Records of no single prefecture: in the sum, but not on the map."""
        return self.prefectures.get("", 0)

    @property
    def ranked(self) -> list[tuple[str, int]]:
        """Prefecture codes and their counts, the largest first, "" last."""
        return sorted(self.prefectures.items(), key=lambda row: (not row[0], -row[1], row[0]))

    @property
    def mapped(self) -> dict[str, int]:
        return {code: count for code, count in self.prefectures.items() if code}


def _indications(begin: date, until: date) -> Rows:
    return Indication.objects.filter(
        status=Indication.Status.PROTECTED, recognised_on__gte=begin, recognised_on__lte=until
    ).annotate(counted_on=F("recognised_on"))


def _indications_in(prefixes: tuple[str, ...]) -> Q:
    """In the protected area's counties; an indication without counties covers its whole prefecture."""
    condition = Q(pk__in=[])
    for prefix in prefixes:
        inside = Indication.counties.through.objects.filter(region__code__startswith=prefix).values("indication_id")
        condition |= Q(pk__in=inside)
        condition |= Q(counties__isnull=True, prefecture__code__startswith=prefix[:4])
    return condition


def _zones(begin: date, until: date) -> Rows:
    return Zone.objects.filter(stage=Zone.Stage.RECOGNISED, stage_on__gte=begin, stage_on__lte=until).annotate(
        counted_on=F("stage_on")
    )


def _zones_in(prefixes: tuple[str, ...]) -> Q:
    return _starts("region__code", prefixes)


def _enterprises(begin: date, until: date) -> Rows:
    """Each enterprise once, from its first announcement in the period that is still in force as announced."""
    announced = Q(authorisations__state="announced", authorisations__announced_on__gte=begin)
    return Enterprise.objects.annotate(counted_on=Min("authorisations__announced_on", filter=announced)).filter(
        counted_on__isnull=False, counted_on__lte=until
    )


def _enterprises_in(prefixes: tuple[str, ...]) -> Q:
    return _starts("region__code", prefixes)


def _starts(field: str, prefixes: tuple[str, ...]) -> Q:
    condition = Q(pk__in=[])
    for prefix in prefixes:
        condition |= Q(**{f"{field}__startswith": prefix})
    return condition


@dataclass(frozen=True)
class _Metric:
    rows: Callable[[date, date], Rows]
    inside: Callable[[tuple[str, ...]], Q]
    region: str


METRICS: dict[str, _Metric] = {
    "new_indications": _Metric(_indications, _indications_in, "prefecture"),
    "demonstration_zones": _Metric(_zones, _zones_in, "region"),
    "authorised_enterprises": _Metric(_enterprises, _enterprises_in, "region"),
}
FAR_AWAY = date(9999, 12, 31)


def _counted(metric: _Metric, target: PolicyTarget, prefixes: tuple[str, ...], until: date) -> list[Counted]:
    rows = metric.rows(target.baseline_on, until)
    if prefixes:
        rows = rows.filter(metric.inside(prefixes))
    found = rows.order_by().values_list("pk", "counted_on", f"{metric.region}__code")
    # By key: a join with several counties must not count a row twice.
    unique = {pk: Counted(day, _prefecture(region)) for pk, day, region in found}
    return list(unique.values())


def _prefecture(region: str | None) -> str:
    """The prefecture of a region's code; "" for none and for the province as a whole."""
    return f"{region[:4]}00" if region and not region.endswith("0000") else ""


def target_progress(*, actor: Actor, today: date) -> list[TargetProgress]:
    """Every target that a metric is known for; at most two queries a target."""
    return [
        _progress(METRICS[target.metric], target, target_prefixes(actor), today)
        for target in PolicyTarget.objects.filter(metric__in=METRICS).order_by("due_on", "pk")
    ]


def _progress(metric: _Metric, target: PolicyTarget, prefixes: tuple[str, ...], today: date) -> TargetProgress:
    whole = _counted(metric, target, (), today)
    rows = _counted(metric, target, prefixes, today) if prefixes else whole
    due = min(target.due_on, today)
    is_english = (get_language() or "").startswith("en")
    return TargetProgress(
        metric=target.metric,
        plan=target.plan,
        title=target.title_en if is_english else target.title,
        source=target.source,
        baseline=target.baseline,
        baseline_on=target.baseline_on,
        goal=target.target,
        due_on=target.due_on,
        today=today,
        value=len(rows),
        value_at_due=sum(row.day <= due for row in rows),
        province_value=len(whole),
        is_whole_province=not prefixes,
        months=series(rows, month_ends(target.baseline_on, today)),
        years=series(rows, year_ends(target.baseline_on, today)),
        prefectures=by_prefecture(rows, today),
    )


def find_target(metric: str) -> PolicyTarget:
    """The newest plan's target of this metric. Raises NotFound."""
    target = PolicyTarget.objects.filter(metric=metric, metric__in=METRICS).order_by("-due_on").first()
    if target is None:
        raise NotFound(_("没有这项目标。"))
    return target


def target_records(*, actor: Actor, metric: str, until: date, prefecture: str = "") -> Rows:
    """The records behind a number, oldest first, each with `counted_on`.

    `prefecture` is a code or its four digits, or "none" for records of no single prefecture.
    Raises NotFound for an unknown metric, InvalidInput for a malformed prefecture.
    """
    target = find_target(metric)
    rule = METRICS[metric]
    rows = rule.rows(target.baseline_on, until)
    if prefixes := target_prefixes(actor):
        rows = rows.filter(rule.inside(prefixes))
    if prefecture == "none":
        rows = rows.filter(Q(**{f"{rule.region}__isnull": True}) | Q(**{f"{rule.region}__code__endswith": "0000"}))
    elif prefecture:
        rows = rows.filter(**{f"{rule.region}__code__startswith": _four_digits(prefecture)})
    return rows.select_related(rule.region).distinct().order_by("counted_on", "pk")


def _four_digits(prefecture: str) -> str:
    digits = region_prefix(prefecture) if len(prefecture) == 6 else prefecture
    if len(digits) != 4 or not digits.isdigit():
        raise InvalidInput(_("市（州）代码应为四位或六位数字，例如 5101 或 510100。"), field="prefecture")
    return digits
