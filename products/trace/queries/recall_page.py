"""What pages and the API show of a recall: to each reader the rows that are theirs, of the rest how many there are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from products.access import Actor, Role
from products.errors import NotFound
from products.registry.models.enterprise import Enterprise
from products.trace.models.batch import Batch, BatchStep
from products.trace.models.recall import Recall, RecallBatch, RecallNotice
from products.trace.queries.batches import actor_names
from products.trace.queries.consignees import Consignees, consignees_of_lots, may_see_consignees
from products.trace.queries.downstream import (
    Downstream,
    Root,
    downstream_of,
    holders_of,
    is_entitled,
    portions,
    root_of,
)
from products.trace.queries.recall_plan import plan_of

STOPPED = (Batch.State.RECALLED, Batch.State.HELD)
SIZE = F("label_runs__ranges__last_serial") - F("label_runs__ranges__first_serial") + 1


@dataclass(frozen=True)
class Labels:
    """Of one batch: labels issued, put to use, and made void."""

    issued: int = 0
    activated: int = 0
    voided: int = 0


@dataclass(frozen=True)
class Covered:
    """A batch that a recall covers. `to_state` is what the recall made of it; `batch.state` what it is now."""

    batch: Batch
    from_state: str
    to_state: str
    at: datetime
    labels: Labels

    @property
    def from_words(self) -> str:
        return str(Batch.State(self.from_state).label)

    @property
    def to_words(self) -> str:
        return str(Batch.State(self.to_state).label)


@dataclass(frozen=True)
class ReferredTo:
    """A holder that was notified, and how many of its batches are off sale by now."""

    enterprise: Enterprise
    batches: int
    stopped: int


@dataclass(frozen=True)
class RecallPage:
    """`hidden` batches are covered and not this reader's; `new` is what could be added now."""

    recall: Recall
    root: Root | None
    by: str
    covered: list[Covered]
    hidden: int
    referred: list[ReferredTo]
    notified: list[RecallNotice]
    foreign: int
    new: int
    consignees: Consignees | None
    may_manage: bool

    @property
    def issued(self) -> int:
        return sum(row.labels.issued for row in self.covered)

    @property
    def activated(self) -> int:
        return sum(row.labels.activated for row in self.covered)


def list_recalls(*, actor: Actor) -> QuerySet[Recall]:
    """What the actor has to do with, the newest first."""
    return Recall.objects.visible_to(actor).select_related("holder")


def find_recall(*, actor: Actor, code: UUID) -> Recall:
    """Raises NotFound."""
    row = list_recalls(actor=actor).filter(code=code).first()
    if row is None:
        raise NotFound(_("没有这次召回，或您无权查看。"))
    return row


def labels_of(batch_ids: Collection[int]) -> dict[int, Labels]:
    """By the batch's pk; zeros where no labels were issued."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for portion in portions(batch_ids):
        rows = Batch.objects.filter(pk__in=portion).order_by()
        for pk, issued in rows.annotate(issued=Sum("label_runs__quantity")).values_list("pk", "issued"):
            found[pk]["issued"] = issued or 0
        # Apart from the above: joined to its ranges a run would count once for each.
        ranges = rows.annotate(
            activated=Sum(SIZE, filter=Q(label_runs__ranges__kind="activated")),
            voided=Sum(SIZE, filter=Q(label_runs__ranges__kind="voided")),
        )
        for pk, activated, voided in ranges.values_list("pk", "activated", "voided"):
            found[pk] |= {"activated": activated or 0, "voided": voided or 0}
    return {pk: Labels(**counts) for pk, counts in found.items()}


def covered_batches(recall: Recall, *, actor: Actor) -> list[Covered]:
    """The batches it covers that the actor may see, in the order in which they were covered."""
    seen = Batch.objects.visible_to(actor)
    rows = list(
        recall.covers.filter(batch__in=seen)
        .select_related("batch")
        .prefetch_related(*holders_of("batch__authorisation__"))
    )
    labels = labels_of([row.batch_id for row in rows])
    return [Covered(row.batch, row.from_state, row.to_state, row.at, labels[row.batch_id]) for row in rows]


def recall_page(*, actor: Actor, code: UUID) -> RecallPage:
    """Raises NotFound."""
    recall = find_recall(actor=actor, code=code)
    root = root_of(recall)
    covered = covered_batches(recall, actor=actor)
    notices = list(recall.notices.select_related("batch__authorisation", "enterprise__region", "region"))
    manages = may_manage(actor, recall)
    downstream = downstream_of(root) if root else Downstream([], [], [])
    return RecallPage(
        recall=recall,
        root=root,
        by=actor_names([recall.by])[recall.by],
        covered=covered,
        hidden=recall.covers.count() - len(covered),
        referred=_referred(notices) if manages or actor.is_role(Role.ADMIN, Role.AUDITOR) else [],
        notified=[
            notice for notice in notices if notice.enterprise and not manages and is_entitled(actor, notice.enterprise)
        ],
        foreign=sum(notice.enterprise_id is None for notice in notices),
        new=_new(recall, root, downstream, notices, actor=actor) if root and manages and recall.is_open else 0,
        consignees=consignees_of_lots(actor=actor, lots=downstream.lots, answers=list(recall.answers.order_by("pk")))
        if may_see_consignees(actor)
        else None,
        may_manage=manages and recall.is_open,
    )


def may_manage(actor: Actor, recall: Recall) -> bool:
    """Whoever opened it; of a maker's the offices of its region, of an office's those above it."""
    if recall.by == actor.ledger_name:
        return actor.is_role(Role.PRODUCER, Role.INSPECTOR)
    office = recall.by.removeprefix("office:") if recall.by.startswith("office:") else recall.holder.region_id
    return actor.is_role(Role.INSPECTOR) and actor.covers(office)


def _referred(notices: Sequence[RecallNotice]) -> list[ReferredTo]:
    holders = {notice.enterprise: 0 for notice in notices if notice.enterprise}
    stopped: Counter[Enterprise] = Counter()
    for notice in notices:
        if notice.enterprise and notice.batch:
            holders[notice.enterprise] += 1
            stopped[notice.enterprise] += notice.batch.state in STOPPED
    return [ReferredTo(enterprise, count, stopped[enterprise]) for enterprise, count in holders.items()]


def _new(recall: Recall, root: Root, downstream: Downstream, notices: Sequence[RecallNotice], *, actor: Actor) -> int:
    plan = plan_of(actor, root, downstream)
    covered = set(recall.covers.values_list("batch_id", flat=True))
    told = {notice.node for notice in notices}
    nodes = [f"batch:{batch.code}" for batch in plan.referred] + plan.foreign
    return sum(batch.pk not in covered for batch in plan.covered) + sum(node not in told for node in nodes)


def open_notices(*, actor: Actor) -> list[RecallNotice]:
    """What was referred to the actor and is still on sale or may come there, the newest first."""
    if not actor.is_role(Role.PRODUCER, Role.INSPECTOR, Role.AUDITOR):
        return []
    seen = Batch.objects.visible_to(actor).exclude(state__in=STOPPED)
    notices = RecallNotice.objects.filter(batch__in=seen, recall__in=Recall.objects.visible_to(actor))
    return list(
        notices.filter(Q(recall__kind=Recall.Kind.RECALL) | Q(recall__closed_at=None))
        .select_related("recall", "batch__authorisation__enterprise")
        .order_by("-pk")
    )


@dataclass(frozen=True)
class Stop:
    """Why a batch is off sale, for everybody: `code` and what comes with it only where a recall covers it."""

    kind: str
    reason: str
    at: datetime
    advice: str = ""
    contact: str = ""
    level: str = ""
    code: UUID | None = None


def stop_of(batch: Batch) -> Stop | None:
    """The recall or hold that a batch is under, read anew; None where it is under none."""
    if batch.state not in STOPPED:
        return None
    step = BatchStep.objects.filter(batch=batch, to_state=batch.state).last()
    covers = RecallBatch.objects.filter(batch=batch, to_state=batch.state).select_related("recall")
    cover = covers.order_by("pk").last()
    if cover and (step is None or cover.at >= step.at):
        recall = cover.recall
        level = str(recall.get_level_display()) if recall.level else ""
        return Stop(recall.kind, recall.reason, cover.at, recall.advice, recall.contact, level, recall.code)
    kind = Recall.Kind.RECALL if batch.state == Batch.State.RECALLED else Recall.Kind.HOLD
    return Stop(kind, step.reason, step.at) if step else None
