"""The names of the lineage's nodes, and which links an operation adds: from what it took, to what it gave."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final
from uuid import UUID

LOT: Final = "lot:"
OPERATION: Final = "op:"
EVENT: Final = "event:"
BATCH: Final = "batch:"


def lot_node(code: UUID | str) -> str:
    return f"{LOT}{code}"


def operation_node(code: UUID | str) -> str:
    return f"{OPERATION}{code}"


def links_of(
    *,
    kind: str,
    operation: UUID | str,
    taken: Sequence[UUID | str],
    given: Sequence[UUID | str],
    dispatch: UUID | str | None = None,
) -> list[tuple[str, str]]:
    """The links (parent, child) that an operation adds; `dispatch` is the seller's that a purchase received.

    A stock-take adds none: what is counted too much in one lot has not come of what is missing in another.
    """
    if kind == "stocktake":
        return []
    node = operation_node(operation)
    arrived = [(operation_node(dispatch), node)] if dispatch else []
    return arrived + [(lot_node(code), node) for code in taken] + [(node, lot_node(code)) for code in given]


def partner_text(*, name: str, uscc: str, region: str = "") -> str:
    """What the log commits to of a seller or consignee: sorted JSON."""
    return json.dumps({"name": name, "region": region, "uscc": uscc}, ensure_ascii=False, sort_keys=True)
