"""The only reader of proofs for pages: what the ledger holds about a subject, and where to fetch the proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.queries import entries_of_subjects


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


def proofs_of(subjects: Sequence[str]) -> list[ProofLink]:
    """Every entry about these subjects, the oldest first."""
    return [
        ProofLink(kind=entry.kind, subject=entry.subject, at=entry.at, index=entry.index)
        for entry in entries_of_subjects(subjects)
    ]
