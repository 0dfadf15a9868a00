"""What waits for a producer today, and what an association looks after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q

from products.access import Actor
from products.registry.models.authorisation import Authorisation, YearQuota
from products.registry.models.indication import Indication
from products.registry.queries.authorisations import own_authorisations
from products.trace.models.batch import Batch
from products.trace.models.recall import RecallNotice
from products.trace.queries.batches import run_mass, whole_batches
from products.trace.queries.recall_page import open_notices

EXPIRES_SOON = timedelta(days=90)
NEARLY_USED_PERCENT = 90
RECENT, SHOWN = 8, 6
OPEN_STATES = ("submitted", "county_checked", "city_checked", "province_approved")


@dataclass(frozen=True)
class IdleRun:
    """Labels that were printed and never put to use."""

    code: str
    quantity: int
    issued_at: datetime
    batch_code: UUID
    lot: str


@dataclass(frozen=True)
class QuotaLine:
    """A year's quota in grams and how much of it labels were issued for."""

    authorisation: Authorisation
    year: int
    quota_g: int
    issued_g: int

    @property
    def percent(self) -> int:
        return min(100, self.issued_g * 100 // self.quota_g)

    @property
    def left_g(self) -> int:
        return max(0, self.quota_g - self.issued_g)

    @property
    def is_nearly_used(self) -> bool:
        return self.issued_g * 100 >= self.quota_g * NEARLY_USED_PERCENT


@dataclass(frozen=True)
class Application:
    """An authorisation that is not in force, and the last word an office said about it."""

    authorisation: Authorisation
    reason: str
    document_no: str


@dataclass(frozen=True)
class Workplace:
    """A producer's to-do list, each part with its most urgent rows first, and the newest batches."""

    notices: Sequence[RecallNotice]
    drafts: Sequence[Batch]
    unreleased: Sequence[Batch]
    held: Sequence[Batch]
    idle_runs: Sequence[IdleRun]
    expiring: Sequence[Authorisation]
    stopped: Sequence[Application]
    applications: Sequence[Application]
    quotas: Sequence[QuotaLine]
    recent: Sequence[Batch]
    has_authorisation: bool

    @property
    def tight_quotas(self) -> list[QuotaLine]:
        return [line for line in self.quotas if line.is_nearly_used]

    @property
    def is_clear(self) -> bool:
        """Whether nothing waits."""
        waiting = (self.notices, self.drafts, self.unreleased, self.held, self.idle_runs, self.expiring, self.stopped)
        return not any([*waiting, self.applications, self.tight_quotas])


def workplace_of(*, actor: Actor, today: date) -> Workplace:
    """Everything the producer's first page shows."""
    batches = whole_batches(actor)
    own = list(own_authorisations(actor=actor))
    announced = [one for one in own if one.state == "announced" and one.valid_until >= today]
    # A lapsed authorisation is worth a line for as long as it was worth one before.
    lapsing = [one for one in own if one.state == "announced" and abs(one.valid_until - today) <= EXPIRES_SOON]
    return Workplace(
        notices=open_notices(actor=actor)[:SHOWN],
        drafts=list(batches.filter(state="draft")[:SHOWN]),
        unreleased=list(batches.filter(state="registered").order_by("created_at", "pk")[:SHOWN]),
        held=list(batches.filter(state="held")[:SHOWN]),
        idle_runs=idle_runs(actor)[:SHOWN],
        expiring=sorted(lapsing, key=lambda one: one.valid_until),
        stopped=_applications([one for one in own if one.state in {"suspended", "withdrawn"}]),
        applications=_applications([one for one in own if one.state in {*OPEN_STATES, "refused"}]),
        quotas=quota_lines(announced, year=today.year),
        recent=list(batches[:RECENT]),
        has_authorisation=bool(announced),
    )


def idle_runs(actor: Actor) -> list[IdleRun]:
    """Runs of which no label was activated or voided, the oldest first."""
    rows = (
        Batch.objects.visible_to(actor)
        .filter(label_runs__isnull=False, label_runs__ranges__isnull=True)
        .exclude(state="recalled")
        .order_by("label_runs__issued_at")
        .values_list("label_runs__code", "label_runs__quantity", "label_runs__issued_at", "code", "lot")
    )
    return [IdleRun(*row) for row in rows]


def quota_lines(authorisations: Sequence[Authorisation], *, year: int) -> list[QuotaLine]:
    """The quota of a production year for each of these, the fullest first."""
    by_pk = {one.pk: one for one in authorisations}
    quotas = YearQuota.objects.filter(authorisation_id__in=by_pk, year=year)
    issued = dict(
        Batch.objects.filter(authorisation_id__in=by_pk, produced_on__year=year)
        .order_by()
        .values_list("authorisation_id")
        .annotate(mass=run_mass("label_runs__"))
    )
    lines = [
        QuotaLine(by_pk[quota.authorisation_id], year, quota.quota_g, issued.get(quota.authorisation_id, 0))
        for quota in quotas
    ]
    return sorted(lines, key=lambda line: -line.percent)


def _applications(authorisations: Sequence[Authorisation]) -> list[Application]:
    lines = []
    for one in authorisations:
        last = one.decisions.order_by("decided_at", "pk").last()
        lines.append(Application(one, last.reason if last else "", last.document_no if last else ""))
    return lines


@dataclass(frozen=True)
class Care:
    """What an association looks after: its indications, who uses them, who applied, the newest batches."""

    indications: Sequence[Indication]
    users: Sequence[Authorisation]
    user_count: int
    applications: Sequence[Application]
    recent: Sequence[Batch]
    batch_count: int


def care_of(*, actor: Actor, today: date) -> Care:
    """Everything the association's first page shows."""
    own = own_authorisations(actor=actor)
    users = own.filter(state__in=["announced", "suspended"]).annotate(
        batch_count=Count("batches", filter=~Q(batches__state="draft"))
    )
    in_use = Q(authorisations__state="announced", authorisations__valid_until__gte=today)
    return Care(
        indications=list(
            Indication.objects.filter(registrant_uscc=actor.uscc)
            .select_related("prefecture")
            .annotate(user_count=Count("authorisations", filter=in_use))
        ),
        users=list(users.order_by("enterprise__name")[:50]),
        user_count=users.count(),
        applications=_applications(list(own.filter(state__in=OPEN_STATES))),
        recent=list(whole_batches(actor)[:RECENT]),
        batch_count=Batch.objects.visible_to(actor).count(),
    )
