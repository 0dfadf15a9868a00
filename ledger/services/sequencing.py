"""The sequencer: queued entries get indexes, tiles and one signed checkpoint, in a single transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ledger.adapters.signer import Signer
from ledger.errors import LedgerFatal
from ledger.models import Checkpoint, Head, Span, Tile, Waiting
from ledger.services.keys import advance_keys
from ledger.services.locking import leave_queue, lock_head, read_queue
from ledger.tiles import TileReader
from ledger.tree import grow, root_hash
from ledger.verifier.checkpoint import CheckpointText

MAX_BATCH = 20_000


@dataclass(frozen=True)
class Sequenced:
    """What one round did: it added `count` entries, and the log holds `size`."""

    count: int
    size: int


def require_ready(*, signer: Signer) -> None:
    """Look once, before any entry is waiting, whether the next round could sign. Raises LedgerFatal."""
    with transaction.atomic(durable=True):
        require_unbroken(lock_head(), signer=signer)


def sequence_batch(*, signer: Signer, now: datetime, limit: int = MAX_BATCH) -> Sequenced:
    """Sequence and sign up to `limit` queued entries, oldest queue id first. Nothing queued: nothing signed.

    Raises LedgerFatal when the log contradicts itself, the key or what the key signed before.
    Whatever it raises, the round is either wholly in the database or not at all; call again to find out which.
    """
    # Asked without the lock: an idle sequencer must not make writers wait, nor the disk work.
    if not Waiting.objects.exists():
        return Sequenced(count=0, size=Head.objects.values_list("size", flat=True).first() or 0)
    # durable: a checkpoint must not be seen, let alone handed out, before its commit.
    with transaction.atomic(durable=True):
        head = lock_head()
        require_unbroken(head, signer=signer)
        # Ids commit out of order on PostgreSQL. Taking what is visible and waits skips nobody:
        # a late, lower id is simply taken in a later round.
        ids, leaves = _take_queue(limit)
        if not ids:
            # Another sequencer was quicker.
            return Sequenced(count=0, size=head.size)
        size = head.size + len(ids)
        if (taken := leave_queue(ids)) != len(ids):
            raise LedgerFatal(f"{len(ids)} entries were to leave the queue, {taken} did")
        Span.objects.bulk_create(_spans(ids, first_index=head.size, now=now))
        root = _store_tiles(old_size=head.size, leaves=leaves)
        successor = advance_keys(head=head, signer=signer, ids=ids, size=size, now=now)
        note = signer.sign(CheckpointText(origin=head.origin, size=size, root=root), successor=successor, now=now)
        Checkpoint.objects.create(size=size, root=root, note=note, signed_at=now)
        _advance(head, size=size, root=root, vkey=head.vkey if successor is None else str(successor.vkey))
    # Dying here leaves the mark behind the database, which is harmless; the other order would block the log.
    signer.remember(note)
    return Sequenced(count=len(ids), size=size)


def require_unbroken(head: Head, *, signer: Signer) -> None:
    """Refuse to sign on top of records that do not fit together. Raises LedgerFatal.

    Afterwards the signer is the key in force, where a rotation moved on since its file was read.
    """
    if head.origin != signer.origin:
        raise LedgerFatal(f"the log is called {head.origin}, the key signs for {signer.origin}")
    signer.follow(head.vkey)
    newest = Checkpoint.objects.order_by("-size").first()
    if newest is None or newest.size != head.size or bytes(newest.root) != bytes(head.root):
        raise LedgerFatal(f"the log stands at {head.size} entries, its newest checkpoint does not")
    if root_hash(head.size, TileReader()) != bytes(head.root):
        raise LedgerFatal(f"the tiles do not add up to the root signed at {head.size} entries")
    mark = signer.last_signed()
    if mark is not None:
        # A restored old backup: signing on would show two histories under one key.
        if mark.size > head.size:
            raise LedgerFatal(
                f"the key has signed {mark.size} entries, the database holds {head.size}; this is an older database. "
                "Restore the newest one. If it is lost, found a new log: docs/operations.md, 'A restored database'"
            )
        if not Checkpoint.objects.filter(size=mark.size, root=mark.root).exists():
            raise LedgerFatal(f"the key has signed another history at {mark.size} entries")


def _take_queue(limit: int) -> tuple[list[int], list[bytes]]:
    """The ids and leaf hashes of the oldest queued entries. Raises LedgerFatal when a body no longer fits its hash."""
    ids: list[int] = []
    leaves: list[bytes] = []
    for portion, queued, hashed in read_queue(limit):
        if queued != hashed:
            spoiled = next(place for place, leaf in enumerate(hashed) if leaf != queued[place])
            raise LedgerFatal(f"the queued entry {portion[spoiled]} no longer hashes to what was queued")
        ids += portion
        leaves += hashed
    return ids, leaves


def _spans(ids: Sequence[int], *, first_index: int, now: datetime) -> list[Span]:
    """The places of these entries: one span for each stretch of queue ids without a gap."""
    starts = [place for place in range(len(ids)) if place == 0 or ids[place] != ids[place - 1] + 1]
    ends = [*starts[1:], len(ids)]
    return [
        Span(first_index=first_index + start, first_id=ids[start], count=end - start, sequenced_at=now)
        for start, end in zip(starts, ends, strict=True)
    ]


def _store_tiles(*, old_size: int, leaves: Sequence[bytes]) -> bytes:
    """Write every tile the leaves change and return the new root."""
    reader = TileReader()
    changed = grow(size=old_size, leaves=leaves, read_tile=reader)
    Tile.objects.bulk_create(
        [Tile(level=level, number=number, hashes=hashes) for (level, number), hashes in changed.items()],
        update_conflicts=True,
        unique_fields=["level", "number"],
        update_fields=["hashes"],
    )
    reader.put(changed)
    return root_hash(old_size + len(leaves), reader)


def _advance(head: Head, *, size: int, root: bytes, vkey: str) -> None:
    """Move the log forward, if it still stands where this round found it. Raises LedgerFatal when it does not."""
    # The lock should make a second writer impossible. This line is for the day it does not.
    moved = Head.objects.filter(pk=head.pk, size=head.size, root=head.root).update(size=size, root=root, vkey=vkey)
    if moved != 1:
        raise LedgerFatal(f"another sequencer moved the log away from {head.size} entries")
