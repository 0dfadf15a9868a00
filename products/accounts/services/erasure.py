"""Forgetting a person's account, and stored answers that name what was erased (PIPL Art. 47)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from products.access import NOBODY
from products.accounts.models.idempotency import IdempotencyRecord
from products.accounts.models.token import ApiToken
from products.accounts.models.user import User
from products.accounts.services.sign_in import forget_failures
from products.audit import record
from products.errors import NotFound

# A digest is hexadecimal: no token ever hashes to this. What follows keeps the column unique.
ERASED_DIGEST = "erased:"
ERASED_NAME = "erased-"
Erased = Counter[str]


def find_account(username: str) -> User:
    """Raises NotFound."""
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotFound(_("没有这个用户名。"))
    return user


@transaction.atomic
def erase_account(*, user: User, now: datetime) -> Erased:
    """Take the person out of an account: name, password, tokens, sessions, stored answers; returns what went.

    Office or firm, role and the day the account was opened stay: they are nobody's and the log states them.
    An account that is erased already is left alone, and nothing is stated.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    erased = Erased()
    if is_erased(user):
        return erased
    for token in ApiToken.objects.select_for_update().filter(user=user).order_by("pk"):
        if token.revoked_at is None:
            token.revoked_at = now
            record(actor=NOBODY, kind="accounts.token_revoked", subject=f"token:{token.code}", data={}, now=now)
        # The digest is the salt of the commitment to the owner as well.
        token.name, token.digest = "", f"{ERASED_DIGEST}{token.code.hex}"
        token.save(update_fields=["name", "digest", "revoked_at"])
        erased["tokens"] += 1
    erased["sessions"] = _end_sessions(user)
    erased["stored answers"] = IdempotencyRecord.objects.filter(user=user).delete()[0]
    forget_failures(user)
    user.groups.clear()
    user.user_permissions.clear()
    user.username, user.first_name, user.last_name, user.email = f"{ERASED_NAME}{user.pk}", "", "", ""
    user.set_unusable_password()
    user.is_active, user.last_login = False, None
    user.save()
    erased["accounts"] = 1
    office = user.regions[0] if user.regions else "platform"
    record(
        actor=NOBODY,
        kind="accounts.person_erased",
        subject=f"uscc:{user.uscc}" if user.uscc else f"office:{office}",
        data={},
        now=now,
    )
    return erased


def is_erased(user: User) -> bool:
    return user.username == f"{ERASED_NAME}{user.pk}"


def _end_sessions(user: User) -> int:
    """Sessions hold their user within an encoded text, so that every one is opened."""
    mine = [
        session.pk
        for session in Session.objects.iterator(500)
        if str(session.get_decoded().get("_auth_user_id", "")) == str(user.pk)
    ]
    return Session.objects.filter(pk__in=mine).delete()[0]


def forget_answers(*, naming: Collection[str]) -> int:
    """Delete the stored answers that name one of these identifiers or values; returns how many.

    A stored answer repeats what was registered, and its digest is a hash of the request without a salt. Whoever
    sends the request once more is refused by the service's own checks instead.
    """
    wanted = [name.encode() for name in naming if name]
    found = [
        row.pk
        for row in IdempotencyRecord.objects.iterator(500)
        if any(name in bytes(row.body) or name in row.location.encode() for name in wanted)
    ]
    return IdempotencyRecord.objects.filter(pk__in=found).delete()[0]
