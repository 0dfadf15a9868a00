"""What a recall or hold would cover: shown before it is confirmed, and worked out again when it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from products.access import Actor
from products.registry.models.enterprise import Enterprise
from products.trace.domain.batch_states import Step, next_state
from products.trace.domain.recall_texts import plan_sha256
from products.trace.models.batch import Batch
from products.trace.models.lot import Lot
from products.trace.models.recall import Recall
from products.trace.queries.downstream import Downstream, Root, downstream_of, find_root, is_entitled

_STEPS = {Recall.Kind.RECALL: Step.RECALL, Recall.Kind.HOLD: Step.HOLD}


@dataclass(frozen=True)
class Referral:
    """How many batches of a holder are beyond the actor's powers."""

    enterprise: Enterprise
    batches: int


@dataclass(frozen=True)
class RecallPlan:
    """`covered` and `lots` are what the actor has power over; `referred` and `foreign` go to others.

    `covered_lots` are the lots of the covered batches; `unseen` are lots of other holders that are no batches yet: whoever uses them is refused.
    """

    root: Root
    covered: list[Batch]
    covered_lots: list[Lot]
    lots: list[Lot]
    referred: list[Batch]
    unseen: int
    foreign: list[str]
    sha256: str

    @property
    def is_empty(self) -> bool:
        return not self.covered and not self.lots

    @property
    def referrals(self) -> list[Referral]:
        counts = Counter(batch.authorisation.enterprise_id for batch in self.referred)
        holders = {batch.authorisation.enterprise_id: batch.authorisation.enterprise for batch in self.referred}
        return [Referral(holders[key], count) for key, count in counts.most_common()]


def state_after(batch: Batch, kind: str) -> str:
    """What becomes of a batch: what is recalled already stays so, and only what is on sale can be taken off it."""
    return next_state(batch.state, _STEPS[Recall.Kind(kind)]) or batch.state


def plan_recall(*, actor: Actor, root: str) -> RecallPlan:
    """Raises NotFound."""
    found = find_root(actor=actor, subject=root)
    return plan_of(actor, found, downstream_of(found))


def plan_of(actor: Actor, root: Root, downstream: Downstream) -> RecallPlan:
    """Who may do what with everything downstream."""
    covered: list[Batch] = []
    referred: list[Batch] = []
    for batch in downstream.batches:
        (covered if is_entitled(actor, batch.authorisation.enterprise) else referred).append(batch)
    own = {batch.pk for batch in covered}
    plain = [lot for lot in downstream.lots if lot.batch_id is None]
    lots = [lot for lot in plain if is_entitled(actor, lot.enterprise)]
    return RecallPlan(
        root=root,
        covered=covered,
        covered_lots=[lot for lot in downstream.lots if lot.batch_id in own],
        lots=lots,
        referred=referred,
        unseen=len(plain) - len(lots),
        foreign=downstream.foreign,
        sha256=plan_sha256(
            root=root.subject,
            batches=[(str(batch.code), batch.state) for batch in downstream.batches],
            others=[*(str(lot.code) for lot in downstream.lots), *downstream.foreign],
        ),
    )
