"""Recalls of the small world: two, closed, each with a batch, a referral and a consignee's answer; their columns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import models

from products.access import Actor
from products.trace.models.batch import Batch
from products.trace.models.recall import ConsigneeAnswer, Recall, RecallBatch, RecallNotice
from products.trace.queries.consignees import consignees_of
from products.trace.services.consignee_answers import record_consignee_answer
from products.trace.services.recalls import close_recall
from tests.coverage.covered import DEMO, OTHER_CODE, Covered
from tests.trace.lineage_helpers import dispatch, lot_of, operate
from tests.trace.recall_helpers import recall

_RECALL: dict[str, Any] = {"world": "recalls", "place": lambda row: f"recall {row.recall.code}", "parent": "recall"}
RECALL_COLUMNS: dict[type[models.Model], Covered] = {
    Recall: Covered(
        world="recalls",
        place=lambda row: f"recall {row.code}",
        uncovered={"is_demo": DEMO},
        copied={"code": OTHER_CODE},
    ),
    RecallBatch: Covered(**_RECALL, copied={"batch_id": 999_999}),
    RecallNotice: Covered(**_RECALL, copied={"node": "copy"}),
    ConsigneeAnswer: Covered(**_RECALL),
}


def make_recalls(makers: tuple[Actor, Actor], *, at: Callable[[int], datetime]) -> None:
    """Each maker recalls a batch of its own that the other has used."""
    for number, (lot, used) in enumerate((("A0", "A1"), ("B1", "B0"))):
        actor = makers[number]
        source, child = lot_of(Batch.objects.get(lot=lot)), lot_of(Batch.objects.get(lot=used))
        operate(child.enterprise, "process", taken={source: 1_000}, given={child: 1_000})
        dispatch(source, grams=5_000, done_on=date(2026, 11, 22))
        assert source.batch is not None
        row = recall(
            actor, f"batch:{source.batch.code}", level=number + 1, advice="请退货", contact="12315", now=at(70)
        )
        (consignment,) = consignees_of(row, actor=actor).rows
        record_consignee_answer(
            actor=actor,
            recall_code=row.code,
            operation_code=consignment.operation.code,
            notified_on=date(2026, 11, 23),
            recovered_g=4_000,
            now=at(71),
        )
        close_recall(actor=actor, code=row.code, outcome="已销毁", now=at(72))
