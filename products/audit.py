"""The only writer to the ledger: one statement about one subject, in the caller's transaction."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import rfc8785
from django.utils.translation import gettext as _

from ledger.errors import NoRoom
from ledger.services.entries import NewEntry, enqueue_many
from products.access import Actor
from products.errors import StorageUnavailable


def commitment(value: str, *, salt: bytes) -> str:
    """A salted SHA-256 that stands in a leaf for a personal or confidential value."""
    return f"sha256:{hashlib.sha256(salt + value.encode()).hexdigest()}"


def new_salt() -> bytes:
    return secrets.token_bytes(16)


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def canonical(
    *, kind: str, at: datetime, subject: str, actor: str, data: Mapping[str, Any], commitments: Mapping[str, str]
) -> bytes:
    """The entry's exact bytes: RFC 8785 JSON of strings, integers within 2^53, booleans, null, arrays and objects."""
    _refuse_floats(data)
    return rfc8785.dumps(
        {
            "v": 1,
            "kind": kind,
            "at": timestamp(at),
            "subject": subject,
            "actor": actor,
            "data": dict(data),
            "commitments": dict(commitments),
        }
    )


@dataclass(frozen=True, slots=True)
class Statement:
    """One of many statements made at once."""

    kind: str
    subject: str
    data: Mapping[str, Any]
    commitments: Mapping[str, str] = field(default_factory=dict)


def record(
    *,
    actor: Actor,
    kind: str,
    subject: str,
    data: Mapping[str, Any],
    now: datetime,
    commitments: Mapping[str, str] | None = None,
) -> None:
    """Queue one statement. It commits or rolls back with the caller's own rows."""
    record_many([Statement(kind=kind, subject=subject, data=data, commitments=commitments or {})], actor=actor, now=now)


def record_many(statements: Sequence[Statement], *, actor: Actor, now: datetime) -> None:
    """Queue many statements in this order, as `record` does one."""
    entries = [
        NewEntry(
            kind=each.kind,
            subject=each.subject,
            body=canonical(
                kind=each.kind,
                at=now,
                subject=each.subject,
                actor=actor.ledger_name,
                data=each.data,
                commitments=each.commitments,
            ),
        )
        for each in statements
    ]
    try:
        enqueue_many(entries, now=now)
    except NoRoom as error:
        raise StorageUnavailable(_("系统存储空间不足，这次没有保存。请稍后再试，或联系管理员。")) from error


def _refuse_floats(value: Any) -> None:
    # A float has several decimal spellings; a quantity that matters is an integer or a decimal string.
    if isinstance(value, float):
        raise TypeError("floats never enter a ledger entry")
    if isinstance(value, Mapping):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
