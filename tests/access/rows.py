"""What a row of the matrix says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.access.world import MEMBERS, World

ALL = set(MEMBERS)
SIGNED_IN = ALL - {"nobody"}
OFFICES = {"north", "city", "province"}
WATCHERS = OFFICES | {"auditor"}
SEE_BATCHES = WATCHERS | {"maker", "association", "admin"}
Body = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """Who may, at which address, with which body. `sees` is the text that only those in `seen_by` find in the answer.

    `prepare` is done once before anybody calls; `text` is a body that is no JSON.
    """

    allowed: set[str]
    path: Callable[[World], str]
    body: Body | None = None
    sees: Callable[[World], str] | None = None
    seen_by: frozenset[str] = frozenset()
    prepare: Callable[[World], None] | None = None
    text: str = ""
