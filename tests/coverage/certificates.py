"""Conformity certificates of the small world."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from products.access import Actor
from products.trace.models.batch import Batch
from products.trace.services.certificates import collect_certificate, issue_certificate
from tests.trace.lineage_helpers import lot_of, make_lot, operate


def make_certificates(makers: Sequence[Actor], *, at: Sequence[datetime]) -> None:
    """Of each maker one on the released batch and another in its place, both standing in for a seller's."""
    for number, actor in enumerate(makers):
        batch = Batch.objects.get(lot=f"A{number}")
        enterprise = batch.authorisation.enterprise
        bought = make_lot(enterprise, kind="purchase", lot=f"P{number}")
        operate(enterprise, "merge", taken={bought: 1_000}, given={lot_of(batch): 1_000})
        for place in range(2):
            collect_certificate(
                actor=actor,
                lot_code=bought.code,
                number=f"S-{number}-{place}",
                issued_on=date(2026, 11, 19),
                now=at[2 * number + place],
            )
            issue_certificate(
                actor=actor,
                batch_code=batch.code,
                product_kind="vegetable",
                contact="028-87654321",
                basis=["own_test", "quality_control"],
                reason="混入了另一批" if place else "",
                now=at[2 * number + place],
            )
