"""Who got what is recalled, and what they answered, over the API."""

from __future__ import annotations

from datetime import date
from typing import Self
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status

from products.access import Scope, require_scope
from products.errors import Forbidden
from products.http import actor_of, now_of
from products.trace.queries.consignees import Consignment, consignees_of, may_see_consignees
from products.trace.queries.recall_page import find_recall
from products.trace.services.consignee_answers import record_consignee_answer

router = Router(tags=["recalls"])


class AnswerIn(Schema):
    """`recovered_g` is what came back so far in all."""

    notified_on: date
    recovered_g: int


class ConsignmentOut(Schema):
    """One dispatch of what is recalled; the last two are null until its consignee was told."""

    operation: UUID
    dispatched_by: str
    consignee: str
    consignee_uscc: str
    consignee_region: str | None
    document_no: str
    done_on: date
    lots: list[str]
    mass_g: int
    notified_on: date | None
    recovered_g: int | None

    @classmethod
    def of(cls, row: Consignment) -> Self:
        operation, answer = row.operation, row.answer
        return cls(
            operation=operation.code,
            dispatched_by=operation.enterprise.uscc,
            consignee=operation.consignee_name,
            consignee_uscc=operation.consignee_uscc,
            consignee_region=operation.consignee_region_id,
            document_no=operation.document_no,
            done_on=operation.done_on,
            lots=list(row.lots),
            mass_g=row.mass_g,
            notified_on=answer.notified_on if answer else None,
            recovered_g=answer.recovered_g if answer else None,
        )


@router.get(
    "/recalls/{uuid:code}/consignees",
    response=list[ConsignmentOut],
    operation_id="list_recall_consignees",
    summary="Who got what is recalled: a maker's own dispatches, or those of an office's region",
)
def read_consignees(request: HttpRequest, code: UUID) -> list[ConsignmentOut]:
    actor = actor_of(request)
    require_scope(actor, Scope.READ)
    if not may_see_consignees(actor):
        raise Forbidden(_("您的角色不能做这件事。"))
    return [ConsignmentOut.of(row) for row in consignees_of(find_recall(actor=actor, code=code), actor=actor).rows]


@router.post(
    "/recalls/{uuid:code}/consignees/{uuid:operation}/answers",
    response={201: ConsignmentOut},
    operation_id="record_consignee_answer",
    summary="Note when a consignee was told, and how much came back so far",
)
def create_answer(request: HttpRequest, code: UUID, operation: UUID, body: AnswerIn) -> Status[ConsignmentOut]:
    actor = actor_of(request)
    record_consignee_answer(actor=actor, recall_code=code, operation_code=operation, now=now_of(request), **body.dict())
    rows = consignees_of(find_recall(actor=actor, code=code), actor=actor).rows
    return Status(201, next(ConsignmentOut.of(row) for row in rows if row.operation.code == operation))
