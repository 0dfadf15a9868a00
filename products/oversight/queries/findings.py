"""What doesn't add up, the worst first. Each finding is a number with the rows it was counted from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import BigIntegerField, Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Actor
from products.labels.models.label_run import LabelRun
from products.oversight.queries.balance import Balance, enterprise_balances
from products.oversight.queries.records import Asked, after_suspension, mass_of, never_activated
from products.oversight.queries.scope import within
from products.registry.domain.authorisation_states import IdleAlert, idle_alert
from products.registry.models.authorisation import Authorisation, YearQuota
from products.scans.models.complaint import Complaint
from products.trace.domain.facts import write_kg
from products.trace.models.batch import Batch
from products.trace.models.plot import PlotOverlap

QUOTA_PERCENT = 90
OPEN_COMPLAINTS = (Complaint.State.RECEIVED, Complaint.State.ACCEPTED)
LATE_DAYS = 7


@dataclass(frozen=True)
class Finding:
    """One thing to look at. `page` and `key` name the page of what it is about, `rows` the list behind `number`.

    `level` is `bad` where a rule is broken, `warn` where one soon may be; `weight` ranks within all findings.
    """

    kind: str
    level: str
    weight: int
    number: int
    who: str
    text: str
    page: str
    key: str
    rows: str = ""


def _rows(kind: str, **asked: object) -> str:
    return f"/regulator/records/{kind}?{urlencode(asked)}"


def _who(authorisation: Authorisation) -> str:
    return f"{authorisation.enterprise.name} · {authorisation.product_name}"


def overlabelled(actor: Actor, today: date) -> list[Finding]:
    """Batches whose labels weigh more than the batch, which only a correction of its mass can bring about."""
    rows: QuerySet[Any] = (
        Batch.objects.filter(within(actor, "authorisation__enterprise__region_id"))
        .select_related("authorisation__enterprise")
        .annotate(labelled_g=mass_of("label_runs__"))
        .filter(labelled_g__gt=F("net_mass_g"))
        .order_by("pk")
    )
    return [
        Finding(
            kind="overlabelled",
            level="bad",
            weight=100,
            number=row.labelled_g * 100 // row.net_mass_g,
            who=_who(row.authorisation),
            text=_("批次 %(lot)s 的标签对应净重是登记净重的 %(percent)s%%")
            % {"lot": row.lot, "percent": row.labelled_g * 100 // row.net_mass_g},
            page="batch",
            key=str(row.code),
        )
        for row in rows
    ]


def near_quota(actor: Actor, today: date) -> list[Finding]:
    """Labels for more than nine tenths of this year's quota."""
    labelled = (
        LabelRun.objects.filter(
            batch__authorisation=OuterRef("authorisation"), batch__produced_on__year=OuterRef("year")
        )
        .order_by()
        .values("batch__authorisation")
        .annotate(grams=mass_of(""))
        .values("grams")
    )
    rows = (
        YearQuota.objects.filter(within(actor, "authorisation__enterprise__region_id"), year=today.year)
        .select_related("authorisation__enterprise")
        .annotate(labelled_g=Subquery(labelled, output_field=BigIntegerField()))
        .filter(labelled_g__gt=F("quota_g") * QUOTA_PERCENT / 100)
        .order_by("pk")
    )
    return [_near(row, row.labelled_g) for row in rows]


def _near(quota: YearQuota, labelled_g: int) -> Finding:
    percent = labelled_g * 100 // quota.quota_g
    is_over = labelled_g > quota.quota_g
    return Finding(
        kind="near_quota",
        level="bad" if is_over else "warn",
        weight=95 if is_over else 60,
        number=percent,
        who=_who(quota.authorisation),
        text=_("%(year)s 年度已领标签占核定数量的 %(percent)s%%") % {"year": quota.year, "percent": percent},
        page="regulator-application",
        key=str(quota.authorisation.code),
        rows=_rows("runs", authorisation=quota.authorisation.code, year=quota.year),
    )


def scanned_after_suspension(actor: Actor, today: date) -> list[Finding]:
    """Packs on sale under a right that is suspended or withdrawn."""
    counts = dict(
        after_suspension(actor, Asked())
        .order_by()
        .values_list("run__batch__authorisation_id")
        .annotate(count=Count("pk"))
    )
    found = Authorisation.objects.filter(pk__in=counts).select_related("enterprise")
    return [
        Finding(
            kind="scanned_after_suspension",
            level="bad",
            weight=90,
            number=counts[row.pk],
            who=_who(row),
            text=_("暂停或撤销后仍被扫码 %(count)s 次") % {"count": counts[row.pk]},
            page="regulator-application",
            key=str(row.code),
            rows=_rows("after-suspension", authorisation=row.code),
        )
        for row in found
    ]


def scanned_unactivated(actor: Actor, today: date) -> list[Finding]:
    """Runs with units that were scanned before anybody said their labels are on packs."""
    counts = dict(never_activated(actor, Asked()).order_by().values_list("run_id").annotate(count=Count("pk")))
    found = LabelRun.objects.filter(pk__in=counts).select_related("batch__authorisation__enterprise")
    return [
        Finding(
            kind="scanned_unactivated",
            level="bad",
            weight=80,
            number=counts[row.pk],
            who=_who(row.batch.authorisation),
            text=_("标签批 %(run)s 有 %(count)s 件从未启用却被扫码") % {"run": row.code, "count": counts[row.pk]},
            page="batch",
            key=str(row.batch.code),
            rows=_rows("never-activated", run=row.code),
        )
        for row in found
    ]


def idle(actor: Actor, today: date) -> list[Finding]:
    """Announced rights without a label issued or activated for 18 or 24 months (公告第354号)."""
    # No eighteen months are shorter; the exact rule is applied below.
    limit = today - timedelta(days=18 * 28)
    rows: QuerySet[Any] = (
        Authorisation.objects.filter(
            within(actor, "enterprise__region_id"), state="announced", announced_on__lte=limit, valid_until__gte=today
        )
        .select_related("enterprise")
        .annotate(
            issued_at=Max("batches__label_runs__issued_at"),
            activated_at=Max(
                "batches__label_runs__ranges__at", filter=Q(batches__label_runs__ranges__kind="activated")
            ),
        )
        .order_by("pk")
    )
    found = []
    for row in rows:
        used = [timezone.localdate(moment) for moment in (row.issued_at, row.activated_at) if moment]
        announced_on = row.announced_on or today
        alert = idle_alert(max(used, default=None), announced_on, today)
        if alert is not IdleAlert.NONE:
            since = max([announced_on, *used])
            found.append(_idle(row, since, today, is_stop=alert is IdleAlert.MONTHS_24))
    return found


def _idle(row: Authorisation, since: date, today: date, *, is_stop: bool) -> Finding:
    months = (today.year - since.year) * 12 + today.month - since.month - (today.day < since.day)
    text = _("已 %(months)s 个月未使用专用标志，可依规停止其使用") if is_stop else _("已 %(months)s 个月未使用专用标志")
    return Finding(
        kind="idle",
        level="bad" if is_stop else "warn",
        weight=70 if is_stop else 40,
        number=months,
        who=_who(row),
        text=text % {"months": months},
        page="regulator-application",
        key=str(row.code),
    )


def open_complaints(actor: Actor, today: date) -> list[Finding]:
    """Reports that nobody has answered yet."""
    found = []
    for row in Complaint.objects.visible_to(actor).filter(state__in=OPEN_COMPLAINTS).order_by("received_at"):
        days = (today - timezone.localdate(row.received_at)).days
        is_late = days > LATE_DAYS
        found.append(
            Finding(
                kind="open_complaints",
                level="bad" if is_late else "warn",
                weight=75 if is_late else 50,
                number=days,
                who=row.number,
                text=_("举报待办已 %(days)s 天") % {"days": days},
                page="regulator-complaint",
                key=row.number,
            )
        )
    return found


def unbalanced(actor: Actor, today: date) -> list[Finding]:
    """Enterprises that harvested more than their land bears, or made more than they harvested and bought, this year."""
    return [
        _unbalanced(row, step.name, step.over_g)
        for row in enterprise_balances(actor=actor, year=today.year)
        # Labels beyond a batch's mass are a finding of their own.
        if (step := row.broken) and step.name in {"harvest", "product"}
    ]


def _unbalanced(row: Balance, step: str, over_g: int) -> Finding:
    over = _("%(year)s 年采收比产能多 %(kg)s 公斤") if step == "harvest" else _("%(year)s 年产品比原料多 %(kg)s 公斤")
    return Finding(
        kind="unbalanced",
        level="bad",
        weight=85,
        number=over_g // 1_000,
        who=f"{row.enterprise.name if row.enterprise else ''} · {row.indication.name}",
        text=over % {"year": row.capacity.year, "kg": write_kg(over_g)},
        page="regulator-balance-one",
        key=row.indication.code,
    )


def shared_ground(actor: Actor, today: date) -> list[Finding]:
    """Outlines of two enterprises that share ground: one field would bear twice."""
    rows = PlotOverlap.objects.filter(within(actor, "plot__region_id")).select_related(
        "plot__enterprise", "plot__indication"
    )
    return [
        Finding(
            kind="shared_ground",
            level="warn",
            weight=55,
            number=row.shared_m2,
            who=f"{row.plot.enterprise.name} · {row.plot.indication.name}",
            text=_("地块与其他企业的重叠 %(area)s 平方米") % {"area": row.shared_m2},
            page="plot",
            key=str(row.plot.code),
        )
        for row in rows.order_by("pk")
    ]


Rule = Callable[[Actor, date], list[Finding]]
RULES: tuple[Rule, ...] = (
    overlabelled,
    near_quota,
    scanned_after_suspension,
    scanned_unactivated,
    unbalanced,
    shared_ground,
    idle,
    open_complaints,
)


def findings(*, actor: Actor, today: date, kind: str = "") -> list[Finding]:
    """All findings in the actor's regions, or those of one kind, ranked."""
    found = [finding for rule in RULES if not kind or rule.__name__ == kind for finding in rule(actor, today)]
    return sorted(found, key=lambda finding: (-finding.weight, -finding.number, finding.who))
