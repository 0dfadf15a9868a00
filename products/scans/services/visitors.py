"""Telling a repeated look from a stranger's, without being able to tell who it was."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from products.scans.models.scan import VisitorSalt

HASH_BYTES = 16


@dataclass(frozen=True)
class Visitor:
    """What a request tells: used at once, never stored. `region` is a prefecture's GB/T 2260 code or empty."""

    address: str
    agent: str
    region: str = ""


_salts: dict[date, bytes] = {}


def _salt(day: date) -> bytes:
    """The day's salt, the same in every process; made by whoever needs it first."""
    salt = _salts.get(day)
    if salt is None:
        row, _is_new = VisitorSalt.objects.get_or_create(day=day, defaults={"salt": secrets.token_bytes(32)})
        salt = bytes(row.salt)
        _salts.clear()
        _salts[day] = salt
    return salt


def visitor_hash(visitor: Visitor, *, now: datetime) -> bytes:
    """16 bytes that are the same for one phone on one day, and mean nothing once the day's salt is deleted."""
    # Headers may hold anything, half surrogates included.
    text = f"{visitor.address}\0{visitor.agent}".encode(errors="backslashreplace")
    return hmac.new(_salt(timezone.localdate(now)), text, hashlib.sha256).digest()[:HASH_BYTES]


def forget_salts(*, now: datetime) -> int:
    """Delete the salts of days before yesterday; returns how many."""
    count, _per_model = VisitorSalt.objects.filter(day__lt=timezone.localdate(now) - timedelta(days=1)).delete()
    return count
