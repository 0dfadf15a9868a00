"""Reads of accounts."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from products.access import Actor
from products.accounts.models.token import ApiToken


def tokens_of(actor: Actor, *, now: datetime) -> QuerySet[ApiToken]:
    """The actor's own tokens that still work, the newest first."""
    return ApiToken.objects.filter(user_id=actor.user_id or 0, revoked_at=None, expires_at__gt=now).order_by(
        "-created_at"
    )
