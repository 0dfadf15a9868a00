"""What goes back on sale when a hold ends."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from products.access import Actor
from products.audit import Statement, record_many
from products.errors import DomainError
from products.registry.queries.authorisations import require_usable
from products.trace.models.batch import Batch, BatchStep
from products.trace.models.recall import Recall
from products.trace.services.lab_release import require_not_failed
from products.trace.services.recall_checks import require_not_recalled


def resume_after(hold: Recall, *, actor: Actor, now: datetime) -> int:
    """Release what this hold, closed just now, took off sale and nothing else stands against; how many.

    A batch that another hold covers, whose right has ended or that a laboratory failed meanwhile stays on hold: its
    maker releases it once that is settled. The caller has the batches' locks.
    """
    covers = hold.covers.filter(to_state=Batch.State.HELD, from_state=Batch.State.RELEASED)
    batches = Batch.objects.filter(pk__in=covers.values("batch"), state=Batch.State.HELD).select_related(
        "authorisation__indication", "authorisation__enterprise", "standard_version__standard"
    )
    freed = _free(list(batches.order_by("pk")), now=now)
    BatchStep.objects.bulk_create(
        [
            BatchStep(
                batch=batch,
                from_state=Batch.State.HELD,
                to_state=Batch.State.RELEASED,
                reason=hold.outcome,
                by=actor.ledger_name,
                at=now,
            )
            for batch in freed
        ],
        batch_size=500,
    )
    record_many([_statement(batch, hold) for batch in freed], actor=actor, now=now)
    return len(freed)


def _free(batches: list[Batch], *, now: datetime) -> list[Batch]:
    """Those that may be sold, now in that state.

    They may descend from each other: first all are taken for free, then those that are not are put back, until none
    is left whose ancestor was put back.
    """
    freed = batches
    _set_state(freed, Batch.State.RELEASED)
    while True:
        stopped = [batch for batch in freed if not _is_free(batch, now=now)]
        if not stopped:
            return freed
        _set_state(stopped, Batch.State.HELD)
        freed = [batch for batch in freed if batch.state == Batch.State.RELEASED]


def _set_state(batches: list[Batch], state: str) -> None:
    for batch in batches:
        batch.state = state
    Batch.objects.bulk_update(batches, ["state"], batch_size=500)


def _is_free(batch: Batch, *, now: datetime) -> bool:
    try:
        require_not_recalled(batch)
        require_usable(batch.authorisation, on=timezone.localdate(now))
        require_not_failed(batch)
    except DomainError:
        return False
    return True


def _statement(batch: Batch, hold: Recall) -> Statement:
    return Statement(
        kind="trace.batch_released",
        subject=f"batch:{batch.code}",
        data={"from_state": "held", "to_state": "released", "reason": hold.outcome, "recall": str(hold.code)},
    )
