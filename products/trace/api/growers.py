"""Growers over the API: their enterprise's alone."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from products.access import Role, Scope, require_scope
from products.http import PAGE_SIZE, actor_of, now_of, paginate
from products.trace.models.plot import Grower
from products.trace.queries.plots import list_growers
from products.trace.services.growers import change_grower, register_grower, retire_grower

router = Router(tags=["plots"])


class GrowerIn(Schema):
    name: str
    phone: str = ""


class GrowerOut(Schema):
    code: UUID
    name: str
    phone: str
    is_active: bool


class GrowerPage(Schema):
    items: list[GrowerOut]
    next: str | None


@router.get("/growers", response=GrowerPage, operation_id="list_growers", summary="Your growers, newest first")
def read_growers(request: HttpRequest, cursor: str = "", limit: int = PAGE_SIZE) -> GrowerPage:
    actor = actor_of(request)
    require_scope(actor, Scope.READ, Role.PRODUCER)
    rows, following = paginate(list_growers(actor=actor), cursor=cursor, limit=limit)
    return GrowerPage(items=[GrowerOut.from_orm(row) for row in rows], next=following)


@router.post("/growers", response={201: GrowerOut}, operation_id="register_grower", summary="Register a grower")
def create_grower(request: HttpRequest, body: GrowerIn) -> Status[Grower]:
    row = register_grower(actor=actor_of(request), now=now_of(request), **body.dict())
    return Status(201, row)


@router.post(
    "/growers/{uuid:code}/changes", response=GrowerOut, operation_id="change_grower", summary="Rename a grower"
)
def rename_grower(request: HttpRequest, code: UUID, body: GrowerIn) -> Grower:
    return change_grower(actor=actor_of(request), code=code, now=now_of(request), **body.dict())


@router.post(
    "/growers/{uuid:code}/retirement",
    response=GrowerOut,
    operation_id="retire_grower",
    summary="Say that a grower no longer grows for you",
)
def end_grower(request: HttpRequest, code: UUID) -> Grower:
    return retire_grower(actor=actor_of(request), code=code, now=now_of(request))
