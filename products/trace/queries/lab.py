"""Laboratory reports of a batch, the rules they are held against, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.errors import NotFound
from products.registry.domain.limits import Measurement
from products.registry.domain.requirements import Comparator, parse_limit
from products.registry.models.standard import Limit
from products.trace.domain.verdict import BatchVerdict, Rule, Sample, judge_batch
from products.trace.models.batch import Batch
from products.trace.models.lab_report import LabReport
from products.trace.queries.batches import find_batch

FILE_READERS = (Role.PRODUCER, Role.ASSOCIATION, Role.INSPECTOR, Role.AUDITOR)


def limit_rows(batch: Batch) -> list[Limit]:
    """The limits of the version in force on the day of production; none where none is configured."""
    return list(batch.standard_version.limits.all()) if batch.standard_version else []


def rule_of(row: Limit) -> Rule:
    """A limit as judging takes it. One whose parts do not fit together is unclear, never dropped and never a pass."""
    try:
        limit = parse_limit(
            key=row.key,
            indicator=row.indicator,
            unit=row.unit,
            comparator=row.comparator,
            values=row.values,
            condition=row.condition,
            is_usable=row.is_usable,
            basis=row.basis,
        )
    except (ValueError, KeyError, TypeError):
        nothing = parse_limit(
            key=row.key, indicator=row.indicator, unit=row.unit, comparator=Comparator.FORBIDDEN, values=[],
            condition=None, is_usable=False,
        )  # fmt: skip
        return Rule(nothing, row.scope)
    return Rule(limit, row.scope)


def rules_of(batch: Batch) -> list[Rule]:
    return [rule_of(row) for row in limit_rows(batch)]


def reports_of(batch: Batch) -> list[LabReport]:
    """Every report with its results, the oldest first; replaced ones stay visible."""
    found = batch.lab_reports.select_related("replaces", "replaced_by").prefetch_related("results")
    return list(found.order_by("pk"))


def is_standing(report: LabReport) -> bool:
    """Whether no later report takes its place."""
    return not hasattr(report, "replaced_by")


def sample_of(report: LabReport) -> Sample:
    measured = {
        row.indicator: Measurement(Decimal(row.value), row.unit, is_below=row.comparator == "<", basis=row.basis)
        for row in report.results.all()
    }
    return Sample(measured, report.grade)


def verdict_of(rules: Sequence[Rule], reports: Sequence[LabReport]) -> BatchVerdict:
    """What the reports that stand say together."""
    return judge_batch(rules, [sample_of(report) for report in reports if is_standing(report)])


def batch_verdict(batch: Batch) -> BatchVerdict:
    return verdict_of(rules_of(batch), reports_of(batch))


def find_report(*, actor: Actor, batch_code: UUID, code: UUID) -> LabReport:
    """A report of a batch the actor may see. Raises NotFound."""
    batch = find_batch(actor=actor, code=batch_code)
    found = batch.lab_reports.filter(code=code).first()
    if found is None:
        raise NotFound(_("这个批次没有这份检验报告。"))
    return found


def find_report_file(*, actor: Actor, batch_code: UUID, code: UUID) -> LabReport:
    """A report whose file the actor may have: maker, registrant, offices of the region, auditors.

    Raises Forbidden, NotFound.
    """
    require_scope(actor, Scope.READ, *FILE_READERS)
    report = find_report(actor=actor, batch_code=batch_code, code=code)
    if not report.file_sha256:
        raise NotFound(_("这份检验报告没有上传文件。"))
    return report
