"""Asking the configured witnesses to cosign the newest checkpoint; retried, and never in the way of anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction

from ledger.adapters.witness_client import WitnessUnreachable, ask_witness
from ledger.errors import LedgerFatal
from ledger.models import MAX_WITNESS_VKEY, Checkpoint, Cosignature, WitnessContact
from ledger.tiles import TileReader
from ledger.tree import consistency_path
from ledger.verifier.encoding import read_decimal
from ledger.verifier.errors import VerificationError
from ledger.verifier.note import Note, Signature, VerifierKey, parse_note, verified_signatures
from ledger.witness_policy import configured_policy
from ledger.witness_request import format_request

_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(minutes=10)
# The columns of WitnessContact and Cosignature; only PostgreSQL minds.
_MAX_NAME, _MAX_URL = 200, 400


class NotCosigned(Exception):
    """This witness gave no cosignature; says why."""


def ask_witnesses(*, now: datetime) -> list[str]:
    """Ask every witness that has an address and has not cosigned the newest checkpoint; a line for each that was asked.

    A witness that failed is left alone for a while, twice as long each time. Raises LedgerFatal when the configured
    policy is not usable.
    """
    policy = configured_policy()
    newest = Checkpoint.objects.order_by("-size").first()
    if newest is None:
        return []
    said = []
    for name, url in policy.urls.items():
        key = policy.witnesses[name]
        contact = _contact(key, url=url)
        if contact.size == newest.size or not is_due(contact, now=now):
            continue
        try:
            _cosign(newest, contact=contact, key=key)
        except (NotCosigned, WitnessUnreachable, VerificationError) as error:
            reason = _printable(str(error))
            _note_failure(contact, reason=reason, now=now)
            said.append(f"{key.name} did not cosign {newest.size} entries and will be asked again: {reason}")
        else:
            _note_success(contact, size=newest.size, now=now)
            said.append(f"{key.name} cosigned {newest.size} entries")
    return said


def is_due(contact: WitnessContact, *, now: datetime) -> bool:
    """Whether a witness that failed has been left alone long enough."""
    if contact.failed_at is None or not contact.failures:
        return True
    doubled: int = 1 << min(contact.failures - 1, 20)
    return now >= contact.failed_at + min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)


def _contact(key: VerifierKey, *, url: str) -> WitnessContact:
    if len(key.name) > _MAX_NAME or len(str(key)) > MAX_WITNESS_VKEY or len(url) > _MAX_URL:
        raise LedgerFatal(f"the witness {key.name[:40]} cannot be asked: its name, key or address is too long to keep")
    contact, _ = WitnessContact.objects.get_or_create(vkey=str(key), defaults={"name": key.name, "url": url})
    # Nothing is written while nothing changed: this is looked at every second, and SQLite has one writer.
    if contact.url != url:
        contact.url = url
        contact.save(update_fields=["url"])
    return contact


def _printable(text: str) -> str:
    """Words of a stranger, fit for the database (PostgreSQL keeps no NUL), a page and a terminal."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def _cosign(checkpoint: Checkpoint, *, contact: WitnessContact, key: VerifierKey) -> None:
    """Ask once, and once more from the size the witness says it stands at. Raises what ask_witnesses notes down."""
    answer = ask_witness(contact.url, _request(checkpoint, old_size=contact.size))
    if answer.status == 409:
        known = read_decimal(answer.body.strip(), what="the size the witness knows")
        if known > checkpoint.size:
            # Ours would be the shorter of two histories: a restored older database, or somebody signs with our key.
            raise NotCosigned(f"it has cosigned {known} entries of this log, more than there are here")
        answer = ask_witness(contact.url, _request(checkpoint, old_size=known))
    if answer.status != 200:
        raise NotCosigned(f"status {answer.status}: {answer.body.strip()[:200]}")
    _keep(checkpoint, key=key, lines=answer.body)


def _request(checkpoint: Checkpoint, *, old_size: int) -> bytes:
    path: list[bytes] = []
    if 0 < old_size < checkpoint.size:
        path = consistency_path(old_size=old_size, new_size=checkpoint.size, read_tile=TileReader())
    return format_request(old_size=old_size, proof=path, checkpoint=bytes(checkpoint.note))


def _keep(checkpoint: Checkpoint, *, key: VerifierKey, lines: str) -> None:
    """Store the witness's line after verifying it as a reader will. Raises NotCosigned or VerificationError."""
    note = parse_note(bytes(checkpoint.note))
    answered = parse_note(f"{note.text}\n{lines}".encode())
    own = [line for line in answered.signatures if (line.name, line.key_id) == (key.name, key.key_id)]
    signed = verified_signatures(Note(text=note.text, signatures=tuple(own[:1])), [key])
    if not signed or not signed[0][1]:
        raise NotCosigned("its answer holds no cosignature of its key")
    _store(checkpoint, key=key, line=own[0], time=signed[0][1])


def _store(checkpoint: Checkpoint, *, key: VerifierKey, line: Signature, time: int) -> None:
    try:
        cosigned_at = datetime.fromtimestamp(time, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise NotCosigned("its cosignature names an impossible time") from error
    Cosignature.objects.get_or_create(
        checkpoint=checkpoint,
        vkey=str(key),
        defaults={"key_name": key.name, "line": str(line), "cosigned_at": cosigned_at},
    )


def _note_success(contact: WitnessContact, *, size: int, now: datetime) -> None:
    with transaction.atomic():
        contact.size, contact.tried_at, contact.failed_at, contact.failure, contact.failures = size, now, None, "", 0
        contact.save()


def _note_failure(contact: WitnessContact, *, reason: str, now: datetime) -> None:
    with transaction.atomic():
        contact.tried_at = contact.failed_at = now
        contact.failure, contact.failures = reason[:500], contact.failures + 1
        contact.save()
