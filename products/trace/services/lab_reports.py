"""Entering laboratory reports, and what they mean for a release."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.audit import record
from products.errors import NotFound
from products.trace.errors import LabReportEmpty, LabReportExists, LabReportReplaced, WrongBatchState
from products.trace.models.batch import Batch
from products.trace.models.lab_report import LabReport, LabResult
from products.trace.queries.lab import is_standing, rules_of
from products.trace.services.batches import lock_batch
from products.trace.services.fact_checks import check_reason
from products.trace.services.lab_checks import (
    NewReport,
    check_cma,
    check_dates,
    check_grade,
    check_line,
    check_results,
)
from products.trace.services.report_files import check_file, keep


@transaction.atomic
def record_lab_report(
    *,
    actor: Actor,
    batch_code: UUID,
    report: NewReport,
    replaces: UUID | None = None,
    reason: str = "",
    now: datetime,
) -> LabReport:
    """Enter a laboratory's report on one's own batch; `replaces` with a `reason` puts it in place of a wrong one.

    Raises NotFound, WrongBatchState for a draft, LabReportExists, LabReportReplaced, ReasonMissing, and the refusals
    of `lab_checks` and `report_files`, having kept nothing.
    """
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    # Two people enter the same report, or replace the same one: the second sees what the first wrote.
    batch = lock_batch(actor=actor, code=batch_code)
    if batch.state == Batch.State.DRAFT:
        raise WrongBatchState(_("草稿还不能录入检验报告。请先登记批次。"))
    file = check_file(report.file, report.file_name)
    row = _checked_row(report, batch, now=now)
    rules = rules_of(batch)
    row.grade = check_grade(report.grade, rules)
    results = check_results(report.results, rules)
    if not results and not file.content:
        raise LabReportEmpty(_("请至少填一项检验值，或上传报告文件。"), field="file")
    row.replaces = _replaced(batch, replaces)
    row.reason = check_reason(reason) if row.replaces else ""
    _require_new(row)
    row.file_sha256, row.file_name, row.file_type = file.sha256, file.name, file.type
    row.file_size = len(file.content)
    row.by, row.at = actor.ledger_name, now
    keep(file)
    row.save(force_insert=True)
    for result in results:
        result.report = row
    LabResult.objects.bulk_create(results)
    record(
        actor=actor,
        kind="trace.lab_reported",
        subject=f"lab-report:{row.code}",
        data=report_statement(row, results),
        now=now,
    )
    return row


def _checked_row(new: NewReport, batch: Batch, *, now: datetime) -> LabReport:
    row = LabReport(
        batch=batch,
        laboratory=check_line(
            new.laboratory, field="laboratory", most=120, missing=_("请填写检验机构的全称，与报告封面一致。")
        ),
        report_no=check_line(new.report_no, field="report_no", most=60, missing=_("请填写报告编号。")),
        cma_number=check_cma(new),
        cma_from=new.cma_from,
        cma_to=new.cma_to,
        sampled_on=new.sampled_on,
        issued_on=new.issued_on,
    )
    check_dates(new, batch, today=timezone.localdate(now))
    return row


def _replaced(batch: Batch, code: UUID | None) -> LabReport | None:
    if code is None:
        return None
    found = batch.lab_reports.select_related("replaced_by").filter(code=code).first()
    if found is None:
        raise NotFound(_("这个批次没有要替换的那份检验报告。"), field="replaces")
    if not is_standing(found):
        raise LabReportReplaced(_("这份报告已被另一份替换。请打开最新的那份再更正。"), field="replaces")
    return found


def _require_new(row: LabReport) -> None:
    """The same number twice would be one report entered twice, unless one takes the other's place."""
    same = LabReport.objects.filter(
        batch=row.batch, laboratory=row.laboratory, report_no=row.report_no, replaced_by__isnull=True
    )
    if row.replaces:
        same = same.exclude(pk=row.replaces.pk)
    if same.exists():
        raise LabReportExists(
            _("这份报告（%(number)s）已经录入。如果填错了，请打开它选择“更正”。") % {"number": row.report_no},
            field="report_no",
        )


def report_statement(row: LabReport, results: list[LabResult]) -> dict[str, object]:
    """Every value of the report; the file by its hash."""
    return {
        "batch": str(row.batch.code),
        "laboratory": row.laboratory,
        "cma_number": row.cma_number,
        "cma_from": row.cma_from.isoformat(),
        "cma_to": row.cma_to.isoformat(),
        "report_no": row.report_no,
        "sampled_on": row.sampled_on.isoformat(),
        "issued_on": row.issued_on.isoformat(),
        "grade": row.grade,
        "file_sha256": row.file_sha256,
        "file_name": row.file_name,
        "file_type": row.file_type,
        "file_size": row.file_size,
        "replaces": str(row.replaces.code) if row.replaces else None,
        "reason": row.reason,
        "results": [
            {
                "indicator": each.indicator,
                "comparator": each.comparator,
                "value": each.value,
                "unit": each.unit,
                "basis": each.basis,
                "method": each.method,
            }
            for each in results
        ],
    }
