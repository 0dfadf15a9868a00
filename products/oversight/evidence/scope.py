"""What a bundle of evidence is about, as far as whoever asks may see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from products.access import Actor, Role
from products.errors import NotFound
from products.labels.models.label_run import LabelRun
from products.oversight.models.case import Case
from products.oversight.models.inspection import Inspection
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.scans.models.complaint import Complaint
from products.trace.models.batch import Batch
from products.trace.models.certificate import ConformityCertificate
from products.trace.models.lab_report import LabReport

OFFICES = (Role.INSPECTOR, Role.AUDITOR)


@dataclass
class Scope:
    """The rows a bundle holds. `page` is the address of the subject's page on this site, `uscc` the enterprise's."""

    subject: str
    title: str
    page: str
    uscc: str
    is_demo: bool
    enterprises: QuerySet[Enterprise]
    authorisations: QuerySet[Authorisation]
    batches: QuerySet[Batch]
    runs: QuerySet[LabelRun]
    inspections: QuerySet[Inspection]
    complaints: QuerySet[Complaint]
    cases: QuerySet[Case]
    # What a consumer wrote belongs to the case it led to, not to every bundle about the pack's maker.
    with_complaint_text: bool = False
    left_out: list[str] = field(default_factory=list)

    @property
    def lab_reports(self) -> QuerySet[LabReport]:
        return LabReport.objects.filter(batch__in=self.batches.order_by().values("pk"))

    @property
    def certificates(self) -> QuerySet[ConformityCertificate]:
        return ConformityCertificate.objects.filter(batch__in=self.batches.order_by().values("pk"))

    def subjects(self) -> Iterator[str]:
        """How the log names these rows, in a settled order."""
        for prefix, column, rows in (
            ("enterprise", "uscc", self.enterprises),
            ("authorisation", "code", self.authorisations),
            ("batch", "code", self.batches),
            ("lab-report", "code", self.lab_reports),
            ("certificate", "code", self.certificates),
            ("run", "code", self.runs),
            ("inspection", "number", self.inspections),
            ("complaint", "number", self.complaints),
            ("case", "number", self.cases),
        ):
            for value in rows.order_by("pk").values_list(column, flat=True).iterator(2_000):
                yield f"{prefix}:{value}"


def find_scope(*, actor: Actor, kind: str, code: str) -> Scope:
    """The rows of a `batch` (UUID), `case` (number) or `enterprise` (USCC).

    Raises NotFound for what is not there, for another's, and for everybody but the producer itself, the offices of
    the region and auditors.
    """
    find = {"batch": _batch, "case": _case, "enterprise": _enterprise}.get(kind)
    if find is None or not (actor.is_role(*OFFICES) or (actor.is_role(Role.PRODUCER) and actor.uscc)):
        raise _not_found()
    return find(actor, code)


def _batch(actor: Actor, code: str) -> Scope:
    found = Batch.objects.visible_to(actor).filter(code=_uuid(code))
    batch = found.select_related("authorisation__enterprise", "authorisation__indication").first()
    if batch is None:
        raise _not_found()
    authorisation, firm = batch.authorisation, batch.authorisation.enterprise
    complaints = Complaint.objects.visible_to(actor).filter(run__batch=batch)
    return Scope(
        subject=f"batch:{batch.code}",
        title=f"批次 {batch.lot}（{authorisation.indication.name}，{firm.name}）",
        page=f"/producer/batches/{batch.code}",
        uscc=firm.uscc,
        is_demo=batch.is_demo,
        enterprises=Enterprise.objects.filter(pk=firm.pk),
        authorisations=Authorisation.objects.filter(pk=authorisation.pk),
        batches=found,
        runs=LabelRun.objects.filter(batch=batch),
        inspections=_inspections(actor).filter(authorisation=authorisation),
        complaints=complaints,
        cases=Case.objects.visible_to(actor).filter(complaint__in=complaints.order_by().values("pk")),
    )


def _enterprise(actor: Actor, code: str) -> Scope:
    firm = Enterprise.objects.filter(uscc=code.upper()).first()
    if firm is None or not (actor.uscc == firm.uscc if actor.is_role(Role.PRODUCER) else actor.covers(firm.region_id)):
        raise _not_found()
    batches = Batch.objects.visible_to(actor).filter(authorisation__enterprise=firm).exclude(state=Batch.State.DRAFT)
    runs = LabelRun.objects.filter(batch__in=batches.order_by().values("pk"))
    return Scope(
        subject=f"enterprise:{firm.uscc}",
        title=f"企业 {firm.name}（{firm.uscc}）",
        page=f"/enterprises/{firm.uscc}",
        uscc=firm.uscc,
        is_demo=firm.is_demo,
        enterprises=Enterprise.objects.filter(pk=firm.pk),
        authorisations=Authorisation.objects.visible_to(actor).filter(enterprise=firm),
        batches=batches,
        runs=runs,
        inspections=_inspections(actor).filter(authorisation__enterprise=firm),
        complaints=Complaint.objects.visible_to(actor).filter(run__in=runs.order_by().values("pk")),
        cases=Case.objects.visible_to(actor).filter(enterprise=firm),
    )


def _case(actor: Actor, code: str) -> Scope:
    """A case with its complaint, the pack complained about, and the enterprise with its right to the mark."""
    found = Case.objects.visible_to(actor).filter(number=code)
    case = found.select_related("enterprise", "complaint__run__batch").first()
    if case is None:
        raise _not_found()
    firm, run = case.enterprise, case.complaint.run if case.complaint else None
    batches = Batch.objects.visible_to(actor).filter(pk__in=[run.batch_id] if run else [])
    runs = LabelRun.objects.filter(pk__in=[run.pk] if run else [], batch__in=batches.order_by().values("pk"))
    firms = Enterprise.objects.filter(pk__in=[firm.pk] if firm else [])
    own = firms.order_by().values("pk")
    scope = Scope(
        subject=f"case:{case.number}",
        title=f"案件 {case.number}（{case.get_act_display()}）",
        page=f"/regulator/cases/{case.number}",
        uscc=firm.uscc if firm else "",
        is_demo=case.is_demo,
        enterprises=firms,
        authorisations=Authorisation.objects.visible_to(actor).filter(enterprise__in=own),
        batches=batches,
        runs=runs,
        inspections=_inspections(actor).filter(authorisation__enterprise__in=own),
        complaints=Complaint.objects.visible_to(actor).filter(case=case),
        cases=found,
        with_complaint_text=True,
    )
    if run and not batches.exists():
        scope.left_out.append("所涉批次和标签的记录：生产者不在导出单位辖区内")
    return scope


def _inspections(actor: Actor) -> QuerySet[Inspection]:
    """Those of the office's region; a producer has what everybody has, the published ones."""
    if actor.is_role(Role.PRODUCER):
        return Inspection.objects.filter(state=Inspection.State.PUBLISHED)
    return Inspection.objects.visible_to(actor)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise _not_found() from error


def _not_found() -> NotFound:
    return NotFound(_("没有这个批次、案件或企业，或您无权导出其证据。"))
