"""The only reader of proofs for pages: what the ledger holds about a subject, and where to fetch the proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.queries import bodies_of_subjects, entries_of_subjects, plain_policy, vkey


@dataclass(frozen=True)
class ProofLink:
    """One entry about `subject`. `index` is None until the entry stands in the log."""

    kind: str
    subject: str
    at: datetime
    index: int | None

    @property
    def page(self) -> str:
        return f"/ledger/entry/{self.index}" if self.index is not None else ""

    @property
    def address(self) -> str:
        return f"/ledger/proofs/{self.index}" if self.index is not None else ""


def pinned_policy() -> str:
    """The tlog-policy a page hands to the visitor's browser; empty before the log is created."""
    key = vkey()
    return plain_policy(key) if key else ""


def proofs_of(subjects: Sequence[str]) -> list[ProofLink]:
    """Every entry about these subjects, the oldest first."""
    return [
        ProofLink(kind=entry.kind, subject=entry.subject, at=entry.at, index=entry.index)
        for entry in entries_of_subjects(subjects)
    ]


def bodies_about(subjects: Sequence[str]) -> dict[str, list[tuple[str, bytes]]]:
    """(place, body) of every entry about each of these subjects, in queue order; `place` is how a finding names it."""
    return {
        subject: [
            (f"queued entry {queue_id}" if index is None else f"entry {index}", body)
            for index, queue_id, body in bodies
        ]
        for subject, bodies in bodies_of_subjects(subjects).items()
    }
