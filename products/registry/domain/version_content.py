"""What a version of a standard says, as one value that canonical JSON can write, and its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import rfc8785

LIMIT_COLUMNS: Final = (
    "key",
    "indicator",
    "name",
    "name_en",
    "unit",
    "basis",
    "comparator",
    "values",
    "condition",
    "scope",
    "is_usable",
    "source",
    "confidence",
)
HEAD: Final = (
    "standard",
    "title",
    "indication",
    "label",
    "effective_from",
    "effective_to",
    "source",
    "max_yield_kg_per_ha",
)


def published_limits(limits: Sequence[Mapping[str, Any]], *, source: str) -> list[dict[str, Any]]:
    """The limits as they will stand: with the version's source where they name none; without any, not usable."""
    return [
        {name: limit[name] for name in LIMIT_COLUMNS}
        | {
            "source": limit["source"] or source,
            "is_usable": bool(limit["is_usable"] and (limit["source"] or source)),
        }
        for limit in limits
    ]


def content_sha256(head: Mapping[str, Any], limits: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 of the RFC 8785 JSON of HEAD and `limits`: who has the entries can calculate it again."""
    content = {name: head[name] for name in HEAD} | {"limits": [dict(limit) for limit in limits]}
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()
