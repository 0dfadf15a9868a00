"""The keys that sign checkpoints, in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ledger.adapters.second import SECOND_KEYS, second_file, second_signers
from ledger.adapters.signer import load_signer, next_file, retired_file
from ledger.errors import LedgerFatal
from ledger.models import Head
from ledger.rotations import announcements, key_lines
from ledger.verifier.note import VerifierKey


def key_report(*, key_file: Path, origin: str) -> Iterator[str]:
    """One line for each fact. Private keys are loaded to be judged, and never shown. Raises LedgerFatal."""
    head = Head.objects.first()
    if head is None:
        yield f"the log {origin} has not been created; ledger_init makes its key"
    else:
        yield f"log {head.origin}, {head.size} entries"
    for key in key_lines():
        place = retired_file(key_file, VerifierKey.parse(key.vkey))
        if key.until_size is not None:
            kept = f"kept in {place}" if place.exists() else "its file is not here, which is well"
            yield f"retired, signed {key.from_size} to {key.until_size} entries: {key.vkey} ({kept})"
            continue
        yield f"in force, signs from {key.from_size} entries on: {key.vkey}"
        yield from _state_of(key_file, origin=origin, vkey=key.vkey)
    for second in second_signers(origin=origin, are_required=False):
        yield f"{second.words}, a second line on every checkpoint: {second.vkey}"
    for action, setting in SECOND_KEYS.items():
        path = second_file(setting)
        if path is not None and not path.exists():
            yield f"{path} is not there, so nothing can be signed: run `ledger_key {action}`, or unset GI_TRACE_{setting}"


def _state_of(key_file: Path, *, origin: str, vkey: str) -> Iterator[str]:
    try:
        signer = load_signer(key_file=key_file, origin=origin)
        is_moved = str(signer.vkey) == vkey
        signer.follow(vkey)
        successor = signer.successor()
    except LedgerFatal as error:
        yield f"  cannot sign: {error}"
        return
    yield f"  its file is {key_file if is_moved else next_file(key_file)}"
    if not is_moved:
        yield "  the rotation is signed, the files are not yet moved: run `ledger_key rotate` to finish it"
    if successor is None:
        return
    new = str(successor.vkey)
    is_announced = any((item.old, item.new, item.index) == (vkey, new, None) for item in announcements(origin))
    state = "announced, to be signed by the next round" if is_announced else "made, not yet announced"
    yield f"  comes next ({state}; run `ledger_key rotate` to finish it): {new}"
