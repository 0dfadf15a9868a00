"""Conformity certificates of the small world."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from products.access import Actor
from products.trace.models.batch import Batch
from products.trace.services.certificates import collect_certificate, issue_certificate
from tests.trace.lots.helpers import give, purchase, record, take


def make_certificates(makers: Sequence[Actor], *, at: Sequence[datetime]) -> None:
    """Of each maker one on the released batch and another in its place, both standing in for a seller's."""
    for number, actor in enumerate(makers):
        batch = Batch.objects.get(lot=f"A{number}")
        bought = purchase(actor, f"P{number}", now=at[2 * number])
        mass_g = batch.net_mass_g
        parts = {"taken": take({bought: mass_g}), "given": give((batch, mass_g))}
        record(actor, "process", process="分装", **parts, now=at[2 * number])
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
