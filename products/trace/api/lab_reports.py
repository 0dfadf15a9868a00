"""Laboratory reports over the API."""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime
from typing import Self
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status

from products.access import Scope, require_scope
from products.http import actor_of, now_of
from products.trace.domain.lab_values import MAX_FILE_BYTES
from products.trace.errors import LabFileRefused, LabFileTooLarge
from products.trace.models.batch import Batch
from products.trace.models.lab_report import LabReport
from products.trace.queries.batches import find_batch
from products.trace.queries.lab import is_standing
from products.trace.queries.lab_page import LabLine, LabPage, lab_page
from products.trace.services.lab_checks import NewReport, NewResult
from products.trace.services.lab_reports import record_lab_report
from products.trace.services.report_files import download_name, read_report_file

router = Router(tags=["batches"])


class LabResultIn(Schema):
    """`value` is a decimal string, `<0.01` for below the limit of detection; `basis` as the standard has it (以乙酸计)."""

    indicator: str
    value: str
    unit: str = ""
    basis: str = ""
    method: str = ""


class LabReportIn(Schema):
    """`file` is the report as PDF, JPEG or PNG in base64, 10 MB at most; `replaces` with a `reason` takes a wrong one's place."""

    laboratory: str
    cma_number: str
    cma_from: date
    cma_to: date
    report_no: str
    sampled_on: date
    issued_on: date
    grade: str = ""
    results: list[LabResultIn] = []
    file: str = ""
    file_name: str = ""
    replaces: UUID | None = None
    reason: str = ""

    def as_report(self) -> NewReport:
        """Raises LabFileTooLarge, LabFileRefused."""
        given = self.dict(exclude={"file", "results", "replaces", "reason"})
        return NewReport(
            **given, file=_decoded(self.file), results=[NewResult(**result.dict()) for result in self.results]
        )


def _decoded(text: str) -> bytes:
    if len(text) > (MAX_FILE_BYTES + 2) // 3 * 4:
        raise LabFileTooLarge(_("文件超过 10 MB。请压缩，或降低扫描分辨率后再上传。"), field="file")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise LabFileRefused(_("file 须为 base64 编码。"), field="file") from error


class LabResultOut(Schema):
    indicator: str
    value: str
    comparator: str
    unit: str
    basis: str
    method: str


class LabFileOut(Schema):
    sha256: str
    name: str
    type: str
    size: int


class LabReportOut(Schema):
    """`is_standing`: no later report takes its place; those that do not stand are not judged."""

    code: UUID
    laboratory: str
    cma_number: str
    cma_from: date
    cma_to: date
    report_no: str
    sampled_on: date
    issued_on: date
    grade: str
    results: list[LabResultOut]
    file: LabFileOut | None
    replaces: UUID | None
    reason: str
    is_standing: bool
    by: str
    at: datetime

    @classmethod
    def of(cls, row: LabReport) -> Self:
        own = (
            "code", "laboratory", "cma_number", "cma_from", "cma_to", "report_no", "sampled_on", "issued_on", "grade",
            "reason", "by", "at",
        )  # fmt: skip
        file = LabFileOut(sha256=row.file_sha256, name=row.file_name, type=row.file_type, size=row.file_size)
        return cls(
            **{name: getattr(row, name) for name in own},
            results=[LabResultOut.from_orm(each) for each in row.results.all()],
            file=file if row.file_sha256 else None,
            replaces=row.replaces.code if row.replaces else None,
            is_standing=is_standing(row),
        )


class LabVerdictLine(Schema):
    """`verdict`: passed, failed, missing or no_limit. `demand` and `detail` are for people."""

    indicator: str
    name: str
    basis: str
    demand: str
    verdict: str
    detail: str
    limit_key: str

    @classmethod
    def of(cls, line: LabLine) -> Self:
        return cls(**{name: getattr(line, name) for name in cls.model_fields})


class LimitVerdictOut(Schema):
    """One limit; no_limit where it does not apply to this product, as another band of alcohol."""

    limit_key: str
    verdict: str
    detail: str


class LabPageOut(Schema):
    """`verdict`: passed, failed, incomplete or no_limits_configured, against the version in force on the day of production.

    `unjudged` limits are unclear in their source; `process` limits are not a laboratory's to judge.
    """

    verdict: str
    summary: str
    standard: str
    indicators: list[LabVerdictLine]
    limits: list[LimitVerdictOut]
    unjudged: list[LabVerdictLine]
    process: list[LabVerdictLine]
    reports: list[LabReportOut]

    @classmethod
    def of(cls, batch: Batch) -> Self:
        page: LabPage = lab_page(batch)
        return cls(
            verdict=page.verdict.overall.value,
            summary=page.summary,
            standard=page.standard,
            indicators=[LabVerdictLine.of(line) for line in page.lines],
            limits=[
                LimitVerdictOut(limit_key=each.limit.key, verdict=each.verdict.value, detail=each.detail)
                for each in page.verdict.limits
            ],
            unjudged=[LabVerdictLine.of(line) for line in page.unjudged],
            process=[LabVerdictLine.of(line) for line in page.process],
            reports=[LabReportOut.of(each.row) for each in page.reports],
        )


@router.get(
    "/batches/{uuid:code}/lab-reports",
    response=LabPageOut,
    operation_id="list_lab_reports",
    summary="Laboratory reports of a batch, newest first, and the verdict on it",
)
def read_lab_reports(request: HttpRequest, code: UUID) -> LabPageOut:
    actor = actor_of(request)
    require_scope(actor, Scope.READ)
    return LabPageOut.of(find_batch(actor=actor, code=code))


@router.post(
    "/batches/{uuid:code}/lab-reports",
    response={201: LabReportOut},
    operation_id="record_lab_report",
    summary="Enter a laboratory report, or replace a wrong one",
)
def create_lab_report(request: HttpRequest, code: UUID, body: LabReportIn) -> Status[LabReportOut]:
    row = record_lab_report(
        actor=actor_of(request),
        batch_code=code,
        report=body.as_report(),
        replaces=body.replaces,
        reason=body.reason,
        now=now_of(request),
    )
    return Status(201, LabReportOut.of(row))


@router.get(
    "/batches/{uuid:code}/lab-reports/{uuid:report}/file",
    operation_id="download_lab_report",
    summary="The file of a laboratory report: for its maker, the registrant, offices of the region and auditors",
)
def download_lab_report(request: HttpRequest, code: UUID, report: UUID) -> HttpResponse:
    row, content = read_report_file(actor=actor_of(request), batch_code=code, code=report)
    # Never shown inside a page of ours: whatever it holds, it is a file to keep.
    headers = {"Content-Disposition": f'attachment; filename="{download_name(row)}"'}
    return HttpResponse(content, content_type=row.file_type, headers=headers)
