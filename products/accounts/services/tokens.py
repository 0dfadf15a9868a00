"""API tokens: issue, revoke, and tell whose a presented one is."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from products.access import NOBODY, ROLE_SCOPES, Actor, Role, Scope
from products.accounts.models.token import ApiToken
from products.audit import commitment, record
from products.errors import Forbidden, InvalidInput, NotFound

PREFIX = "git_"  # lets secret scanners recognise a leaked token
MAX_AGE = timedelta(days=365)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue_token(*, actor: Actor, name: str, scopes: Collection[str], days: int, now: datetime) -> tuple[ApiToken, str]:
    """A new token for the actor's own user; the second value is shown once and kept nowhere.

    Raises InvalidInput for an unknown scope or a lifetime outside 1 to 365 days, Forbidden for a scope
    the role does not have.
    """
    if actor.user_id is None or actor.role is None:
        raise Forbidden(_("请先登录。"))
    known = {scope.value for scope in Scope}
    if not scopes or not set(scopes) <= known:
        raise InvalidInput(
            _("权限范围须从以下各项中选择：%(scopes)s。") % {"scopes": "、".join(sorted(known))}, field="scopes"
        )
    if not {Scope(scope) for scope in scopes} <= ROLE_SCOPES[Role(actor.role)]:
        raise Forbidden(_("所选权限超出您的角色。请只选择本角色具有的权限范围。"))
    if not 1 <= days <= MAX_AGE.days:
        raise InvalidInput(_("有效期须为 1 至 365 天。"), field="days")
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user_id=actor.user_id,
        name=name.strip()[:80] or "API",
        digest=_digest(token),
        scopes=sorted(scopes),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    record(
        actor=actor,
        kind="accounts.token_issued",
        subject=f"token:{row.code}",
        data={"scopes": sorted(scopes), "expires_at": row.expires_at.isoformat()},
        # Lets the log tell if another token or another person was put in its place. The hash of a token is as
        # random as a salt and is never shown, so that it serves as one.
        commitments={
            "digest": commitment("", salt=row.digest.encode()),
            "owner": commitment(str(actor.user_id), salt=row.digest.encode()),
        },
        now=now,
    )
    return row, token


@transaction.atomic
def revoke_token(*, actor: Actor, code: UUID, now: datetime) -> None:
    """End one of the actor's own tokens. Raises NotFound for anybody else's."""
    if actor.user_id is None:
        raise NotFound(_("没有这个令牌。"))
    changed = ApiToken.objects.filter(user_id=actor.user_id, code=code, revoked_at=None).update(revoked_at=now)
    if not changed:
        raise NotFound(_("没有这个令牌，或已吊销。"))
    record(actor=actor, kind="accounts.token_revoked", subject=f"token:{code}", data={}, now=now)


def actor_for_token(token: str, *, now: datetime) -> Actor:
    """The actor behind a token with the token's scopes; NOBODY for an unknown, expired or revoked one."""
    row = (
        ApiToken.objects.filter(digest=_digest(token), revoked_at=None, expires_at__gt=now, user__is_active=True)
        .select_related("user")
        .first()
    )
    if row is None:
        return NOBODY
    whole = row.user.as_actor()
    return Actor(
        user_id=whole.user_id,
        username=whole.username,
        role=whole.role,
        uscc=whole.uscc,
        regions=whole.regions,
        scopes=whole.scopes & {Scope(scope) for scope in row.scopes},
    )
