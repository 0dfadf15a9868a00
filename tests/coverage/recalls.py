"""Recalls of the small world: two, closed, each with a batch, a referral and a consignee's answer; their columns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import models

from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.trace.models.batch import Batch
from products.trace.models.recall import ConsigneeAnswer, Recall, RecallBatch, RecallNotice
from products.trace.queries.consignees import consignees_of
from products.trace.services.batches import register_batch
from products.trace.services.consignee_answers import record_consignee_answer
from products.trace.services.recalls import close_recall
from tests.coverage.covered import DEMO, OTHER_CODE, Covered
from tests.factories import PIDU
from tests.trace.lots.helpers import dispatch, give, receive, record, take
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
    """Each maker recalls a batch of its own of which the other has bought some and made a batch."""
    firms = [Enterprise.objects.get(uscc=actor.uscc) for actor in makers]
    rights = [Authorisation.objects.get(enterprise=firm) for firm in firms]
    for number, actor in enumerate(makers):
        buyer = makers[1 - number]
        source = Batch.objects.get(lot=f"A{number}")
        sent = dispatch(actor, {source: 5_000}, to=firms[1 - number], now=at(63))
        bought = receive(buyer, sent, f"R{number}", grams=5_000, now=at(64))
        made = register_batch(
            actor=buyer,
            authorisation_code=rights[1 - number].code,
            lot=f"D{number}",
            origin_code=PIDU,
            produced_on=date(2026, 11, 23),
            net_mass_g=4_000,
            now=at(65),
        )
        parts = {"taken": take({bought: 5_000}), "given": give((made, 4_000))}
        record(buyer, "process", process="分装", done_on=date(2026, 11, 23), **parts, now=at(66))
    for number, actor in enumerate(makers):
        source = Batch.objects.get(lot=f"A{number}")
        row = recall(actor, f"batch:{source.code}", level=number + 1, advice="请退货", contact="12315", now=at(70))
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
