"""What the ledger is told about a recall."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from products.audit import Statement
from products.trace.models.recall import ConsigneeAnswer, Recall, RecallBatch, RecallNotice
from products.trace.queries.downstream import portions

OPENED: Final = "trace.recall_opened"
EXTENDED: Final = "trace.recall_extended"
# An entry has at most 60,000 bytes: a long list goes on in the next.
COVERS_AN_ENTRY, NOTICES_AN_ENTRY = 250, 40


def opening_statements(
    recall: Recall, covers: Sequence[RecallBatch], notices: Sequence[RecallNotice]
) -> Iterator[Statement]:
    """What is recalled and why, with the first part of the list; the rest follows in further statements."""
    parts = list(_parts(covers, notices))
    head: dict[str, Any] = {
        "kind": recall.kind,
        "level": recall.level,
        "root": recall.root,
        "holder": recall.holder.uscc,
        "reason": recall.reason,
        "advice": recall.advice,
        "contact": recall.contact,
    }
    yield Statement(kind=OPENED, subject=f"recall:{recall.code}", data=head | parts[0])
    yield from (Statement(kind=EXTENDED, subject=f"recall:{recall.code}", data=part) for part in parts[1:])


def extending_statements(
    recall: Recall, covers: Sequence[RecallBatch], notices: Sequence[RecallNotice]
) -> Iterator[Statement]:
    """What was found to descend from the same afterwards."""
    for part in _parts(covers, notices):
        yield Statement(kind=EXTENDED, subject=f"recall:{recall.code}", data=part)


def _parts(covers: Sequence[RecallBatch], notices: Sequence[RecallNotice]) -> Iterator[dict[str, Any]]:
    listed = [[_cover(row) for row in portion] for portion in portions(covers, COVERS_AN_ENTRY)]
    referred = [[_notice(row) for row in portion] for portion in portions(notices, NOTICES_AN_ENTRY)]
    for place in range(max(len(listed), len(referred), 1)):
        yield {
            "batches": listed[place] if place < len(listed) else [],
            "referred": referred[place] if place < len(referred) else [],
        }


def _cover(row: RecallBatch) -> dict[str, object]:
    return {"batch": str(row.batch.code), "from_state": row.from_state, "to_state": row.to_state}


def _notice(row: RecallNotice) -> dict[str, object]:
    return {
        "node": row.node,
        "batch": str(row.batch.code) if row.batch else None,
        "enterprise": row.enterprise.uscc if row.enterprise else None,
        "region": row.region_id,
    }


def answer_statement(row: ConsigneeAnswer) -> dict[str, object]:
    return {
        "operation": str(row.operation.code),
        "notified_on": row.notified_on.isoformat(),
        "recovered_g": row.recovered_g,
    }
