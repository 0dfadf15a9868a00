"""The only reader of proofs for pages: what the ledger holds about a subject, and where to fetch the proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.anchored import anchor_files
from ledger.errors import NotInLog
from ledger.evidence import LastCheck, Proven, keys_for, last_check, proofs_under, seals_for
from ledger.evidence import Seal as Seal  # the contexts know the ledger through this module alone
from ledger.published import policy_text
from ledger.queries import (
    bodies_between,
    bodies_of_subjects,
    entries_of_subjects,
    log_size,
    log_stamp,
    waiting_bodies,
)


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
    try:
        return policy_text()
    except NotInLog:
        return ""


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


def entries_between(first: int, last: int) -> list[tuple[int, bytes]]:
    """(index, body) of the log's entries from `first` up to, not including, `last`; none that still wait."""
    return bodies_between(first, last)


def entry_count() -> int:
    """How many entries stand in the log."""
    return log_size()


def stamp() -> tuple[int, int]:
    """How many entries the log has, and how many wait for a place in it. Found equal twice, nothing was said in between."""
    return log_stamp()


def waiting_entries(limit: int) -> list[bytes]:
    """The bodies of entries that wait for their place, `limit` at the most."""
    return waiting_bodies(limit)


def entries_about(subjects: Sequence[str]) -> dict[str, list[tuple[int, bytes]]]:
    """(index, body) of the entries about each of these subjects that stand in the log, in its order."""
    return {
        subject: sorted((index, body) for index, _, body in bodies if index is not None)
        for subject, bodies in bodies_of_subjects(subjects).items()
    }


def evidence_seals(links: Sequence[ProofLink]) -> list[Seal]:
    """The checkpoints to prove these entries under; empty where none of them stands in the log yet."""
    return seals_for([link.index for link in links if link.index is not None])


def evidence_entries(seals: Sequence[Seal], subjects: Sequence[str]) -> Iterator[Proven]:
    """The entries about the subjects with their proofs, a portion at a time."""
    return proofs_under(seals, subjects)


def evidence_keys(seals: Sequence[Seal]) -> list[str]:
    """The verifier keys these checkpoints were signed with, the newest first."""
    return keys_for(seals)


def anchors_of(seal: Seal) -> list[tuple[str, bytes]]:
    """Names and contents of what a third party gave us for exactly this checkpoint; empty where nothing did."""
    files = anchor_files(seal.size)
    return files if any(name.startswith(f"anchor-{seal.size}.") for name, _ in files) else []


def log_check() -> LastCheck:
    """How the log last stood up to `ledger_check`."""
    return last_check()
