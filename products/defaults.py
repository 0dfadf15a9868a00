"""Callables that migrations refer to by name; they never move."""

from __future__ import annotations

import uuid


def new_code() -> uuid.UUID:
    """A public identifier that tells nothing about how many there are."""
    return uuid.uuid4()


def empty_list() -> list[str]:
    return []


def empty_dict() -> dict[str, object]:
    return {}
