"""What the history of a batch is made of, each kind in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from products.registry.models.authorisation import AuthorisationDecision
from products.trace.models.batch import Batch
from products.trace.models.lab_report import LabReport
from products.trace.models.lot import Lot, LotMove, LotOperation

# The nearest operations of the line that ends in the batch; whoever wants all of them follows the lineage.
_OPERATIONS: Final = 24
_INSPECTIONS: Final = 3
_DECISIONS: Final = 6
# Breadth first on both databases: a LIMIT keeps the nearest, and stops the walk there.
_LINE: Final = """
WITH RECURSIVE line(operation_id, depth) AS (
    SELECT move.operation_id, 1
    FROM products_lot lot JOIN products_lotmove move ON move.lot_id = lot.id
    WHERE lot.batch_id = %s
    UNION
    SELECT made.operation_id, line.depth + 1
    FROM line
    JOIN products_lotmove taken ON taken.operation_id = line.operation_id AND taken.mass_g < 0
    JOIN products_lotmove made ON made.lot_id = taken.lot_id AND made.mass_g > 0
    WHERE line.depth < 10
)
SELECT operation_id FROM line LIMIT %s
"""


@dataclass(frozen=True)
class Part:
    """Grams of one lot that an operation took or gave."""

    lot: str
    material: str
    mass_g: int


@dataclass(frozen=True)
class OperationLine:
    """One operation on the batch's line. `partner` is the seller or the consignee: not for the public."""

    code: UUID
    kind: str
    kind_text: str
    process: str
    done_on: date
    at: datetime
    by: str
    reason: str
    partner: str
    document_no: str
    inputs: tuple[Part, ...]
    outputs: tuple[Part, ...]


@dataclass(frozen=True)
class InspectionLine:
    """A published inspection of how the batch's right to the mark is used."""

    number: str
    office: str
    result_text: str
    done_on: date
    at: datetime


def lab_reports_of(batch: Batch) -> list[LabReport]:
    return list(batch.lab_reports.select_related("replaced_by").order_by("pk"))


def operations_of(batch: Batch) -> list[OperationLine]:
    """What was done with the batch's own lot and with those it came of, the oldest first; one query or three."""
    with connection.cursor() as cursor:
        cursor.execute(_LINE, [batch.pk, _OPERATIONS])
        wanted = {row[0] for row in cursor.fetchall()}
    if not wanted:
        return []
    parts: dict[int, list[tuple[Lot, int]]] = {}
    for move in LotMove.objects.filter(operation__in=wanted).select_related("lot").order_by("pk"):
        parts.setdefault(move.operation_id, []).append((move.lot, move.mass_g))
    rows = LotOperation.objects.filter(pk__in=wanted).exclude(kind=LotOperation.Kind.DECLARED).order_by("at", "pk")
    return [_operation(row, parts.get(row.pk, [])) for row in rows]


def _operation(row: LotOperation, parts: list[tuple[Lot, int]]) -> OperationLine:
    given = [lot for lot, mass_g in parts if mass_g > 0]
    seller = given[0].seller_name if row.kind == LotOperation.Kind.PURCHASE and given else ""
    return OperationLine(
        code=row.code,
        kind=row.kind,
        kind_text=row.get_kind_display(),
        process=row.process,
        done_on=row.done_on,
        at=row.at,
        by=row.by,
        reason=row.reason,
        partner=seller or row.consignee_name,
        document_no=row.document_no or (given[0].document_no if seller else ""),
        inputs=tuple(Part(lot.lot, lot.material, -mass_g) for lot, mass_g in parts if mass_g < 0),
        outputs=tuple(Part(lot.lot, lot.material, mass_g) for lot, mass_g in parts if mass_g > 0),
    )


def decisions_of(batch: Batch, *, actions: Collection[str]) -> list[AuthorisationDecision]:
    """The newest announcement of the right to the mark, and what became of the right since the batch was made."""
    rows = list(batch.authorisation.decisions.filter(action__in=actions).order_by("-decided_at", "-pk"))
    announced = next((row for row in rows if row.action == AuthorisationDecision.Action.ANNOUNCE), None)
    since = [row for row in rows if timezone.localdate(row.decided_at) >= batch.produced_on][:_DECISIONS]
    return since if announced is None or announced in since else [announced, *since]


def inspections_of(batch: Batch) -> list[InspectionLine]:
    """The newest published inspections of the right; by the relation's name, as runs are: nothing above is imported."""
    rows = batch.authorisation.inspections.filter(state="published").order_by("-done_on", "-pk")[:_INSPECTIONS]
    return [
        InspectionLine(row.number, row.office, row.get_result_display(), row.done_on, row.published_at)
        for row in rows
        if row.done_on and row.published_at
    ]
