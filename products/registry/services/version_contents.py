"""What a version of a standard says, as one value: for its hash, its rows and its entries in the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import rfc8785

from products.access import Actor
from products.audit import Statement, record_many
from products.registry.domain import version_content as domain
from products.registry.models.version_record import VersionRecord

# Of limits in one entry: the rest of its 60,000 bytes is for the head and the words of a decision.
_PART_BYTES: Final = 40_000


def published_limits(record: VersionRecord) -> list[dict[str, Any]]:
    """The limits as they will stand; versions that came with the reference data stand as they came."""
    if not record.drafted_by:
        return [dict(limit) for limit in record.limits]
    return domain.published_limits(record.limits, source=record.source)


def head_of(record: VersionRecord) -> dict[str, Any]:
    """What a version says beside its limits, as canonical JSON can say it."""
    return {
        "standard": record.standard_code,
        "title": record.title,
        "indication": record.indication.code if record.indication else None,
        "label": record.label,
        "effective_from": record.effective_from.isoformat() if record.effective_from else None,
        "effective_to": record.effective_to.isoformat() if record.effective_to else None,
        "source": record.source,
        "max_yield_kg_per_ha": record.max_yield_kg_per_ha,
    }


def content_sha256(record: VersionRecord) -> str:
    return domain.content_sha256(head_of(record), published_limits(record))


def state_content(*, actor: Actor, record: VersionRecord, kind: str, data: Mapping[str, Any], now: datetime) -> None:
    """Queue a statement with everything the version says: the first entry, and as many more as its limits need."""
    parts = list(_parts(published_limits(record))) or [[]]
    subject, digest = subject_of(record), content_sha256(record)
    head = {**head_of(record), **data, "content_sha256": digest, "limit_count": len(record.limits)}
    statements = [Statement(kind=kind, subject=subject, data={**head, "parts": len(parts), "limits": parts[0]})]
    statements += [
        Statement(
            kind="registry.standard_limits_stated",
            subject=subject,
            data={"content_sha256": digest, "part": number, "parts": len(parts), "limits": part},
        )
        for number, part in enumerate(parts[1:], start=2)
    ]
    record_many(statements, actor=actor, now=now)


def subject_of(record: VersionRecord) -> str:
    return f"standard-version:{record.code}"


def _parts(limits: Sequence[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    part: list[Mapping[str, Any]] = []
    size = 0
    for limit in limits:
        length = len(rfc8785.dumps(dict(limit)))
        if part and size + length > _PART_BYTES:
            yield part
            part, size = [], 0
        part.append(limit)
        size += length
    if part:
        yield part
