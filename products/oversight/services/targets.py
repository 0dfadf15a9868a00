"""Loading the targets of a plan from the reference data."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from products.oversight.models.target import PolicyTarget
from products.registry.domain.reference import TargetRow
from products.registry.services.reference import Difference, merge

_FIELDS = ("plan", "metric", "title", "title_en", "baseline", "baseline_on", "target", "due_on")


@transaction.atomic
def load_targets(rows: Iterable[TargetRow]) -> Difference:
    """Merge by plan and metric; a target that the rows no longer name stays, for it was asked for once."""
    facts = [
        {name: getattr(row, name) for name in _FIELDS}
        # How the text is read (what counts as new, from which day) belongs to the source of the figure.
        | {"source": f"{row.source}。{row.note}" if row.note else row.source}
        for row in rows
    ]
    return merge(PolicyTarget, ("plan", "metric"), facts)
