"""Starting and reading versions of standards over the API, and trying values on them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from products.access import Scope, require_scope
from products.http import actor_of, now_of, paginate
from products.registry.models.version_record import VersionRecord
from products.registry.queries.limit_words import comparison, lines_of, remark_text, try_values
from products.registry.queries.versions import find_record, whole_records
from products.registry.services.limit_drafts import number, plain
from products.registry.services.version_checks import remarks_of
from products.registry.services.version_contents import content_sha256, published_limits
from products.registry.services.version_drafts import start_draft

router = Router(tags=["standards"])


class DraftIn(Schema):
    indication: str
    standard_code: str
    title: str = ""
    replaces: str = ""


class TrialIn(Schema):
    """Values by indicator, each in the unit of its limit; `<0.01` where nothing was detected."""

    values: dict[str, str]
    grade: str = ""


class DraftLimitOut(Schema):
    key: str
    indicator: str
    name: str
    name_en: str
    unit: str
    basis: str
    comparator: str
    values: list[str]
    condition: dict[str, Any] | None
    scope: str
    is_usable: bool
    source: str
    confidence: str
    text: str
    text_en: str


class RemarkOut(Schema):
    code: str
    is_error: bool
    limit: str
    other: str | None
    text: str


class StepOut(Schema):
    action: str
    reason: str
    document_no: str
    content_sha256: str
    effective_to: date | None
    by: str
    at: datetime


class ChangesOut(Schema):
    follows: str
    added: list[str]
    removed: list[str]
    changed: dict[str, list[str]]


class VersionRecordOut(Schema):
    code: UUID
    state: str
    revision: int
    indication: str | None
    standard_code: str
    title: str
    label: str
    effective_from: date | None
    effective_to: date | None
    source: str
    max_yield_kg_per_ha: int | None
    drafted_by: str
    content_sha256: str

    @staticmethod
    def of(row: VersionRecord) -> VersionRecordOut:
        return VersionRecordOut(**_head(row))


class VersionDetailOut(VersionRecordOut):
    limits: list[DraftLimitOut]
    remarks: list[RemarkOut]
    changes: ChangesOut | None
    steps: list[StepOut]

    @staticmethod
    def detail(row: VersionRecord) -> VersionDetailOut:
        limits, remarks = published_limits(row), remarks_of(row)
        keys = [each["key"] for each in limits]
        return VersionDetailOut(
            **_head(row),
            limits=[
                DraftLimitOut(**line.facts, text=line.sentence.chinese, text_en=line.sentence.english)
                for line in lines_of(limits)
            ],
            remarks=[
                RemarkOut(
                    code=each.code,
                    is_error=each.is_error,
                    limit=keys[each.place],
                    other=None if each.other is None else keys[each.other],
                    text=remark_text(each, limits),
                )
                for each in remarks
            ],
            changes=_changes(row),
            steps=[StepOut.from_orm(step) for step in row.steps.all()],
        )


class VersionPageOut(Schema):
    items: list[VersionRecordOut]
    next: str | None


class TrialLineOut(Schema):
    key: str
    verdict: str
    detail: str
    text: str


class TrialOut(Schema):
    overall: str
    process: str
    limits: list[TrialLineOut]


def _head(row: VersionRecord) -> dict[str, Any]:
    names = [name for name in VersionRecordOut.model_fields if name not in {"indication", "content_sha256"}]
    return {
        **{name: getattr(row, name) for name in names},
        "indication": row.indication.code if row.indication else None,
        "content_sha256": content_sha256(row),
    }


def _changes(row: VersionRecord) -> ChangesOut | None:
    found = comparison(row, published_limits(row))
    if found is None:
        return None
    return ChangesOut(
        follows=found.before,
        added=[each["key"] for each in found.changes.added],
        removed=[each["key"] for each in found.changes.removed],
        changed={each.after["key"]: list(each.fields) for each in found.changes.changed},
    )


@router.get(
    "/standard-versions",
    response=VersionPageOut,
    operation_id="list_standard_versions",
    summary="Versions of standards I may see: drafts, under review, published",
)
def list_standard_versions(request: HttpRequest, state: str = "", cursor: str = "", limit: int = 50) -> VersionPageOut:
    actor = actor_of(request)
    require_scope(actor, Scope.READ)
    found = whole_records(actor)
    rows, following = paginate(found.filter(state=state) if state else found, cursor=cursor, limit=limit)
    return VersionPageOut(items=[VersionRecordOut.of(row) for row in rows], next=following)


@router.post(
    "/standard-versions",
    response={201: VersionDetailOut},
    operation_id="start_standard_version",
    summary="Draft a standard's first or next version",
)
def create_draft(request: HttpRequest, body: DraftIn) -> Status[VersionDetailOut]:
    given = body.dict()
    row = start_draft(actor=actor_of(request), indication_code=given.pop("indication"), now=now_of(request), **given)
    return Status(201, VersionDetailOut.detail(row))


@router.get(
    "/standard-versions/{uuid:code}",
    response=VersionDetailOut,
    operation_id="get_standard_version",
    summary="A version with its limits, what stands out, what changed and its steps",
)
def get_standard_version(request: HttpRequest, code: UUID) -> VersionDetailOut:
    actor = actor_of(request)
    require_scope(actor, Scope.READ)
    return VersionDetailOut.detail(find_record(actor=actor, code=code))


@router.post(
    "/standard-versions/{uuid:code}/trial",
    response=TrialOut,
    operation_id="try_standard_version",
    summary="Try values on a version; nothing is kept",
)
def create_trial(request: HttpRequest, code: UUID, body: TrialIn) -> TrialOut:
    actor = actor_of(request)
    require_scope(actor, Scope.READ)
    row = find_record(actor=actor, code=code)
    values = {
        key: (Decimal(number(plain(text).removeprefix("<"), f"values.{key}")), plain(text).startswith("<"))
        for key, text in body.values.items()
    }
    found = try_values(published_limits(row), values, grade=body.grade)
    return TrialOut(
        overall=found.overall.value,
        process=found.process.value,
        limits=[
            TrialLineOut(
                key=each.line.facts["key"], verdict=each.verdict, detail=each.detail, text=each.line.sentence.chinese
            )
            for each in found.lines
        ],
    )
