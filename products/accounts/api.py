"""Who am I, and my tokens."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from products.accounts import queries
from products.accounts.services.tokens import issue_token, revoke_token
from products.http import actor_of, now_of

router = Router(tags=["accounts"])


class MeOut(Schema):
    username: str
    role: str
    uscc: str
    regions: list[str]
    scopes: list[str]


class TokenIn(Schema):
    name: str
    scopes: list[str]
    days: int = 90


class TokenOut(Schema):
    code: UUID
    name: str
    scopes: list[str]
    expires_at: datetime


class NewTokenOut(TokenOut):
    token: str


@router.get("/me", response=MeOut, operation_id="who_am_i", summary="Who this session or token is")
def who_am_i(request: HttpRequest) -> MeOut:
    actor = actor_of(request)
    return MeOut(
        username=actor.username,
        role=str(actor.role),
        uscc=actor.uscc,
        regions=list(actor.regions),
        scopes=sorted(actor.scopes),
    )


@router.get("/tokens", response=list[TokenOut], operation_id="list_tokens", summary="My working tokens")
def list_tokens(request: HttpRequest) -> list[TokenOut]:
    return [TokenOut.from_orm(row) for row in queries.tokens_of(actor_of(request), now=now_of(request))]


@router.post("/tokens", response={201: NewTokenOut}, operation_id="create_token", summary="A new token, shown once")
def create_token(request: HttpRequest, body: TokenIn) -> Status[NewTokenOut]:
    row, token = issue_token(actor=actor_of(request), now=now_of(request), **body.dict())
    return Status(
        201, NewTokenOut(code=row.code, name=row.name, scopes=row.scopes, expires_at=row.expires_at, token=token)
    )


@router.post("/tokens/{uuid:code}/revocation", response={204: None}, operation_id="revoke_token", summary="End a token")
def revoke_my_token(request: HttpRequest, code: UUID) -> Status[None]:
    revoke_token(actor=actor_of(request), code=code, now=now_of(request))
    return Status(204, None)
