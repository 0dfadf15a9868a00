"""Targets, use of the mark, inspections and cases."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status

from products.access import Role
from products.errors import Forbidden
from products.http import Page, actor_of, now_of, paginate
from products.oversight.models.case import Case
from products.oversight.models.inspection import Inspection
from products.oversight.queries import work
from products.oversight.queries.mark_use import mark_use, users
from products.oversight.queries.records import read_year
from products.oversight.queries.targets import target_progress, target_records
from products.oversight.services.cases import advance_case, open_case
from products.oversight.services.inspections import plan_inspection, publish_result, record_result
from products.registry.models.indication import Indication
from products.registry.models.zone import Zone

router = Router(tags=["oversight"])
READERS = (Role.INSPECTOR, Role.AUDITOR, Role.ADMIN)


class PointOut(Schema):
    day: date
    value: int


class TargetOut(Schema):
    """`value` is what was counted by `today`; by_prefecture has "" for records of no single prefecture."""

    metric: str
    plan: str
    title: str
    source: str
    baseline_on: date
    goal: int
    due_on: date
    today: date
    is_over: bool
    value: int
    value_at_due: int
    province_value: int
    percent: int
    months: list[PointOut]
    by_prefecture: dict[str, int]


class TargetRecordOut(Schema):
    """`kind` is indication, zone or enterprise; `code` its public identifier."""

    kind: str
    code: str
    name: str
    counted_on: date
    page: str


@router.get(
    "/targets",
    response=list[TargetOut],
    auth=None,
    operation_id="list_targets",
    summary="The targets and their progress",
)
def list_targets(request: HttpRequest) -> list[TargetOut]:
    today = timezone.localdate(now_of(request))
    return [
        TargetOut(
            **_shown(one, TargetOut),
            months=[PointOut(**vars(point)) for point in one.months],
            by_prefecture=one.prefectures,
        )
        for one in target_progress(actor=actor_of(request), today=today)
    ]


def _shown(row: object, schema: type[Schema]) -> dict[str, Any]:
    """The fields of `schema` that `row` has under the same name as plain values."""
    return {name: getattr(row, name) for name in schema.model_fields if name != "months" and hasattr(row, name)}


@router.get(
    "/targets/{metric}/records",
    response=list[TargetRecordOut],
    auth=None,
    operation_id="list_target_records",
    summary="The records a target's number is counted from",
)
def list_target_records(
    request: HttpRequest, metric: str, prefecture: str = "", until: date | None = None
) -> list[TargetRecordOut]:
    day = until or timezone.localdate(now_of(request))
    rows = target_records(actor=actor_of(request), metric=metric, until=day, prefecture=prefecture)
    return [_record(row) for row in rows]


def _record(row: Any) -> TargetRecordOut:
    kind, folder = {Indication: ("indication", "gi"), Zone: ("zone", "zones")}.get(
        type(row), ("enterprise", "enterprises")
    )
    code = row.uscc if kind == "enterprise" else row.code
    return TargetRecordOut(kind=kind, code=code, name=row.name, counted_on=row.counted_on, page=f"/{folder}/{code}")


class MarkUseOut(Schema):
    """One enterprise's production year; masses in grams."""

    uscc: str
    name: str
    region: str
    authorised: int
    suspended: int
    quota_g: int
    batches: int
    registered_g: int
    issued: int
    issued_g: int
    activated: int
    voided: int
    units_scanned: int
    scans: int


class MarkUsePage(Page):
    items: list[MarkUseOut]


@router.get("/mark-use", response=MarkUsePage, operation_id="list_mark_use", summary="Use of the mark by enterprise")
def list_mark_use(
    request: HttpRequest, year: int | None = None, q: str = "", region: str = "", cursor: str = "", limit: int = 50
) -> MarkUsePage:
    actor = actor_of(request)
    if not actor.is_role(*READERS):
        raise Forbidden(_("此数据不对您的角色开放。"))
    asked = read_year(str(year)) if year is not None else None
    firms, following = paginate(users(actor=actor, text=q, region=region), cursor=cursor, limit=limit)
    this_year = timezone.localdate(now_of(request)).year
    rows = mark_use(actor=actor, enterprises=firms, year=asked or this_year)
    return MarkUsePage(items=[MarkUseOut(**_shown(row, MarkUseOut)) for row in rows], next=following)


class InspectionIn(Schema):
    authorisation_code: UUID
    planned_on: date


class ResultIn(Schema):
    """`result` is passed or problems; problems need findings."""

    result: str
    done_on: date
    findings: str = ""


class InspectionOut(Schema):
    number: str
    authorisation_code: UUID
    uscc: str
    state: str
    result: str
    planned_on: date
    done_on: date | None
    findings: str
    published_at: datetime | None
    office: str


class InspectionPage(Page):
    items: list[InspectionOut]


def _inspection(row: Inspection) -> InspectionOut:
    return InspectionOut(
        **_shown(row, InspectionOut),
        authorisation_code=row.authorisation.code,
        uscc=row.authorisation.enterprise.uscc,
    )


@router.get(
    "/inspections", response=InspectionPage, operation_id="list_inspections", summary="Inspections of my region"
)
def list_inspections(request: HttpRequest, state: str = "", cursor: str = "", limit: int = 50) -> InspectionPage:
    rows, following = paginate(work.inspections(actor=actor_of(request), state=state), cursor=cursor, limit=limit)
    return InspectionPage(items=[_inspection(row) for row in rows], next=following)


@router.post(
    "/inspections", response={201: InspectionOut}, operation_id="create_inspection", summary="Plan an inspection"
)
def create_inspection(request: HttpRequest, body: InspectionIn) -> Status[InspectionOut]:
    row = plan_inspection(actor=actor_of(request), now=now_of(request), **body.dict())
    return Status(201, _inspection(row))


@router.post(
    "/inspections/{number}/result",
    response=InspectionOut,
    operation_id="record_inspection_result",
    summary="Record what was found",
)
def record_inspection_result(request: HttpRequest, number: str, body: ResultIn) -> InspectionOut:
    return _inspection(record_result(actor=actor_of(request), number=number, now=now_of(request), **body.dict()))


@router.post(
    "/inspections/{number}/publication",
    response=InspectionOut,
    operation_id="publish_inspection_result",
    summary="Publish the result",
)
def publish_inspection_result(request: HttpRequest, number: str) -> InspectionOut:
    return _inspection(publish_result(actor=actor_of(request), number=number, now=now_of(request)))


class CaseIn(Schema):
    """`act` is one of the five acts; `region` defaults to the complaint's, then the enterprise's."""

    act: str
    summary: str
    region: str = ""
    uscc: str = ""
    complaint_number: str = ""


class StepIn(Schema):
    state: str
    note: str


class StepOut(StepIn):
    office: str
    at: datetime


class CaseOut(Schema):
    number: str
    act: str
    region: str
    uscc: str
    complaint_number: str
    state: str
    summary: str
    opened_at: datetime


class CaseWithSteps(CaseOut):
    steps: list[StepOut]


class CasePage(Page):
    items: list[CaseOut]


def _case(row: Case) -> CaseOut:
    return CaseOut(
        **_shown(row, CaseOut),
        uscc=row.enterprise.uscc if row.enterprise else "",
        complaint_number=row.complaint.number if row.complaint else "",
    )


def _with_steps(row: Case) -> CaseWithSteps:
    return CaseWithSteps(**_case(row).dict(), steps=[StepOut(**_shown(step, StepOut)) for step in row.steps.all()])


@router.get("/cases", response=CasePage, operation_id="list_cases", summary="Cases of my region")
def list_cases(request: HttpRequest, state: str = "", cursor: str = "", limit: int = 50) -> CasePage:
    rows, following = paginate(work.cases(actor=actor_of(request), state=state), cursor=cursor, limit=limit)
    return CasePage(items=[_case(row) for row in rows], next=following)


@router.post("/cases", response={201: CaseWithSteps}, operation_id="create_case", summary="Open a case")
def create_case(request: HttpRequest, body: CaseIn) -> Status[CaseWithSteps]:
    return Status(201, _with_steps(open_case(actor=actor_of(request), now=now_of(request), **body.dict())))


@router.get("/cases/{number}", response=CaseWithSteps, operation_id="get_case", summary="One case with its steps")
def get_case(request: HttpRequest, number: str) -> CaseWithSteps:
    return _with_steps(work.find_case(actor=actor_of(request), number=number))


@router.post(
    "/cases/{number}/steps",
    response={201: CaseWithSteps},
    operation_id="create_case_step",
    summary="Take a case further",
)
def create_case_step(request: HttpRequest, number: str, body: StepIn) -> Status[CaseWithSteps]:
    case = advance_case(actor=actor_of(request), number=number, now=now_of(request), **body.dict())
    return Status(201, _with_steps(case))
