"""Salts and values behind commitments, of values that whoever asks may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from products.audit import commitment
from products.oversight.evidence.scope import Scope
from products.trace.domain.plots import PLOT_FIELDS, plot_text
from products.trace.models.batch import Batch

# {subject: {field: [(salt, value)]}}: every value the field ever had, as far as the rows still know.
Candidates = dict[str, dict[str, list[tuple[bytes, str]]]]


@dataclass(frozen=True)
class Opening:
    """One line of records/commitments.json."""

    entry: int
    field: str
    salt: bytes
    value: str


def candidates_of(scope: Scope) -> Candidates:
    """What may be opened: plots, notes and parties of cases, findings of inspections.

    A complaint has one salt for its text, the place and the contact: giving it away would let anybody try telephone
    numbers against the contact's commitment. So nothing of a complaint is opened.
    """
    found: Candidates = defaultdict(lambda: defaultdict(list))
    for batch in scope.batches.exclude(plot_salt=b"").prefetch_related("corrections").iterator(500):
        salt = bytes(batch.plot_salt)
        found[f"batch:{batch.code}"]["plot"] = [(salt, text) for text in _plots(batch)]
    for inspection in scope.inspections.exclude(findings_salt=b"").iterator(500):
        salt = bytes(inspection.findings_salt)
        found[f"inspection:{inspection.number}"]["findings"] = [(salt, inspection.findings)]
    for case in scope.cases.select_related("enterprise", "complaint").prefetch_related("steps").iterator(500):
        parties = f"{case.enterprise.uscc if case.enterprise else ''}|{case.complaint.number if case.complaint else ''}"
        for step in case.steps.all():
            if step.note_salt:
                found[f"case:{case.number}"]["note"].append((bytes(step.note_salt), step.note))
                found[f"case:{case.number}"]["parties"].append((bytes(step.note_salt), parties))
    return found


def open_commitments(
    *, index: int, subject: str, commitments: Mapping[str, Any], candidates: Candidates
) -> tuple[list[Opening], int]:
    """The openings of one entry, each tried before it is handed out, and how many commitments stay closed."""
    opened: list[Opening] = []
    for field, promised in sorted(commitments.items()):
        known: Sequence[tuple[bytes, str]] = candidates.get(subject, {}).get(field, [])
        for salt, value in known:
            if commitment(value, salt=salt) == promised:
                opened.append(Opening(entry=index, field=field, salt=salt, value=value))
                break
    return opened, len(commitments) - len(opened)


def _plots(batch: Batch) -> Iterator[str]:
    """The plot as it is, and as it was before each correction, the newest first."""
    plot: dict[str, Any] = {name: getattr(batch, name) for name in PLOT_FIELDS}
    yield plot_text(**plot)
    for correction in reversed(list(batch.corrections.all())):
        changes = {name: pair[0] for name, pair in correction.changes.items() if name in PLOT_FIELDS}
        for name, before in changes.items():
            # Micro-degrees are numbers; a correction keeps both sides as text.
            plot[name] = (int(before) if before else None) if name.endswith("_e6") else before
        if changes:
            yield plot_text(**plot)
