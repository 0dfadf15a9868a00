"""Entries as the platform writes them, and putting them into the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import cycle, islice
from typing import Final

from django.db import transaction

from bench import peer
from ledger.adapters.signer import Signer
from ledger.services.entries import NewEntry, enqueue_many
from ledger.services.sequencing import sequence_batch
from ledger.verifier.merkle import leaf_hash
from products.audit import canonical

KIND: Final = "labels.run_issued"
# One moment for all: an entry is queued under the time it states.
NOW: Final = datetime.now(UTC)
BATCH: Final = "batch:6e1f3c1e-6f0c-4a3e-9a64-9f1a3f0d2b11"


def statements(count: int) -> list[NewEntry]:
    """As the platform writes them when labels are issued: some 400 bytes each."""
    items = []
    for number in range(count):
        subject = f"run:{number:06d}"
        data = {"batch": BATCH, "lot": f"L{number:08d}", "quantity": 10_000, "unit_mass_g": 500, "mass_g": 5_000_000}
        actor = "uscc:91510117MADEM00017"
        body = canonical(kind=KIND, at=NOW, subject=subject, actor=actor, data=data, commitments={})
        items.append(NewEntry(kind=KIND, subject=subject, body=body))
    return items


def append(items: Sequence[NewEntry], signer: Signer, *, commit: int) -> int:
    """Queue and sequence, `commit` entries to a transaction; returns when all of them stand under a checkpoint."""
    for start in range(0, len(items), commit):
        with transaction.atomic():
            enqueue_many(items[start : start + commit], now=NOW)
        drain(signer, limit=commit)
    return len(items)


def drain(signer: Signer, *, limit: int = 20_000) -> None:
    while sequence_batch(signer=signer, now=datetime.now(UTC), limit=limit).count:
        pass


def rows_of(items: Sequence[NewEntry]) -> list[peer.Row]:
    return [(item.kind, item.subject, item.body, leaf_hash(item.body), NOW) for item in items]


def grow(items: Sequence[NewEntry], signer: Signer, *, until: int, size: int, commit: int) -> None:
    """Append the items over and over until a log of `size` entries holds `until`."""
    endless = cycle(items)
    while size < until:
        portion = list(islice(endless, min(commit, until - size)))
        size += append(portion, signer, commit=commit)
