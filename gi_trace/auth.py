"""How the API knows who asks: a bearer token, or the session with its CSRF token."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from products.access import Actor
from products.http import actor_of


class TokenAuth(HttpBearer):
    """`Authorization: Bearer git_...`"""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        actor = actor_of(request)
        return actor if actor.role else None


class SessionAuth(APIKeyCookie):
    """The signed-in browser; ninja checks the CSRF token of unsafe methods."""

    param_name = "sessionid"

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        if "Authorization" in request.headers:
            return None
        actor = actor_of(request)
        return actor if actor.role else None
