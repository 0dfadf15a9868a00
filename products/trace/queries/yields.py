"""The yield that a specification expects of a process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from products.registry.domain.indicators import PROCESS
from products.registry.queries.standards import version_in_force
from products.trace.domain.mass_balance import YieldRange, yield_range
from products.trace.models.lot import Lot
from products.trace.queries.lab import rule_of


def expected_yield(lots: Sequence[Lot], *, on: date) -> YieldRange:
    """By the version for a batch among the lots, else by the one in force for their only indication; open bounds if none."""
    version = next((lot.batch.standard_version for lot in lots if lot.batch and lot.batch.standard_version), None)
    indications = {lot.indication_id for lot in lots} - {None}
    if version is None and len(indications) == 1:
        version = version_in_force(indication_id=next(key for key in indications if key is not None), on=on)
    if version is None:
        return YieldRange()
    return yield_range(rule_of(row).limit for row in version.limits.filter(scope=PROCESS))
