"""Loading the targets of a plan from the reference data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from products.oversight.models.target import PolicyTarget
from products.registry.domain.reference import TargetRow

_FIELDS = ("title", "title_en", "baseline", "baseline_on", "target", "due_on", "source")


@dataclass
class TargetDiff:
    """What loading changed: "plan metric" of each, with the fields that differ for changed ones."""

    added: list[str] = field(default_factory=list)
    changed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)


@transaction.atomic
def load_targets(rows: Iterable[TargetRow]) -> TargetDiff:
    """Merge by plan and metric; a target that the rows no longer name stays, for it was asked for once."""
    diff = TargetDiff()
    for row in rows:
        name = f"{row.plan} {row.metric}"
        facts = {key: getattr(row, key) for key in _FIELDS if key != "source"}
        # How the text is read (what counts as new, from which day) belongs to the source of the figure.
        facts["source"] = f"{row.source}。{row.note}" if row.note else row.source
        present, is_new = PolicyTarget.objects.get_or_create(plan=row.plan, metric=row.metric, defaults=facts)
        if is_new:
            diff.added.append(name)
            continue
        different = tuple(key for key in _FIELDS if getattr(present, key) != facts[key])
        if different:
            PolicyTarget.objects.filter(pk=present.pk).update(**{key: facts[key] for key in different})
            diff.changed[name] = different
        else:
            diff.unchanged.append(name)
    return diff
