"""What differs between the limits of two versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LimitFacts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """One limit that both have; `fields` are the columns in which it differs."""

    before: LimitFacts
    after: LimitFacts
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """Limits by what became of them, in the order of the later version (the removed in that of the earlier)."""

    added: tuple[LimitFacts, ...]
    removed: tuple[LimitFacts, ...]
    changed: tuple[Changed, ...]
    same_count: int

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed)


def changes_between(before: Sequence[LimitFacts], after: Sequence[LimitFacts]) -> Changes:
    """Limits are the same by their key, which copying into the next version keeps."""
    earlier = {each["key"]: each for each in before}
    later = {each["key"] for each in after}
    changed = []
    for each in after:
        if old := earlier.get(each["key"]):
            fields = tuple(name for name in each if each[name] != old.get(name))
            if fields:
                changed.append(Changed(old, each, fields))
    kept = sum(each["key"] in earlier for each in after)
    return Changes(
        added=tuple(each for each in after if each["key"] not in earlier),
        removed=tuple(each for each in before if each["key"] not in later),
        changed=tuple(changed),
        same_count=kept - len(changed),
    )
