"""Batches over the API."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Self, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from products.access import Scope, require_scope
from products.http import PAGE_SIZE, actor_of, now_of, paginate
from products.proofs import proofs_of
from products.trace.models.batch import Batch
from products.trace.queries.batches import find_batch, list_batches
from products.trace.queries.certificates import certificates_of
from products.trace.queries.history import batch_history, sees_trade
from products.trace.queries.history_items import HistoryItem, subjects_of, with_proofs
from products.trace.services import batches as services
from products.trace.services.batch_facts import FactChanges

router = Router(tags=["batches"])


class Named(Schema):
    code: str
    name: str


class Maker(Schema):
    uscc: str
    name: str


class PointOut(Schema):
    """As it was given: degrees as decimal strings, in `datum`."""

    longitude: str
    latitude: str
    datum: str


class BatchOut(Schema):
    code: UUID
    state: str
    lot: str
    authorisation: UUID
    indication: Named
    enterprise: Maker
    product_name: str
    standard: str | None
    origin: Named
    plot_name: str
    point: PointOut | None
    produced_on: date
    best_before: date | None
    net_mass_g: int
    gtin: str
    created_at: datetime
    is_demo: bool

    @classmethod
    def of(cls, batch: Batch) -> Self:
        authorisation, point = batch.authorisation, None
        if batch.longitude_e6 is not None and batch.latitude_e6 is not None:
            point = PointOut(
                longitude=f"{Decimal(batch.longitude_e6).scaleb(-6):f}",
                latitude=f"{Decimal(batch.latitude_e6).scaleb(-6):f}",
                datum=batch.datum,
            )
        return cls(
            code=batch.code,
            state=batch.state,
            lot=batch.lot,
            authorisation=authorisation.code,
            indication=Named(code=authorisation.indication.code, name=authorisation.indication.name),
            enterprise=Maker(uscc=authorisation.enterprise.uscc, name=authorisation.enterprise.name),
            product_name=authorisation.product_name,
            standard=str(batch.standard_version) if batch.standard_version else None,
            origin=Named(code=batch.origin.code, name=batch.origin.name),
            plot_name=batch.plot_name,
            point=point,
            produced_on=batch.produced_on,
            best_before=batch.best_before,
            net_mass_g=batch.net_mass_g,
            gtin=batch.gtin,
            created_at=batch.created_at,
            is_demo=batch.is_demo,
        )


class BatchPage(Schema):
    items: list[BatchOut]
    next: str | None


class BatchFilter(Schema):
    """`text` is part of the lot number, the maker's name or the indication's."""

    text: str = ""
    state: str = ""
    cursor: str = ""
    limit: int = PAGE_SIZE


class BatchIn(Schema):
    """Mass in grams; `origin_code` is the county's GB/T 2260 code; longitude and latitude in degrees of `datum`.

    `plots` are codes of your own registered plots.
    """

    authorisation_code: UUID
    lot: str
    origin_code: str
    produced_on: date
    net_mass_g: int
    best_before: date | None = None
    gtin: str = ""
    plot_name: str = ""
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    datum: str = ""
    plots: list[UUID] = []
    as_draft: bool = False


class ReasonIn(Schema):
    reason: str


class CorrectionIn(Schema):
    """Only what changes, and why. An explicit null empties a date or a coordinate."""

    reason: str
    lot: str | None = None
    origin_code: str | None = None
    produced_on: date | None = None
    net_mass_g: int | None = None
    best_before: date | None = None
    gtin: str | None = None
    plot_name: str | None = None
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    datum: str | None = None

    def changes(self) -> FactChanges:
        """What was given; null only where a fact may be empty."""
        may_be_empty = {"best_before", "longitude", "latitude"}
        given = self.dict(exclude_unset=True, exclude={"reason"})
        return cast(
            FactChanges, {key: value for key, value in given.items() if value is not None or key in may_be_empty}
        )


class ChangeOut(Schema):
    field: str
    before: str
    after: str


class CorrectionOut(Schema):
    at: datetime
    reason: str
    changes: list[ChangeOut]
    batch: BatchOut


class TimelineOut(Schema):
    """`standing`: declared, laboratory or office. `entered_by` is '' where `by` typed it in.

    `entry` is the index of the ledger's entry about it, null while there is none.
    """

    kind: str
    text: str
    at: datetime
    by: str
    reason: str
    changes: list[ChangeOut]
    standing: str
    entered_by: str
    detail: str
    is_superseded: bool
    entry: int | None

    @classmethod
    def of(cls, item: HistoryItem) -> Self:
        return cls(
            kind=item.kind,
            text=item.text,
            at=item.at,
            by=item.by,
            reason=item.reason,
            changes=[ChangeOut(field=each.field, before=each.before, after=each.after) for each in item.changes],
            standing=item.standing.value,
            entered_by=item.entered_by,
            detail=item.detail,
            is_superseded=item.is_superseded,
            entry=item.proof.index if item.proof else None,
        )


@router.get("/batches", response=BatchPage, operation_id="list_batches", summary="Batches you may see, newest first")
def read_batches(request: HttpRequest, wanted: Query[BatchFilter]) -> BatchPage:
    actor = actor_of(request)
    require_scope(actor, Scope.READ)
    rows, following = paginate(
        list_batches(actor=actor, text=wanted.text, state=wanted.state), cursor=wanted.cursor, limit=wanted.limit
    )
    return BatchPage(items=[BatchOut.of(row) for row in rows], next=following)


@router.post(
    "/batches", response={201: BatchOut}, operation_id="register_batch", summary="Register a batch, or draft it"
)
def create_batch(request: HttpRequest, body: BatchIn) -> Status[BatchOut]:
    batch = services.register_batch(actor=actor_of(request), now=now_of(request), **body.dict())
    return Status(201, _seen(request, batch.code))


@router.get("/batches/{uuid:code}", response=BatchOut, operation_id="read_batch", summary="One batch")
def read_batch(request: HttpRequest, code: UUID) -> BatchOut:
    require_scope(actor_of(request), Scope.READ)
    return _seen(request, code)


@router.get(
    "/batches/{uuid:code}/timeline",
    response=list[TimelineOut],
    operation_id="read_batch_timeline",
    summary="What happened to a batch, corrections included, oldest first",
)
def read_timeline(request: HttpRequest, code: UUID) -> list[TimelineOut]:
    actor = actor_of(request)
    require_scope(actor, Scope.READ)
    batch = find_batch(actor=actor, code=code)
    items = batch_history(batch, certificates=certificates_of(batch), is_public=False, with_trade=sees_trade(actor))
    return [TimelineOut.of(item) for item in with_proofs(items, proofs_of(subjects_of(items)))]


@router.post(
    "/batches/{uuid:code}/registration", response=BatchOut, operation_id="submit_batch", summary="Register a draft"
)
def submit(request: HttpRequest, code: UUID) -> BatchOut:
    services.submit_draft(actor=actor_of(request), code=code, now=now_of(request))
    return _seen(request, code)


@router.post(
    "/batches/{uuid:code}/release",
    response=BatchOut,
    operation_id="release_batch",
    summary="Put a batch on the market, or lift its hold",
)
def release(request: HttpRequest, code: UUID) -> BatchOut:
    services.release_batch(actor=actor_of(request), code=code, now=now_of(request))
    return _seen(request, code)


@router.post(
    "/batches/{uuid:code}/hold",
    response=BatchOut,
    operation_id="hold_batch",
    summary="Stop the sale for the time being",
)
def hold(request: HttpRequest, code: UUID, body: ReasonIn) -> BatchOut:
    services.hold_batch(actor=actor_of(request), code=code, reason=body.reason, now=now_of(request))
    return _seen(request, code)


@router.post(
    "/batches/{uuid:code}/recall", response=BatchOut, operation_id="recall_batch", summary="Recall a batch, for good"
)
def recall(request: HttpRequest, code: UUID, body: ReasonIn) -> BatchOut:
    services.recall_batch(actor=actor_of(request), code=code, reason=body.reason, now=now_of(request))
    return _seen(request, code)


@router.post(
    "/batches/{uuid:code}/corrections",
    response={201: CorrectionOut},
    operation_id="correct_batch",
    summary="Put facts of a registered batch right",
)
def correct(request: HttpRequest, code: UUID, body: CorrectionIn) -> Status[CorrectionOut]:
    row = services.correct_batch(
        actor=actor_of(request), code=code, changes=body.changes(), reason=body.reason, now=now_of(request)
    )
    changes = [ChangeOut(field=field, before=old, after=new) for field, (old, new) in row.changes.items()]
    return Status(201, CorrectionOut(at=row.at, reason=row.reason, changes=changes, batch=_seen(request, code)))


def _seen(request: HttpRequest, code: UUID) -> BatchOut:
    return BatchOut.of(find_batch(actor=actor_of(request), code=code))
