"""Imports of batches over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from products.http import actor_of, now_of
from products.trace.models.batch_import import BatchImport
from products.trace.services.import_files import plan_of
from products.trace.services.import_plan import PlanRow, name_batches
from products.trace.services.imports import confirm_import, find_import, start_import

router = Router(tags=["batches"])
_FILE = {"schema": {"type": "string", "format": "binary"}}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _FILE,
            "text/csv": _FILE,
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": _FILE["schema"]}, "required": ["file"]}
            },
        },
    }
}


class CellErrorOut(Schema):
    """`cell` is the address in the sheet, row and column together; `heading` stands above it; `field` is the column's name."""

    row: int
    column: str
    cell: str
    field: str
    heading: str
    code: str
    text: str


class ConfirmIn(Schema):
    """`plan_sha256` as the check gave it: what was shown is registered, or nothing."""

    plan_sha256: str


class DifferenceOut(Schema):
    field: str
    name: str
    before: str
    after: str


class ImportRowOut(Schema):
    """`action` is create, same, differs or error; `batch` is the one that is there."""

    row: int
    action: str
    lot: str
    batch: UUID | None
    differences: list[DifferenceOut]


class ImportOut(Schema):
    """`state` is to_check, checking, checked, to_register, registering, done or failed."""

    code: UUID
    state: str
    failure: str
    sha256: str
    sheet: str
    notes: list[str]
    row_count: int
    create_count: int
    same_count: int
    differs_count: int
    error_count: int
    done_count: int
    made_count: int
    expires_at: datetime
    plan_sha256: str
    rows: list[ImportRowOut]
    errors: list[CellErrorOut]

    @classmethod
    def of(cls, row: BatchImport) -> Self:
        plan = None if row.is_under_way else plan_of(row)
        if plan:
            name_batches(plan.rows)
        return cls(
            **{name: getattr(row, name) for name in _OWN},
            sheet=plan.sheet if plan else "",
            notes=plan.notes if plan else [],
            rows=[_row_out(each) for each in plan.rows] if plan else [],
            errors=[CellErrorOut(**error) for error in plan.errors] if plan else [],
        )


_OWN = [name for name in ImportOut.model_fields if name not in {"sheet", "notes", "rows", "errors"}]


def _row_out(row: PlanRow) -> ImportRowOut:
    batch = UUID(row.batch) if row.batch else None
    differences: list[Any] = row.differences
    return ImportRowOut(row=row.row, action=row.action, lot=row.facts["lot"], batch=batch, differences=differences)


def _upload_of(request: HttpRequest) -> tuple[bytes, str]:
    """Content and name of the file: a field of a form, or the body itself."""
    if request.content_type != "multipart/form-data":
        return request.body, ""
    files = request.FILES.getlist("file")
    return (files[0].read(), files[0].name or "") if files else (b"", "")


@router.post(
    "/batches/imports",
    response={200: ImportOut, 201: ImportOut, 202: ImportOut},
    operation_id="import_batches",
    summary="Check a sheet of batches (.xlsx, CSV), or check and register it",
    openapi_extra=_BODY,
)
def import_batches(request: HttpRequest, dry_run: bool = True) -> Status[ImportOut]:
    """The file is the body itself, or the field `file` of a form. A dry run writes nothing and answers 200.

    Otherwise all new rows are registered (201), many of them in the background (202, then see `read_batch_import`);
    with an error in any cell nothing is registered (422, one entry for each cell). The same file may be sent again:
    rows that are registered are left alone.
    """
    actor, now = actor_of(request), now_of(request)
    content, name = _upload_of(request)
    row = start_import(actor=actor, content=content, name=name, waits=True, now=now)
    if dry_run:
        return Status(200, ImportOut.of(row))
    row = confirm_import(actor=actor, code=row.code, plan_sha256=row.plan_sha256, now=now)
    return Status(201 if row.state == BatchImport.State.DONE else 202, ImportOut.of(row))


@router.get(
    "/batches/imports/{uuid:code}",
    response=ImportOut,
    operation_id="read_batch_import",
    summary="How far an import of yours is, and what it found",
)
def read_batch_import(request: HttpRequest, code: UUID) -> ImportOut:
    return ImportOut.of(find_import(actor=actor_of(request), code=code, now=now_of(request)))


@router.post(
    "/batches/imports/{uuid:code}/registration",
    response={201: ImportOut, 202: ImportOut},
    operation_id="confirm_batch_import",
    summary="Register the new rows of a checked import",
)
def confirm(request: HttpRequest, code: UUID, body: ConfirmIn) -> Status[ImportOut]:
    row = confirm_import(actor=actor_of(request), code=code, plan_sha256=body.plan_sha256, now=now_of(request))
    return Status(201 if row.state == BatchImport.State.DONE else 202, ImportOut.of(row))
