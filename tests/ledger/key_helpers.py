"""Rotations for the tests of the log's keys, each an hour and more after the one before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from ledger.adapters.signer import Signer, load_signer
from ledger.models import Checkpoint, Head, LogKey
from ledger.services.rotation import Rotated, rotate_key
from ledger.verifier.note import VerifierKey, parse_note, verified_signatures
from tests.ledger.helpers import NOW


def later() -> datetime:
    """Two hours after the newest key was made."""
    newest = LogKey.objects.order_by("-from_size", "-pk").values_list("created_at", flat=True).first()
    return (newest or NOW) + timedelta(hours=2)


def soon() -> datetime:
    """A minute after the newest key was made."""
    return later() - timedelta(minutes=119)


def rotate(signer: Signer, *, clock: Callable[[], datetime] = later, again: bool = False) -> Rotated:
    return rotate_key(key_file=signer.key_file, origin=signer.origin, clock=clock, again=again)


def loaded(signer: Signer) -> Signer:
    """What a process that starts now would sign with."""
    found = load_signer(key_file=signer.key_file, origin=signer.origin)
    found.follow(Head.objects.get().vkey)
    return found


def signers_of(size: int) -> list[str]:
    """The log's keys, whenever they were in force, that signed the checkpoint of this size."""
    keys = [VerifierKey.parse(vkey) for vkey in LogKey.objects.order_by("from_size").values_list("vkey", flat=True)]
    note = parse_note(bytes(Checkpoint.objects.get(size=size).note))
    return [str(key) for key, _ in verified_signatures(note, keys)]
