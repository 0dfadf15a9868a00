"""Which keys of the log were in force when, and the hand-over from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from ledger.adapters.signer import Signer
from ledger.errors import LedgerFatal
from ledger.models import Head, LogKey
from ledger.rotations import announcements
from ledger.verifier.note import VerifierKey


def keys_in_force(size: int) -> list[VerifierKey]:
    """The keys that must have signed a checkpoint of `size` entries: two where one took over from the other."""
    rows = LogKey.objects.filter(Q(until_size__isnull=True) | Q(until_size__gte=size), from_size__lte=size)
    return [VerifierKey.parse(row.vkey) for row in rows.order_by("from_size", "pk")]


def advance_keys(*, head: Head, signer: Signer, ids: Sequence[int], size: int, now: datetime) -> Signer | None:
    """The key that takes over with the checkpoint of `size`, if one of the entries `ids` announces it; else None.

    Called by the sequencer in its transaction, under the log's lock, before it signs. The checkpoint is then signed by
    both keys, and `head.vkey` becomes the successor's. Raises LedgerFatal when the key announced is not at hand.
    """
    known = announcements(head.origin)
    taken = set(ids) if known else set()
    due = [item for item in known if item.queue_id in taken and item.old == head.vkey]
    if not due:
        return None
    successor = signer.successor()
    new = None if successor is None else str(successor.vkey)
    if new not in {item.new for item in due}:
        # A key was announced and lost before it signed anything; the announcement of another one waits behind.
        if any((item.old, item.new) == (head.vkey, new) and item.index is None for item in known):
            return None
        raise LedgerFatal(
            f"the log announces the key {due[-1].new}, and no file beside {signer.key_file} holds it. Put it back, "
            "or run `ledger_key rotate` to announce another"
        )
    if LogKey.objects.filter(vkey=head.vkey, until_size__isnull=True).update(until_size=size) != 1:
        raise LedgerFatal(f"the table of keys does not say that {head.vkey} is in force")
    LogKey.objects.create(vkey=new, from_size=size, created_at=now)
    return successor
