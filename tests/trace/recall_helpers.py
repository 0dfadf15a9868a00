"""A chain of lots over three enterprises, and one call that recalls all of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledger.models import Entry
from products.access import Actor
from products.registry.models.enterprise import Enterprise
from products.trace.models.batch import Batch
from products.trace.models.lot import Lot
from products.trace.models.recall import Recall
from products.trace.queries.recall_plan import plan_recall
from products.trace.services.recall_checks import NewRecall
from products.trace.services.recalls import open_recall
from tests.factories import CUIPING, NOW, make_authorisation, make_batch, make_enterprise, make_indication
from tests.trace.lineage_helpers import lot_of, make_lot, operate


@dataclass(frozen=True)
class Chain:
    """A purchased raw material went into `first`, `first` into `second`, and some of it to a maker in another city.

    `aside` is a batch of the same maker that has nothing to do with it.
    """

    raw: Lot
    first: Batch
    second: Batch
    far: Batch
    aside: Batch

    @property
    def lots(self) -> dict[str, Lot]:
        return {name: getattr(self, name).traced_lot for name in ("first", "second", "far", "aside")}


def make_chain(makers: Enterprise) -> Chain:
    right = make_authorisation(enterprise=makers)
    elsewhere = make_enterprise(region_id=CUIPING, name="翠屏某酱园")
    other_right = make_authorisation(enterprise=elsewhere, indication=make_indication(counties=(CUIPING,)))
    raw = make_lot(makers, kind="purchase", lot="W-1", seller_name="某农资")
    first, second, aside = (make_batch(authorisation=right, lot=lot) for lot in ("B-1", "B-2", "B-9"))
    far = make_batch(authorisation=other_right, lot="F-1", origin_id=CUIPING)
    lots = {batch.pk: lot_of(batch) for batch in (first, second, far, aside)}
    operate(makers, "process", taken={raw: 50_000}, given={lots[first.pk]: 100_000})
    operate(makers, "merge", taken={lots[first.pk]: 20_000}, given={lots[second.pk]: 20_000})
    operate(elsewhere, "process", taken={lots[first.pk]: 20_000}, given={lots[far.pk]: 20_000})
    return Chain(raw, first, second, far, aside)


def recall(actor: Actor, root: str, *, now: datetime = NOW, **changes: Any) -> Recall:
    """Recall, at level two, everything that the preview shows."""
    facts: dict[str, Any] = {"kind": "recall", "level": 2, "root": root, "reason": "原料农药残留超标"}
    plan = plan_recall(actor=actor, root=root)
    return open_recall(actor=actor, recall=NewRecall(**(facts | changes)), preview_sha256=plan.sha256, now=now)


def hold(actor: Actor, root: str, **changes: Any) -> Recall:
    facts: dict[str, Any] = {"kind": "hold", "level": 0, "reason": "正在复检"}
    return recall(actor, root, **(facts | changes))


def states(*batches: Batch) -> list[str]:
    for batch in batches:
        batch.refresh_from_db()
    return [batch.state for batch in batches]


def entries_of(row: Recall) -> list[dict[str, Any]]:
    """The statements queued about a recall, the oldest first."""
    return [json.loads(bytes(each.body)) for each in Entry.objects.filter(subject=f"recall:{row.code}").order_by("pk")]
