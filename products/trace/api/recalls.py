"""Recalls and holds of everything downstream, over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from products.access import Scope, require_scope
from products.http import PAGE_SIZE, actor_of, now_of, paginate
from products.trace.models.recall import Recall
from products.trace.queries.recall_page import Covered, RecallPage, labels_of, list_recalls, recall_page
from products.trace.queries.recall_plan import RecallPlan, plan_recall, state_after
from products.trace.services import recalls as services
from products.trace.services.recall_checks import NewRecall
from products.trace.services.recalls import require_powers

router = Router(tags=["recalls"])


class RecallOut(Schema):
    """`kind` is recall or hold; `level` 1 to 3 of a recall; `root` is `batch:<uuid>` or `lot:<uuid>`."""

    code: UUID
    kind: str
    level: int
    root: str
    holder: str
    reason: str
    advice: str
    contact: str
    by: str
    at: datetime
    outcome: str
    closed_at: datetime | None
    is_demo: bool

    @classmethod
    def of(cls, row: Recall) -> Self:
        own = {name: getattr(row, name) for name in RecallOut.model_fields if name != "holder"}
        return cls(**own, holder=row.holder.uscc)


class RecallsOut(Schema):
    items: list[RecallOut]
    next: str | None


class CoveredOut(Schema):
    """`state` is what the batch is now; labels in pieces."""

    batch: UUID
    lot: str
    enterprise: str
    from_state: str
    to_state: str
    state: str
    at: datetime
    labels_issued: int
    labels_activated: int

    @classmethod
    def of(cls, row: Covered) -> Self:
        return cls(
            batch=row.batch.code,
            lot=row.batch.lot,
            enterprise=row.batch.authorisation.enterprise.uscc,
            from_state=row.from_state,
            to_state=row.to_state,
            state=row.batch.state,
            at=row.at,
            labels_issued=row.labels.issued,
            labels_activated=row.labels.activated,
        )


class ReferredOut(Schema):
    """What was referred to a holder and its office, and how many of its batches are off sale by now."""

    enterprise: str
    name: str
    region: str
    batches: int
    stopped: int


class RecallDetailOut(RecallOut):
    """`hidden` batches are covered but not yours to see; `new` could be added by an extension."""

    batches: list[CoveredOut]
    hidden: int
    referred: list[ReferredOut]
    foreign: int
    new: int

    @classmethod
    def of_page(cls, page: RecallPage) -> Self:
        return cls(
            **RecallOut.of(page.recall).dict(),
            batches=[CoveredOut.of(row) for row in page.covered],
            hidden=page.hidden,
            referred=[
                ReferredOut(
                    enterprise=one.enterprise.uscc,
                    name=one.enterprise.name,
                    region=one.enterprise.region_id,
                    batches=one.batches,
                    stopped=one.stopped,
                )
                for one in page.referred
            ],
            foreign=page.foreign,
            new=page.new,
        )


class PlannedOut(Schema):
    """`recall_state` and `hold_state`: what a recall, or a hold, would make of it."""

    batch: UUID
    lot: str
    enterprise: str
    state: str
    recall_state: str
    hold_state: str
    labels_issued: int
    labels_activated: int


class HolderOut(Schema):
    enterprise: str
    name: str
    region: str
    batches: int


class PreviewOut(Schema):
    """What would be covered. `sha256` goes into the act, which is refused if anything has changed since."""

    root: str
    batches: list[PlannedOut]
    lots: int
    referred: list[HolderOut]
    other_lots: int
    foreign: list[str]
    sha256: str

    @classmethod
    def of(cls, plan: RecallPlan) -> Self:
        labels = labels_of([batch.pk for batch in plan.covered])
        return cls(
            root=plan.root.subject,
            batches=[
                PlannedOut(
                    batch=batch.code,
                    lot=batch.lot,
                    enterprise=batch.authorisation.enterprise.uscc,
                    state=batch.state,
                    recall_state=state_after(batch, "recall"),
                    hold_state=state_after(batch, "hold"),
                    labels_issued=labels[batch.pk].issued,
                    labels_activated=labels[batch.pk].activated,
                )
                for batch in plan.covered
            ],
            lots=len(plan.lots),
            referred=[
                HolderOut(
                    enterprise=one.enterprise.uscc,
                    name=one.enterprise.name,
                    region=one.enterprise.region_id,
                    batches=one.batches,
                )
                for one in plan.referrals
            ],
            other_lots=plan.unseen,
            foreign=plan.foreign,
            sha256=plan.sha256,
        )


class RecallIn(Schema):
    """`kind` is recall (with a `level` of 1 to 3) or hold; `contact` an organisation's telephone, which is published."""

    kind: str
    root: str
    reason: str
    preview_sha256: str
    level: int = 0
    advice: str = ""
    contact: str = ""


class OutcomeIn(Schema):
    outcome: str


@router.get("/recalls", response=RecallsOut, operation_id="list_recalls", summary="Recalls and holds, newest first")
def read_recalls(request: HttpRequest, cursor: str = "", limit: int = PAGE_SIZE) -> RecallsOut:
    actor = actor_of(request)
    require_scope(actor, Scope.READ)
    rows, following = paginate(list_recalls(actor=actor), cursor=cursor, limit=limit)
    return RecallsOut(items=[RecallOut.of(row) for row in rows], next=following)


@router.get(
    "/recalls/preview",
    response=PreviewOut,
    operation_id="preview_recall",
    summary="What a recall or hold from this root would cover",
)
def preview(request: HttpRequest, root: str) -> PreviewOut:
    require_powers(actor_of(request))
    return PreviewOut.of(plan_recall(actor=actor_of(request), root=root))


@router.post(
    "/recalls",
    response={201: RecallDetailOut},
    operation_id="open_recall",
    summary="Recall or hold everything downstream, as previewed",
)
def create_recall(request: HttpRequest, body: RecallIn) -> Status[RecallDetailOut]:
    row = services.open_recall(
        actor=actor_of(request),
        recall=NewRecall(**body.dict(exclude={"preview_sha256"})),
        preview_sha256=body.preview_sha256,
        now=now_of(request),
    )
    return Status(201, _seen(request, row.code))


@router.get("/recalls/{uuid:code}", response=RecallDetailOut, operation_id="get_recall", summary="One recall or hold")
def read_recall(request: HttpRequest, code: UUID) -> RecallDetailOut:
    require_scope(actor_of(request), Scope.READ)
    return _seen(request, code)


@router.post(
    "/recalls/{uuid:code}/extension",
    response=RecallDetailOut,
    operation_id="extend_recall",
    summary="Cover what turned out to descend from the same since",
)
def extend(request: HttpRequest, code: UUID) -> RecallDetailOut:
    services.extend_recall(actor=actor_of(request), code=code, now=now_of(request))
    return _seen(request, code)


@router.post(
    "/recalls/{uuid:code}/closure",
    response=RecallDetailOut,
    operation_id="close_recall",
    summary="End a recall or hold",
)
def close(request: HttpRequest, code: UUID, body: OutcomeIn) -> RecallDetailOut:
    services.close_recall(actor=actor_of(request), code=code, outcome=body.outcome, now=now_of(request))
    return _seen(request, code)


def _seen(request: HttpRequest, code: UUID) -> RecallDetailOut:
    return RecallDetailOut.of_page(recall_page(actor=actor_of(request), code=code))
