"""Laboratory reports of the small world."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from products.access import Actor
from products.registry.models.standard import StandardVersion
from products.trace.models.batch import Batch
from products.trace.services.lab_checks import NewReport, NewResult
from products.trace.services.lab_reports import record_lab_report
from tests import factories


def make_lab_reports(makers: Sequence[Actor], *, at: Sequence[datetime]) -> None:
    """Of each maker a report on the released batch, and another with a file that replaces it."""
    for version in StandardVersion.objects.all():
        factories.make_limit(version, "moisture", "le", "55", unit="%")
    codes: list[UUID] = []
    for number in range(4):
        earlier = codes[number - 2] if number > 1 else None
        batch = Batch.objects.get(lot=f"A{number % 2}")
        report = NewReport(
            laboratory="演示检验院",
            cma_number="230020349999",
            cma_from=date(2023, 1, 1),
            cma_to=date(2028, 12, 31),
            report_no=f"JY-{number}",
            sampled_on=date(2026, 11, 20),
            issued_on=date(2026, 11, 22),
            results=[NewResult("moisture", "<50.1", "%", method="GB 5009.3")],
            file=b"%PDF-1.7 report" if earlier else b"",
            file_name="报告.pdf",
        )
        made = record_lab_report(
            actor=makers[number % 2],
            batch_code=batch.code,
            report=report,
            replaces=earlier,
            reason="数值录错" if earlier else "",
            now=at[number],
        )
        codes.append(made.code)
