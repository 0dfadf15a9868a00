"""Lots, what is done with them, and how they descend from each other, over the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from products.access import Actor, Scope, require_scope
from products.http import PAGE_SIZE, actor_of, now_of, paginate
from products.trace.models.lot import Lot, LotOperation
from products.trace.queries.lineage_page import LineageNode, lineage_of
from products.trace.queries.lots import find_lot, find_operation, list_lots, moves_of, yield_verdict
from products.trace.services.lot_checks import Given, NewOperation, Taken
from products.trace.services.lots import record_operation

router = Router(tags=["lots"])


class TakenIn(Schema):
    """Grams taken from one of your lots, named by its code or, for a batch, by the batch's.

    Of a stock-take: the grams that were counted.
    """

    mass_g: int
    lot: UUID | None = None
    batch: UUID | None = None


class GivenIn(Schema):
    """Grams given to a new lot with its number and material, or to a registered batch, of just its net mass."""

    mass_g: int
    lot: str = ""
    material: str = ""
    batch: UUID | None = None


class OperationIn(Schema):
    """`kind`: harvest, purchase, split, merge, process, loss, stocktake or dispatch.

    `dispatch`: of a purchase, the code of the seller's dispatch that arrived. A yield outside the specification's
    range needs a `reason` and a `document_no`.
    """

    kind: str
    done_on: date
    taken: list[TakenIn] = []
    given: list[GivenIn] = []
    process: str = ""
    reason: str = ""
    document_no: str = ""
    document_sha256: str = ""
    indication_code: str = ""
    origin_code: str = ""
    plot: UUID | None = None
    seller_name: str = ""
    seller_uscc: str = ""
    dispatch: UUID | None = None
    consignee_name: str = ""
    consignee_uscc: str = ""
    consignee_region_code: str = ""

    def as_operation(self) -> NewOperation:
        facts = self.dict(exclude={"taken", "given"})
        return NewOperation(
            **facts,
            taken=[Taken(**each.dict()) for each in self.taken],
            given=[Given(**each.dict()) for each in self.given],
        )


class LotOut(Schema):
    """A lot. Seller and paper are those of a purchase, shown to its holder and the offices of its region."""

    code: UUID
    enterprise: str
    indication: str | None
    kind: str
    material: str
    lot: str
    batch: UUID | None
    plot: UUID | None
    origin: str | None
    seller_name: str
    seller_uscc: str
    document_no: str
    made_on: date
    stock_g: int
    is_demo: bool
    created_at: datetime

    @classmethod
    def of(cls, row: Lot, *, with_seller: bool) -> Self:
        own = ("code", "kind", "material", "lot", "made_on", "stock_g", "is_demo", "created_at")
        return cls(
            **{name: getattr(row, name) for name in own},
            seller_name=row.seller_name if with_seller else "",
            seller_uscc=row.seller_uscc if with_seller else "",
            document_no=row.document_no if with_seller else "",
            enterprise=row.enterprise.uscc,
            indication=row.indication.code if row.indication else None,
            batch=row.batch.code if row.batch else None,
            plot=row.plot.code if row.plot else None,
            origin=row.origin_id,
        )


class LotPage(Schema):
    items: list[LotOut]
    next: str | None = None


class LotFilter(Schema):
    text: str = ""
    kind: str = ""
    has_stock: bool = False
    cursor: str = ""
    limit: int = PAGE_SIZE


class MoveOut(Schema):
    """Grams that the operation gave to a lot; negative where it took them."""

    lot: UUID
    number: str
    batch: UUID | None
    mass_g: int


class OperationOut(Schema):
    """`yield_verdict`: within, below, above or unknown, against the range that was in force when it was entered."""

    code: UUID
    enterprise: str
    kind: str
    process: str
    done_on: date
    reason: str
    yield_permille: int | None
    yield_min_permille: int | None
    yield_max_permille: int | None
    yield_verdict: str
    dispatch: UUID | None
    consignee_name: str
    consignee_uscc: str
    consignee_region: str | None
    document_no: str
    document_sha256: str
    moves: list[MoveOut]
    by: str
    at: datetime

    @classmethod
    def of(cls, row: LotOperation) -> Self:
        own = (
            "code", "kind", "process", "done_on", "reason", "yield_permille", "yield_min_permille", "yield_max_permille",
            "consignee_name", "consignee_uscc", "document_no", "document_sha256", "by", "at",
        )  # fmt: skip
        return cls(
            **{name: getattr(row, name) for name in own},
            enterprise=row.enterprise.uscc,
            yield_verdict=yield_verdict(row).value,
            dispatch=row.dispatch.code if row.dispatch else None,
            consignee_region=row.consignee_region_id,
            moves=[
                MoveOut(
                    lot=move.lot.code,
                    number=move.lot.lot,
                    batch=move.lot.batch.code if move.lot.batch else None,
                    mass_g=move.mass_g,
                )
                for move in moves_of(row)
            ],
        )


class LineageNodeOut(Schema):
    """`is_own`: yours to see. Of others' lots: holder, product, number and day of the next one up or down, no more.

    `grams` of one's own operations: what each lot gave (negative) or got, by its name.
    """

    name: str
    kind: str
    depth: int
    is_own: bool
    label: str
    product: str
    holder: str
    day: date | None
    grams: dict[str, int]

    @classmethod
    def of(cls, node: LineageNode) -> Self:
        return cls(**{name: getattr(node, name) for name in cls.model_fields})


class LineageOut(Schema):
    """`links` are pairs of names, parent and child. `is_truncated`: there is more than could be followed."""

    root: LineageNodeOut
    direction: str
    nodes: list[LineageNodeOut]
    links: list[tuple[str, str]]
    is_truncated: bool


@router.get("/lots", response=LotPage, operation_id="list_lots", summary="Lots you may see, newest first")
def read_lots(request: HttpRequest, wanted: Query[LotFilter]) -> LotPage:
    actor = actor_of(request)
    require_scope(actor, Scope.READ)
    lots = list_lots(actor=actor, text=wanted.text, kind=wanted.kind, has_stock=wanted.has_stock)
    rows, following = paginate(lots, cursor=wanted.cursor, limit=wanted.limit)
    return LotPage(items=[_lot(row, actor) for row in rows], next=following)


@router.get("/lots/{uuid:code}", response=LotOut, operation_id="get_lot", summary="One lot")
def read_lot(request: HttpRequest, code: UUID) -> LotOut:
    actor = actor_of(request)
    require_scope(actor, Scope.READ)
    return _lot(find_lot(actor=actor, code=code), actor)


@router.get(
    "/lots/{uuid:code}/lineage",
    response=LineageOut,
    operation_id="get_lot_lineage",
    summary="What a lot came of (up) or what came of it (down)",
)
def read_lineage(request: HttpRequest, code: UUID, direction: Literal["up", "down"] = "up") -> LineageOut:
    actor = actor_of(request)
    require_scope(actor, Scope.READ)
    found = lineage_of(find_lot(actor=actor, code=code), actor=actor, is_down=direction == "down")
    return LineageOut(
        root=LineageNodeOut.of(found.root),
        direction=direction,
        nodes=[LineageNodeOut.of(node) for node in found.nodes],
        links=found.links,
        is_truncated=found.is_truncated,
    )


@router.post(
    "/lot-operations",
    response={201: OperationOut},
    operation_id="record_lot_operation",
    summary="Record a harvest, purchase, split, merge, process, loss, stock-take or dispatch",
)
def create_operation(request: HttpRequest, body: OperationIn) -> Status[OperationOut]:
    row = record_operation(actor=actor_of(request), operation=body.as_operation(), now=now_of(request))
    return Status(201, OperationOut.of(row))


@router.get(
    "/lot-operations/{uuid:code}",
    response=OperationOut,
    operation_id="get_lot_operation",
    summary="One operation with its lots and grams",
)
def read_operation(request: HttpRequest, code: UUID) -> OperationOut:
    actor = actor_of(request)
    require_scope(actor, Scope.READ)
    return OperationOut.of(find_operation(actor=actor, code=code))


def _lot(row: Lot, actor: Actor) -> LotOut:
    """The registrant sees the lots for its indication, and not whom they were bought from."""
    return LotOut.of(row, with_seller=row.enterprise.uscc == actor.uscc or bool(actor.regions))
