"""What leaves the log for a bundle of evidence: entries with their proofs, under as few checkpoints as will do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.models import Anchor, Checkpoint, CheckRun, Cosignature, LogKey
from ledger.queries import SignedCheckpoint, bodies_of_subjects, checkpoint_at, newest_checkpoint
from ledger.services.triggers import missing_triggers
from ledger.tiles import TileReader
from ledger.tree import inclusion_path
from ledger.verifier.proof import Proof, format_proof

# Entries in memory at a time, with the tiles that their paths cross.
_PORTION = 200


@dataclass(frozen=True)
class Seal:
    """A checkpoint as evidence. `note` carries the log's signature and every cosignature; `cosigners` are (name, time)."""

    size: int
    root: bytes
    note: bytes
    signed_at: datetime
    cosigners: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True)
class Proven:
    """One entry under a seal: its exact bytes, and its tlog-proof with those bytes in the extra line."""

    index: int
    body: bytes
    proof: bytes
    size: int


@dataclass(frozen=True)
class LastCheck:
    """The newest `ledger_check`, whole or of the newest entries; `missing_triggers` is as of now."""

    finished_at: datetime | None
    size: int
    difference_count: int
    missing_triggers: int


def seals_for(indexes: Sequence[int]) -> list[Seal]:
    """The checkpoints to prove these entries under: an anchored one as far as it reaches, the newest for the rest.

    Empty before the log is created.
    """
    newest = newest_checkpoint()
    if newest is None or not indexes:
        return []
    anchored = Checkpoint.objects.filter(anchors__status=Anchor.Status.CONFIRMED).values_list("size", flat=True)
    # The oldest that covers them all says the most about when; failing that, the newest that covers some.
    oldest = anchored.filter(size__gt=max(indexes)).order_by("size").first()
    size = oldest if oldest is not None else anchored.filter(size__gt=min(indexes)).order_by("-size").first()
    found = checkpoint_at(size) if size is not None else None
    seals = [_seal(found)] if found is not None else []
    if found is None or max(indexes) >= found.size:
        seals.append(_seal(newest))
    return seals


def proofs_under(seals: Sequence[Seal], subjects: Sequence[str]) -> Iterator[Proven]:
    """Every entry about the subjects that a seal covers, each under the first one that does.

    Memory does not grow with their number.
    """
    for start in range(0, len(subjects), _PORTION):
        found = bodies_of_subjects(subjects[start : start + _PORTION])
        rows = sorted((index, body) for bodies in found.values() for index, _, body in bodies if index is not None)
        reader = TileReader()
        for index, body in rows:
            seal = next((seal for seal in seals if index < seal.size), None)
            if seal is not None:
                path = inclusion_path(index=index, size=seal.size, read_tile=reader)
                proof = format_proof(Proof(index=index, path=tuple(path), checkpoint=seal.note, extra=body))
                yield Proven(index=index, body=body, proof=proof, size=seal.size)


def keys_for(seals: Sequence[Seal]) -> list[str]:
    """The keys in force when these checkpoints were signed, the newest first: one, unless the log's key was replaced."""
    rows = LogKey.objects.order_by("-from_size", "-pk").values_list("vkey", "from_size", "until_size")
    return [
        vkey
        for vkey, first, last in rows
        if any(first <= seal.size and (last is None or seal.size <= last) for seal in seals)
    ]


def last_check() -> LastCheck:
    """How the log last stood up to `ledger_check`; `finished_at` is None when it was never run."""
    run = CheckRun.objects.order_by("-finished_at").first()
    missing = len(missing_triggers())
    if run is None:
        return LastCheck(finished_at=None, size=0, difference_count=0, missing_triggers=missing)
    return LastCheck(
        finished_at=run.finished_at,
        size=run.size,
        difference_count=run.difference_count,
        missing_triggers=missing,
    )


def _seal(checkpoint: SignedCheckpoint) -> Seal:
    lines = Cosignature.objects.filter(checkpoint__size=checkpoint.size).order_by("pk")
    cosignatures = list(lines.values_list("key_name", "line", "cosigned_at"))
    # A note may already carry them; a signature line stands in it once.
    added = [line.rstrip("\n").encode() + b"\n" for _, line, _ in cosignatures]
    return Seal(
        size=checkpoint.size,
        root=checkpoint.root,
        note=checkpoint.note + b"".join(line for line in added if line not in checkpoint.note),
        signed_at=checkpoint.signed_at,
        cosigners=tuple((name, at) for name, _, at in cosignatures),
    )
