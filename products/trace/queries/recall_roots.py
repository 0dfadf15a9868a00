"""Finding what a recall begins from: batches and lots by their number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from products.access import Actor, Role
from products.registry.models.enterprise import Enterprise
from products.trace.domain.facts import is_text
from products.trace.models.batch import Batch
from products.trace.models.lot import Lot

SHOWN = 20


@dataclass(frozen=True)
class Candidate:
    """A batch or lot that the actor may start from. `subject` names it as a recall's root."""

    subject: str
    label: str
    kind: str
    product: str
    enterprise: Enterprise
    made_on: date


def find_candidates(*, actor: Actor, text: str) -> list[Candidate]:
    """Batches and raw material whose number holds `text`, the newest first, at most SHOWN of each."""
    text = text.strip()
    if not text or not is_text(text) or not actor.is_role(Role.PRODUCER, Role.INSPECTOR):
        return []
    batches = Batch.objects.visible_to(actor).exclude(state=Batch.State.DRAFT).filter(lot__icontains=text)
    lots = Lot.objects.visible_to(actor).exclude(kind=Lot.Kind.BATCH).filter(lot__icontains=text)
    return [
        Candidate(
            subject=f"batch:{batch.code}",
            label=batch.lot,
            kind=str(Lot.Kind.BATCH.label),
            product=batch.authorisation.product_name,
            enterprise=batch.authorisation.enterprise,
            made_on=batch.produced_on,
        )
        for batch in batches.select_related("authorisation__enterprise")[:SHOWN]
    ] + [
        Candidate(
            subject=f"lot:{lot.code}",
            label=lot.lot,
            kind=str(lot.get_kind_display()),
            product=lot.material,
            enterprise=lot.enterprise,
            made_on=lot.made_on,
        )
        for lot in lots.select_related("enterprise")[:SHOWN]
    ]
