"""Being a witness (c2sp.org/tlog-witness): cosign a log's checkpoint if it only grew since the last one cosigned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ledger.adapters.witness_signer import WitnessSigner
from ledger.errors import LedgerFatal
from ledger.models import WitnessedLog, WitnessKey
from ledger.verifier.checkpoint import CheckpointText, parse_checkpoint_text
from ledger.verifier.errors import VerificationError
from ledger.verifier.merkle import EMPTY_ROOT, verify_consistency
from ledger.verifier.note import ED25519, Note, VerifierKey, parse_note, verified_signatures
from ledger.witness_request import WitnessRequest, parse_request

# The column of WitnessedLog; only PostgreSQL minds.
_MAX_ORIGIN = 200


@dataclass(frozen=True)
class Refusal(Exception):
    """No cosignature. `status` is the HTTP status the specification gives; `known_size` goes with 409."""

    status: int
    detail: str
    known_size: int | None = None


def cosign_checkpoint(data: bytes, *, signers: Sequence[WitnessSigner], now: datetime) -> str:
    """The cosignature lines for an add-checkpoint request. What was cosigned is kept before anybody sees a signature.

    Raises Refusal.
    """
    request, note, text = _read(data)
    log = WitnessedLog.objects.filter(origin=text.origin, is_trusted=True).first() if signers else None
    if log is None:
        raise Refusal(404, f"{text.origin} is not a log this witness was told to trust")
    try:
        if not verified_signatures(note, [VerifierKey.parse(log.vkey)]):
            raise Refusal(403, "the log's key did not sign the checkpoint")
    except VerificationError as error:
        raise Refusal(403, str(error)) from error
    if request.old_size > text.size:
        raise Refusal(400, "the old size is larger than the checkpoint's")
    _move(log.pk, request, text, now=now)
    return "".join(signer.cosign(note.text, now=now) for signer in signers)


def _read(data: bytes) -> tuple[WitnessRequest, Note, CheckpointText]:
    try:
        request = parse_request(data)
        note = parse_note(request.checkpoint)
    except VerificationError as error:
        raise Refusal(400, str(error)) from error
    try:
        return request, note, parse_checkpoint_text(note.text)
    except VerificationError as error:
        # A well-formed empty tree with another root than the empty one has a status of its own.
        is_empty = error.code == "bad_checkpoint" and note.text.split("\n")[1:2] == ["0"]
        raise Refusal(422 if is_empty else 400, str(error)) from error


def _move(log_id: int, request: WitnessRequest, text: CheckpointText, *, now: datetime) -> None:
    """Check and store in one step. Raises Refusal when the tree did not simply grow, or grew meanwhile."""
    # durable: a cosignature must not be handed out before this is on the disk.
    with transaction.atomic(durable=True):
        log = WitnessedLog.objects.select_for_update().get(pk=log_id)
        if request.old_size != log.size:
            raise Refusal(409, f"the newest checkpoint cosigned has {log.size} entries", known_size=log.size)
        _require_growth(log, request, text)
        # The lock should make a second writer impossible. Where it does not (SQLite), nothing was changed here.
        moved = WitnessedLog.objects.filter(pk=log.pk, size=log.size, root=log.root, is_trusted=True).update(
            size=text.size, root=text.root, note=request.checkpoint, seen_at=now
        )
        if moved != 1:
            raise Refusal(409, "another request came first", known_size=WitnessedLog.objects.get(pk=log.pk).size)


def _require_growth(log: WitnessedLog, request: WitnessRequest, text: CheckpointText) -> None:
    if log.size == 0:
        # The empty tree is the beginning of every other; there is nothing to prove.
        if request.proof:
            raise Refusal(422, "from an old size of 0 there is nothing to prove")
        return
    try:
        verify_consistency(
            old_size=log.size, old_root=bytes(log.root), new_size=text.size, new_root=text.root, path=request.proof
        )
    except VerificationError as error:
        raise Refusal(422, str(error)) from error


def trust_log(*, vkey: str, now: datetime) -> WitnessedLog:
    """Witness this log from now on; its key may be a new one of a log known before. Raises LedgerFatal."""
    try:
        key = VerifierKey.parse(vkey)
    except VerificationError as error:
        raise LedgerFatal(f"that is not a verifier key: {error.detail}") from error
    if key.kind != ED25519:
        raise LedgerFatal("a log's key is of type 0x01 (Ed25519)")
    if len(key.name) > _MAX_ORIGIN:
        raise LedgerFatal(f"the log's name has {len(key.name)} characters, at most {_MAX_ORIGIN} are kept")
    log, _ = WitnessedLog.objects.update_or_create(
        origin=key.name,
        defaults={"vkey": vkey, "is_trusted": True},
        create_defaults={"vkey": vkey, "root": EMPTY_ROOT},
    )
    return log


def distrust_log(*, origin: str) -> None:
    """Cosign nothing more of this log; what was cosigned is never forgotten. Raises LedgerFatal."""
    if not WitnessedLog.objects.filter(origin=origin).update(is_trusted=False):
        raise LedgerFatal(f"no log {origin} is witnessed here")


def note_keys(keys: Sequence[VerifierKey], *, now: datetime) -> None:
    """Keep in the table which keys this witness ever used."""
    for key in keys:
        WitnessKey.objects.get_or_create(vkey=str(key), defaults={"created_at": now})


def note_retired(key: VerifierKey, *, now: datetime) -> None:
    note_keys([key], now=now)
    WitnessKey.objects.filter(vkey=str(key), retired_at__isnull=True).update(retired_at=now)
