"""Scans of what is recalled, over the API."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from products.access import Scope, require_scope
from products.http import actor_of
from products.scans.recall_counts import scans_after
from products.trace.queries.recall_page import covered_batches, find_recall

router = Router(tags=["recalls"])


class ScansAfterOut(Schema):
    """`region` is a prefecture's GB/T 2260 code, "" where unknown; `day` in China."""

    batch: UUID
    lot: str
    region: str
    day: date
    count: int


@router.get(
    "/recalls/{uuid:code}/scans",
    response=list[ScansAfterOut],
    operation_id="count_scans_after_recall",
    summary="Scans of the covered batches since, by batch, prefecture and day",
)
def read_scans(request: HttpRequest, code: UUID) -> list[ScansAfterOut]:
    actor = actor_of(request)
    require_scope(actor, Scope.READ)
    covered = covered_batches(find_recall(actor=actor, code=code), actor=actor)
    return [
        ScansAfterOut(batch=row.batch.code, lot=row.batch.lot, region=row.region, day=row.day, count=row.count)
        for row in scans_after(covered)
    ]
