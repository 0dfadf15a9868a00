"""What views and endpoints share: who asks, which scope is needed, and pages of a list."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Schema

from products.access import NOBODY, Actor, Role
from products.accounts.models.user import User
from products.accounts.services.tokens import actor_for_token
from products.errors import Forbidden, InvalidInput

P = ParamSpec("P")
PAGE_SIZE = 50
MAX_PAGE_SIZE = 200


def now_of(request: HttpRequest) -> datetime:
    """One clock for one request."""
    if not hasattr(request, "_now"):
        request._now = timezone.now()  # type: ignore[attr-defined]
    moment: datetime = request._now  # type: ignore[attr-defined]
    return moment


def actor_of(request: HttpRequest) -> Actor:
    """Who asks: the bearer of a token, else the person signed in, else NOBODY."""
    if not hasattr(request, "_actor"):
        request._actor = _find_actor(request)  # type: ignore[attr-defined]
    actor: Actor = request._actor  # type: ignore[attr-defined]
    return actor


def _find_actor(request: HttpRequest) -> Actor:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        # A token that is no good never falls back to the session's rights.
        return actor_for_token(token.strip(), now=now_of(request))
    user = getattr(request, "user", None)
    return user.as_actor() if isinstance(user, User) and user.is_active else NOBODY


def page_for(
    *roles: Role,
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponseBase]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]
]:
    """A view for signed-in people of these roles; others get the no-permission page."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not actor_of(request).is_role(*roles):
                raise Forbidden(_("此页不对您的角色开放。"))
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return decorate


class Page(Schema):
    """A page of a list: `next` is passed as `cursor` to get the following one."""

    items: list[Any]
    next: str | None = None


def paginate(queryset: QuerySet[Any], *, cursor: str, limit: int) -> tuple[list[Any], str | None]:
    """Newest first by primary key, from `cursor` on. Raises InvalidInput for a cursor we did not give out."""
    size = max(1, min(limit, MAX_PAGE_SIZE))
    if cursor:
        queryset = queryset.filter(pk__lt=_read_cursor(cursor))
    rows: list[Model] = list(queryset.order_by("-pk")[: size + 1])
    more = len(rows) > size
    return rows[:size], _write_cursor(rows[size - 1].pk) if more else None


def _write_cursor(pk: int) -> str:
    # Obscured, so that nobody takes the number for an identifier and builds on it.
    return base64.urlsafe_b64encode(_mask(pk).to_bytes(8)).decode().rstrip("=")


def _read_cursor(cursor: str) -> int:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError) as error:
        raise InvalidInput(_("cursor 无效。请使用上一页返回的 next。"), field="cursor") from error
    if len(raw) != 8:
        raise InvalidInput(_("cursor 无效。请使用上一页返回的 next。"), field="cursor")
    return _mask(int.from_bytes(raw))


def _mask(pk: int) -> int:
    return pk ^ int.from_bytes(settings.SECRET_KEY.encode()[:7].ljust(7, b"\0"))
