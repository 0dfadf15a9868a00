"""Creating the log: an explicit act, done once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction

from ledger.adapters.signer import Signer, create_key, load_signer
from ledger.errors import LedgerFatal
from ledger.models import Checkpoint, Head, LogKey, Span
from ledger.verifier.checkpoint import CheckpointText
from ledger.verifier.merkle import EMPTY_ROOT


def create_log(*, key_file: Path, origin: str, now: datetime, if_missing: bool = False) -> bool:
    """Make the key and sign the empty log. With `if_missing`, an existing log is left alone; returns whether it was made.

    A key without a log is used: the first attempt may have died in between, or the key was brought along.
    Raises LedgerFatal when the log exists, or when the key has already signed entries this database lacks.
    """
    head = Head.objects.first()
    if head is not None:
        if not if_missing:
            raise LedgerFatal(f"the log {head.origin} exists; it is never created twice")
        signer = load_signer(key_file=key_file, origin=origin)
        signer.follow(head.vkey)
        return False
    if not key_file.exists():
        create_key(key_file=key_file)
    signer = load_signer(key_file=key_file, origin=origin)
    mark = signer.last_signed()
    if mark is not None and mark.size > 0:
        raise LedgerFatal(f"this key has signed {mark.size} entries; restore their database or use a fresh key")
    _sign_empty_log(signer=signer, now=now)
    return True


def _sign_empty_log(*, signer: Signer, now: datetime) -> None:
    with transaction.atomic(durable=True):
        if Span.objects.exists() or Checkpoint.objects.exists():
            raise LedgerFatal("the database holds parts of another log")
        note = signer.sign(CheckpointText(origin=signer.origin, size=0, root=EMPTY_ROOT), now=now)
        Checkpoint.objects.create(size=0, root=EMPTY_ROOT, note=note, signed_at=now)
        LogKey.objects.create(vkey=str(signer.vkey), from_size=0, created_at=now)
        Head.objects.create(origin=signer.origin, vkey=str(signer.vkey), size=0, root=EMPTY_ROOT)
    signer.remember(note)
