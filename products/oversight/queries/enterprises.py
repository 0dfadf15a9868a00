"""One enterprise's use of the mark, in detail."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from products.access import Actor
from products.errors import NotFound
from products.labels.models.label_run import LabelRun
from products.oversight.models.case import Case
from products.oversight.models.inspection import Inspection
from products.oversight.queries import work
from products.oversight.queries.mark_use import MarkUse, mark_use
from products.oversight.queries.scope import within
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.scans.models.complaint import Complaint
from products.scans.queries import scan_counts_by_month
from products.trace.models.batch import Batch

SHOWN = 50


@dataclass(frozen=True)
class EnterpriseUse:
    """The newest SHOWN batches and runs; the counts of `use` open the rest."""

    enterprise: Enterprise
    use: MarkUse
    authorisations: list[Authorisation]
    batches: list[Batch]
    runs: list[LabelRun]
    # (2026-11, scans), the oldest month first
    scans: list[tuple[str, int]]
    complaints: list[Complaint]
    inspections: list[Inspection]
    cases: list[Case]

    @property
    def most_scans(self) -> int:
        return max((count for _month, count in self.scans), default=0)


def enterprise_use(*, actor: Actor, uscc: str, year: int) -> EnterpriseUse:
    """Raises NotFound outside the actor's regions."""
    firm = (
        Enterprise.objects.filter(within(actor, "region_id"), uscc=uscc.upper())
        .select_related("region__parent")
        .first()
    )
    if firm is None:
        raise NotFound(_("没有这家企业，或不在您的辖区内。"))
    own = Batch.objects.filter(authorisation__enterprise=firm).exclude(state=Batch.State.DRAFT)
    return EnterpriseUse(
        enterprise=firm,
        use=mark_use(actor=actor, enterprises=[firm], year=year)[0],
        authorisations=list(
            firm.authorisations.select_related("indication").prefetch_related("quotas").order_by("-submitted_at")
        ),
        batches=list(own.select_related("authorisation__indication").order_by("-created_at")[:SHOWN]),
        runs=list(_runs(firm)[:SHOWN]),
        scans=scan_counts_by_month(uscc=firm.uscc),
        complaints=list(work.complaints(actor=actor, uscc=firm.uscc)[:SHOWN]),
        inspections=list(work.inspections(actor=actor, uscc=firm.uscc)[:SHOWN]),
        cases=list(work.cases(actor=actor, uscc=firm.uscc)[:SHOWN]),
    )


def _runs(firm: Enterprise) -> QuerySet[LabelRun]:
    size = F("ranges__last_serial") - F("ranges__first_serial") + 1
    return (
        LabelRun.objects.filter(batch__authorisation__enterprise=firm)
        .select_related("batch")
        .annotate(
            activated=Sum(size, filter=Q(ranges__kind="activated"), default=0),
            voided=Sum(size, filter=Q(ranges__kind="voided"), default=0),
        )
        .order_by("-issued_at", "-pk")
    )
