"""Recalling or holding everything downstream in one act, adding to it, and closing it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.audit import Statement, record, record_many
from products.errors import Forbidden, NotFound
from products.trace.models.batch import Batch, BatchStep
from products.trace.models.lot import Lot
from products.trace.models.recall import Recall, RecallBatch, RecallNotice
from products.trace.queries.downstream import Downstream, Root, downstream_of, find_root, portions, reread, root_of
from products.trace.queries.recall_page import may_manage
from products.trace.queries.recall_plan import RecallPlan, plan_of, state_after
from products.trace.recall_errors import RecallChanged, RecallClosed, RecallCoversNothing, RecallExists
from products.trace.services.fact_checks import check_reason
from products.trace.services.recall_checks import NewRecall, check_recall
from products.trace.services.recall_lifting import resume_after
from products.trace.services.recall_statements import extending_statements, opening_statements

_KINDS = {"recalled": "trace.batch_recalled", "held": "trace.batch_held"}


def require_powers(actor: Actor) -> None:
    """Makers and offices alone. Raises Forbidden."""
    scope = Scope.OVERSIGHT if actor.is_role(Role.INSPECTOR) else Scope.BATCHES
    require_scope(actor, scope, Role.PRODUCER, Role.INSPECTOR)


@transaction.atomic
def open_recall(*, actor: Actor, recall: NewRecall, preview_sha256: str, now: datetime) -> Recall:
    """Recall or hold everything that descends from a lot or batch, as the preview of this hash showed it.

    What belongs to others, or lies outside the office's region, is referred to them. Raises NotFound,
    RecallChanged, RecallCoversNothing, RecallExists and the refusals of `recall_checks`, having changed nothing.
    """
    require_powers(actor)
    recall = check_recall(recall)
    root, downstream = _lock_downstream(find_root(actor=actor, subject=recall.root))
    plan = plan_of(actor, root, downstream)
    if plan.is_empty:
        raise RecallCoversNothing(_("从这里往下没有您可以召回的批次。请联系该批次所在地的市场监管部门。"), field="root")
    if _is_open(actor, root, recall.kind):
        raise RecallExists(_("您已对它发起过，还没有结束。请打开原来的那次，选择“补充新的下游批次”。"), field="root")
    if plan.sha256 != preview_sha256:
        raise RecallChanged(_("刚才显示的内容有变化，还没有执行。请核对下面新的清单后再确认。"), field="preview_sha256")
    row = Recall.objects.create(
        kind=recall.kind,
        level=recall.level,
        root=root.subject,
        holder=root.holder,
        reason=recall.reason,
        advice=recall.advice,
        contact=recall.contact,
        by=actor.ledger_name,
        at=now,
        is_demo=root.is_demo,
    )
    covers, notices = _write_rows(row, plan, plan.covered, now=now)
    record_many(list(opening_statements(row, covers, notices)), actor=actor, now=now)
    _stop_batches(row, covers, actor=actor, now=now)
    return row


@transaction.atomic
def extend_recall(*, actor: Actor, code: UUID, now: datetime) -> int:
    """Cover what turned out to descend from the same afterwards; the number of batches and notices added.

    Raises NotFound, Forbidden, RecallClosed, RecallCoversNothing where nothing is new.
    """
    row, root = _own_open(actor, code)
    plan = plan_of(actor, *_lock_downstream(root))
    known = set(row.covers.values_list("batch_id", flat=True))
    covers, notices = _write_rows(row, plan, [batch for batch in plan.covered if batch.pk not in known], now=now)
    if not covers and not notices:
        raise RecallCoversNothing(_("没有新的下游批次需要补充。"))
    record_many(list(extending_statements(row, covers, notices)), actor=actor, now=now)
    _stop_batches(row, covers, actor=actor, now=now)
    return len(covers) + len(notices)


@transaction.atomic
def close_recall(*, actor: Actor, code: UUID, outcome: str, now: datetime) -> int:
    """End it, saying what came of it; the number of batches on sale again.

    What was recalled stays recalled. What a hold took off sale goes back, unless something else stands against it.
    Raises NotFound, Forbidden, RecallClosed, ReasonMissing.
    """
    row, root = _own_open(actor, code)
    outcome = check_reason(outcome)
    _lock_downstream(root)
    row.outcome, row.closed_by, row.closed_at = outcome, actor.ledger_name, now
    row.save(update_fields=["outcome", "closed_by", "closed_at"])
    record(actor=actor, kind="trace.recall_closed", subject=f"recall:{row.code}", data={"outcome": outcome}, now=now)
    return resume_after(row, actor=actor, now=now) if row.kind == Recall.Kind.HOLD else 0


def _own_open(actor: Actor, code: UUID) -> tuple[Recall, Root]:
    """The recall, locked, for whoever opened it or an office above. Raises NotFound, Forbidden, RecallClosed."""
    require_powers(actor)
    visible = Recall.objects.visible_to(actor).select_for_update(of=("self",))
    row = visible.select_related("holder").filter(code=code).first()
    root = root_of(row) if row else None
    if row is None or root is None:
        raise NotFound(_("没有这次召回，或您无权办理。"))
    if not may_manage(actor, row):
        raise Forbidden(_("只有发起的单位，或它的上级、所在地的市场监管部门可以办理。"))
    if not row.is_open:
        raise RecallClosed(_("这次召回已经结束，不能再改。还有问题的，请重新发起。"))
    return row, root


def _is_open(actor: Actor, root: Root, kind: str) -> bool:
    return Recall.objects.filter(root=root.subject, kind=kind, by=actor.ledger_name, closed_at=None).exists()


class _Grown(Exception):
    """Something new came of it while we waited for locks."""


def _lock_downstream(root: Root) -> tuple[Root, Downstream]:
    """The root and everything downstream, locked until the transaction ends.

    Whoever uses lots locks them first, and then batches. What was being used while we waited has a child now, or its
    first lot: then all locks are given back, lest two wait for each other, and the way down is gone again until
    nothing new turns up. After that nothing can be used without seeing the recall.
    """
    while True:
        try:
            with transaction.atomic():
                return _lock_once(root)
        except _Grown:
            continue


def _lock_once(root: Root) -> tuple[Root, Downstream]:
    downstream = downstream_of(reread(root))
    lots = {lot.pk for lot in downstream.lots}
    _lock(Lot, lots)
    _lock(Batch, {batch.pk for batch in downstream.batches})
    # Batches are read once more as well: one may have changed its state before its lock was ours.
    root = reread(root)
    downstream = downstream_of(root)
    if {lot.pk for lot in downstream.lots} - lots:
        raise _Grown
    return root, downstream


def _lock(model: type[Lot] | type[Batch], pks: Iterable[int]) -> None:
    for portion in portions(sorted(pks)):
        rows = model._default_manager.filter(pk__in=portion).order_by("pk").select_for_update()
        list(rows.values_list("pk", flat=True))


def _write_rows(
    recall: Recall, plan: RecallPlan, batches: Sequence[Batch], *, now: datetime
) -> tuple[list[RecallBatch], list[RecallNotice]]:
    covers = [
        RecallBatch(
            recall=recall,
            batch=batch,
            from_state=batch.state,
            to_state=state_after(batch, recall.kind),
            at=now,
        )
        for batch in batches
    ]
    known = set(recall.notices.values_list("node", flat=True))
    notices = [
        RecallNotice(
            recall=recall,
            node=f"batch:{batch.code}",
            batch=batch,
            enterprise=batch.authorisation.enterprise,
            region=batch.authorisation.enterprise.region,
            at=now,
        )
        for batch in plan.referred
    ]
    notices += [RecallNotice(recall=recall, node=name, at=now) for name in plan.foreign]
    notices = [notice for notice in notices if notice.node not in known]
    RecallBatch.objects.bulk_create(covers, batch_size=500)
    RecallNotice.objects.bulk_create(notices, batch_size=500)
    return covers, notices


def _stop_batches(recall: Recall, covers: Sequence[RecallBatch], *, actor: Actor, now: datetime) -> None:
    """Each batch that changes its state has its own step and statement, as if it had been stopped alone."""
    changed = [row for row in covers if row.from_state != row.to_state]
    for portion in portions(changed):
        Batch.objects.filter(pk__in=[row.batch_id for row in portion]).update(state=portion[0].to_state)
    BatchStep.objects.bulk_create(
        [
            BatchStep(
                batch=row.batch,
                from_state=row.from_state,
                to_state=row.to_state,
                reason=recall.reason,
                by=actor.ledger_name,
                at=now,
            )
            for row in changed
        ],
        batch_size=500,
    )
    statements = [
        Statement(
            kind=_KINDS[row.to_state],
            subject=f"batch:{row.batch.code}",
            data={
                "from_state": row.from_state,
                "to_state": row.to_state,
                "reason": recall.reason,
                "recall": str(recall.code),
            },
        )
        for row in changed
    ]
    record_many(statements, actor=actor, now=now)
