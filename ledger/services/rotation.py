"""Changing the log's key: announced by an entry, carried out by the checkpoint that both keys sign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import rfc8785
from django.db import transaction

from ledger.adapters.key_files import alone_with, remove_parts
from ledger.adapters.signer import Signer, create_key, load_signer, next_file
from ledger.errors import LedgerFatal
from ledger.models import Checkpoint, Head, LogKey
from ledger.rotations import KEY_ROTATED, announcements, log_subject
from ledger.services.entries import enqueue
from ledger.services.locking import lock_head
from ledger.services.sequencing import require_unbroken, sequence_batch

# The actor of statements that no office and no enterprise makes.
_PLATFORM = "office:platform"
# Whoever repeats the command because they did not see it end must not get a second rotation.
_REST = timedelta(hours=1)


@dataclass(frozen=True)
class Rotated:
    """`new` is in force from `size` entries on."""

    old: str
    new: str
    size: int


def rotate_key(*, key_file: Path, origin: str, clock: Callable[[], datetime], again: bool = False) -> Rotated:
    """Make a new key, announce it, have both keys sign, and move the files. Repeat it after a crash, wherever that was.

    Raises LedgerFatal when the log could not sign, or was rotated within the hour (unless `again`), and NoRoom.
    """
    with alone_with(key_file):
        remove_parts(key_file)
        signer = load_signer(key_file=key_file, origin=origin)
        _require_sound(signer)
        path = next_file(key_file)
        # 1. The key. A file that is there already comes from an attempt that did not end.
        if not path.exists():
            _require_rest(now=clock(), again=again)
            create_key(key_file=path)
        successor = signer.successor()
        if successor is not None:
            # 2. The entry, and 3. the checkpoint that both keys sign. A running sequencer may be quicker.
            _announce(signer=signer, new=str(successor.vkey), now=clock())
            _sign(signer=signer, old=str(signer.vkey), clock=clock)
        # 4. The files.
        _settle(signer)
        new = LogKey.objects.get(vkey=str(signer.vkey))
        old = LogKey.objects.get(until_size=new.from_size)
        return Rotated(old=old.vkey, new=new.vkey, size=new.from_size)


def _require_sound(signer: Signer) -> None:
    """Nothing is begun on a log that could not sign. Makes the signer the key in force."""
    with transaction.atomic(durable=True):
        require_unbroken(lock_head(), signer=signer)


def _require_rest(*, now: datetime, again: bool) -> None:
    newest = LogKey.objects.filter(from_size__gt=0).order_by("-from_size").first()
    if newest is not None and not again and now - newest.created_at < _REST:
        raise LedgerFatal(
            f"the key was rotated at {newest.created_at:%Y-%m-%dT%H:%M:%SZ}, nothing is left to do; "
            "with --again it is rotated once more"
        )


def _announce(*, signer: Signer, new: str, now: datetime) -> None:
    with transaction.atomic(durable=True):
        # Under the log's lock nobody sequences the announcement while we look for it.
        head = lock_head()
        waiting = {(item.old, item.new) for item in announcements(head.origin) if item.index is None}
        if head.vkey != str(signer.vkey) or (head.vkey, new) in waiting:
            return
        subject = log_subject(head.origin)
        statement: dict[str, Any] = {
            "v": 1,
            "kind": KEY_ROTATED,
            "at": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1_000:03}Z",
            "subject": subject,
            "actor": _PLATFORM,
            "data": {"old": head.vkey, "new": new},
            "commitments": {},
        }
        enqueue(kind=KEY_ROTATED, subject=subject, body=rfc8785.dumps(statement), now=now)


def _sign(*, signer: Signer, old: str, clock: Callable[[], datetime]) -> None:
    while Head.objects.values_list("vkey", flat=True).get() == old:
        done = sequence_batch(signer=signer, now=clock())
        if not done.count and Head.objects.values_list("vkey", flat=True).get() == old:
            raise LedgerFatal("the announcement of the new key is neither waiting nor signed; run ledger_check")


def _settle(signer: Signer) -> None:
    with transaction.atomic(durable=True):
        head = lock_head()
        require_unbroken(head, signer=signer)
        # First the note: what it says was signed must be signed by a key that is at hand.
        signer.remember(bytes(Checkpoint.objects.get(size=head.size).note))
    signer.settle()
