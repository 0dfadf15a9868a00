"""Scans and reports over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, JsonResponse
from ninja import Router, Schema, Status

from products.http import actor_of, now_of, paginate
from products.scans import presentation, queries
from products.scans.models.complaint import Complaint
from products.scans.services.complaints import answer_complaint, file_complaint
from products.scans.services.scans import answer_scan
from products.scans.views import visitor_of

router = Router(tags=["scans"])


class ReasonOut(Schema):
    code: str
    text: str


class SeenOut(Schema):
    count: int
    first_at: datetime | None
    first_region: str


class ScanOut(Schema):
    code: str
    verdict: str
    reasons: list[ReasonOut]
    gi: dict[str, Any] | None
    enterprise: dict[str, str] | None
    batch: dict[str, Any] | None
    checks: list[dict[str, str]]
    scans: SeenOut
    proofs: list[dict[str, Any]]


class ComplaintIn(Schema):
    code: str
    text: str
    bought_at: str = ""
    contact: str = ""


class ComplaintOut(Schema):
    number: str
    state: str
    received_at: datetime
    outcome: str

    @staticmethod
    def of(row: Complaint) -> ComplaintOut:
        return ComplaintOut(number=row.number, state=row.state, received_at=row.received_at, outcome=row.outcome)


class ComplaintDetailOut(ComplaintOut):
    code: str
    region: str
    text: str
    bought_at: str

    @staticmethod
    def of(row: Complaint) -> ComplaintDetailOut:
        return ComplaintDetailOut(
            number=row.number,
            state=row.state,
            received_at=row.received_at,
            outcome=row.outcome,
            code=row.code_text,
            region=row.region,
            text=row.text,
            bought_at=row.bought_at,
        )


class ComplaintPageOut(Schema):
    items: list[ComplaintDetailOut]
    next: str | None


class AnswerIn(Schema):
    state: str
    outcome: str = ""


@router.get(
    "/scans/{code}",
    auth=None,
    response={200: ScanOut, 404: ScanOut},
    operation_id="get_scan",
    summary="The answer to a unit code; counts as a scan",
)
def get_scan(request: HttpRequest, code: str) -> JsonResponse:
    answer = answer_scan(text=code, visitor=visitor_of(request), now=now_of(request))
    return JsonResponse(presentation.as_json(answer), status=answer.status)


@router.post(
    "/complaints",
    auth=None,
    response={201: ComplaintOut},
    operation_id="file_complaint",
    summary="Report what is wrong with a pack",
)
def create_complaint(request: HttpRequest, body: ComplaintIn) -> Status[ComplaintOut]:
    row = file_complaint(
        code_text=body.code,
        text=body.text,
        bought_at=body.bought_at,
        contact=body.contact,
        visitor=visitor_of(request),
        now=now_of(request),
    )
    return Status(201, ComplaintOut.of(row))


@router.get(
    "/complaints", response=ComplaintPageOut, operation_id="list_complaints", summary="Reports of my office's region"
)
def list_complaints(request: HttpRequest, state: str = "", cursor: str = "", limit: int = 50) -> ComplaintPageOut:
    found = queries.visible_complaints(actor=actor_of(request), state=state)
    rows, following = paginate(found, cursor=cursor, limit=limit)
    return ComplaintPageOut(items=[ComplaintDetailOut.of(row) for row in rows], next=following)


@router.get("/complaints/{number}", response=ComplaintDetailOut, operation_id="get_complaint", summary="A report")
def get_complaint(request: HttpRequest, number: str) -> ComplaintDetailOut:
    return ComplaintDetailOut.of(queries.find_complaint(actor=actor_of(request), number=number))


@router.post(
    "/complaints/{number}/answer",
    response={201: ComplaintDetailOut},
    operation_id="answer_complaint",
    summary="Accept, reject or close a report",
)
def create_answer(request: HttpRequest, number: str, body: AnswerIn) -> Status[ComplaintDetailOut]:
    row = answer_complaint(actor=actor_of(request), number=number, now=now_of(request), **body.dict())
    return Status(201, ComplaintDetailOut.of(row))
