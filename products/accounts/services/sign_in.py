"""Guessing passwords is slowed down for each name."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core.cache import cache
from django.dispatch import receiver

LIMIT = 10
WINDOW = timedelta(minutes=15)


def _cache_key(username: str) -> str:
    return f"sign-in-failures:{sha256(username.lower().encode()).hexdigest()[:32]}"


def too_many_failures(username: str) -> bool:
    return int(cache.get(_cache_key(username), 0)) >= LIMIT


@receiver(user_login_failed)
def count_failure(credentials: dict[str, str], **_: object) -> None:
    key = _cache_key(credentials.get("username", ""))
    cache.add(key, 0, WINDOW.total_seconds())
    cache.incr(key)


@receiver(user_logged_in)
def forget_failures(user: object, **_: object) -> None:
    cache.delete(_cache_key(getattr(user, "username", "")))
