"""One key, one effect: a repeated POST gets the first answer again."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from products.accounts.models.idempotency import IdempotencyRecord
from products.errors import Conflict, InvalidInput

KEEP_FOR = timedelta(days=7)


class IdempotencyKeyReused(Conflict):
    """The key came before with another request."""

    code = "idempotency_key_reused"


def request_digest(method: str, path: str, body: bytes) -> str:
    return hashlib.sha256(b"\0".join([method.encode(), path.encode(), body])).hexdigest()


def claim(*, user_id: int, key: str, digest: str, now: datetime) -> tuple[IdempotencyRecord, bool]:
    """The user's record of `key`, and whether it is new; must run inside the request's transaction.

    A second request with the key waits here until the first has committed or rolled back.
    Raises InvalidInput for a key that is too long, IdempotencyKeyReused for another request's key.
    """
    if len(key) > 80:
        raise InvalidInput(_("Idempotency-Key 不得超过 80 个字符。"), field="Idempotency-Key")
    row, is_new = IdempotencyRecord.objects.get_or_create(
        user_id=user_id, key=key, defaults={"request_digest": digest, "created_at": now}
    )
    if row.request_digest != digest:
        raise IdempotencyKeyReused(_("这个 Idempotency-Key 已用于另一请求。请为新的请求换一个新的值。"))
    return row, is_new


def remember(row: IdempotencyRecord, response: HttpResponse) -> None:
    """Keep the answer beside the key."""
    row.status = response.status_code
    row.content_type = response.get("Content-Type", "")
    row.location = response.get("Location", "")
    row.body = response.content
    row.save()


def replay(row: IdempotencyRecord) -> HttpResponse:
    """The answer that was given first."""
    response = HttpResponse(bytes(row.body), status=row.status, content_type=row.content_type)
    if row.location:
        response["Location"] = row.location
    response["Idempotent-Replay"] = "true"
    return response


@transaction.atomic
def purge(*, now: datetime) -> int:
    """Forget keys older than KEEP_FOR; returns how many."""
    count, _ = IdempotencyRecord.objects.filter(created_at__lt=now - KEEP_FOR).delete()
    return count
