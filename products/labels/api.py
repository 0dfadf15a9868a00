"""Label runs over the API."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Router, Schema, Status

from products.http import actor_of, now_of, paginate
from products.labels.models.label_run import LabelRange, LabelRun, PrintFile
from products.labels.queries.runs import find_run, run_summary, runs_of
from products.labels.services.artefacts import code_list, one_label
from products.labels.services.label_runs import activate_labels, issue_label_run, void_labels
from products.labels.services.print_files import find_print_file, open_print_file, request_print_file
from products.trace.queries.batches import find_batch

router = Router(tags=["labels"])
CONTENT_TYPES = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}


class RunIn(Schema):
    quantity: int
    unit_mass_g: int


class RunOut(Schema):
    code: str
    batch: UUID
    quantity: int
    unit_mass_g: int
    issued_at: datetime
    activated_count: int
    voided_count: int

    @staticmethod
    def of(run: LabelRun) -> RunOut:
        summary = run_summary(run)
        return RunOut(
            code=run.code,
            batch=run.batch.code,
            quantity=run.quantity,
            unit_mass_g=run.unit_mass_g,
            issued_at=run.issued_at,
            activated_count=summary.activated,
            voided_count=summary.voided,
        )


class RunPageOut(Schema):
    items: list[RunOut]
    next: str | None


class RangeIn(Schema):
    first_serial: int
    last_serial: int


class VoidIn(RangeIn):
    reason: str


class RangeOut(Schema):
    kind: str
    first_serial: int
    last_serial: int
    reason: str
    at: datetime

    @staticmethod
    def of(row: LabelRange) -> RangeOut:
        return RangeOut(
            kind=row.kind, first_serial=row.first_serial, last_serial=row.last_serial, reason=row.reason, at=row.at
        )


class PrintFileIn(RangeIn):
    kind: str
    layout: str = ""


class PrintFileOut(Schema):
    code: UUID
    kind: str
    state: str
    done_count: int
    first_serial: int
    last_serial: int
    expires_at: datetime
    failure: str

    @staticmethod
    def of(row: PrintFile) -> PrintFileOut:
        return PrintFileOut(
            code=row.code,
            kind=row.kind,
            state=row.state,
            done_count=row.done_count,
            first_serial=row.first_serial,
            last_serial=row.last_serial,
            expires_at=row.expires_at,
            failure=row.failure,
        )


@router.get(
    "/batches/{uuid:code}/label-runs", response=RunPageOut, operation_id="list_label_runs", summary="Runs of a batch"
)
def list_label_runs(request: HttpRequest, code: UUID, cursor: str = "", limit: int = 50) -> RunPageOut:
    rows, following = paginate(runs_of(find_batch(actor=actor_of(request), code=code)), cursor=cursor, limit=limit)
    return RunPageOut(items=[RunOut.of(row) for row in rows], next=following)


@router.post(
    "/batches/{uuid:code}/label-runs",
    response={201: RunOut},
    operation_id="issue_label_run",
    summary="Issue labels, within the batch's mass and the year's quota",
)
def issue_run(request: HttpRequest, code: UUID, body: RunIn) -> Status[RunOut]:
    run = issue_label_run(actor=actor_of(request), batch_code=code, now=now_of(request), **body.dict())
    return Status(201, RunOut.of(run))


@router.get("/label-runs/{code}", response=RunOut, operation_id="get_label_run", summary="A run")
def get_label_run(request: HttpRequest, code: str) -> RunOut:
    return RunOut.of(find_run(actor=actor_of(request), code=code))


@router.get("/label-runs/{code}/codes.csv", operation_id="get_codes", summary="The unit codes as CSV")
def get_codes(
    request: HttpRequest, code: str, first_serial: int = 1, last_serial: int | None = None
) -> StreamingHttpResponse:
    pieces = code_list(
        actor=actor_of(request), run_code=code, first_serial=first_serial, last_serial=last_serial, now=now_of(request)
    )
    return StreamingHttpResponse(pieces, content_type=CONTENT_TYPES["csv"])


@router.get("/label-runs/{code}/labels/{int:serial}.png", operation_id="get_label_png", summary="One label as PNG")
def get_label_png(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    content = one_label(actor=actor_of(request), run_code=code, serial=serial, form="png", now=now_of(request))
    return HttpResponse(content, content_type=CONTENT_TYPES["png"])


@router.get("/label-runs/{code}/labels/{int:serial}.svg", operation_id="get_label_svg", summary="One label as SVG")
def get_label_svg(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    content = one_label(actor=actor_of(request), run_code=code, serial=serial, form="svg", now=now_of(request))
    return HttpResponse(content, content_type=CONTENT_TYPES["svg"])


@router.post(
    "/label-runs/{code}/activations",
    response={201: RangeOut},
    operation_id="activate_labels",
    summary="Say that labels are on packs",
)
def activate(request: HttpRequest, code: str, body: RangeIn) -> Status[RangeOut]:
    row = activate_labels(actor=actor_of(request), run_code=code, now=now_of(request), **body.dict())
    return Status(201, RangeOut.of(row))


@router.post(
    "/label-runs/{code}/voids", response={201: RangeOut}, operation_id="void_labels", summary="End labels for good"
)
def void(request: HttpRequest, code: str, body: VoidIn) -> Status[RangeOut]:
    row = void_labels(actor=actor_of(request), run_code=code, now=now_of(request), **body.dict())
    return Status(201, RangeOut.of(row))


@router.post(
    "/label-runs/{code}/print-files",
    response={202: PrintFileOut},
    operation_id="request_print_file",
    summary="Have a print file made",
)
def request_file(request: HttpRequest, code: str, body: PrintFileIn) -> Status[PrintFileOut]:
    row = request_print_file(actor=actor_of(request), run_code=code, now=now_of(request), **body.dict())
    return Status(202, PrintFileOut.of(row))


@router.get(
    "/print-files/{uuid:code}", response=PrintFileOut, operation_id="get_print_file", summary="How far a print file is"
)
def get_print_file(request: HttpRequest, code: UUID) -> PrintFileOut:
    return PrintFileOut.of(find_print_file(actor=actor_of(request), code=code, now=now_of(request)))


@router.get("/print-files/{uuid:code}/file", operation_id="download_print_file", summary="The finished print file")
def download_print_file(request: HttpRequest, code: UUID) -> FileResponse:
    row, stream = open_print_file(actor=actor_of(request), code=code, now=now_of(request))
    return FileResponse(stream, content_type=CONTENT_TYPES[row.kind], filename=f"{row.run.code}.{row.kind}")
