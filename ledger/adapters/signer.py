"""The log's Ed25519 key: a file nobody else may read, and beside it a note of the last thing it signed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.errors import LedgerFatal
from ledger.verifier.checkpoint import CheckpointText, parse_checkpoint_text
from ledger.verifier.errors import VerificationError
from ledger.verifier.note import ED25519, Note, Signature, VerifierKey, parse_note, verified_signatures


class Signer:
    """Signs checkpoints under the log's origin."""

    def __init__(self, *, key_file: Path, origin: str, private: Ed25519PrivateKey) -> None:
        self._private = private
        self._mark_file = key_file.with_name(key_file.name + ".signed")
        public = private.public_key().public_bytes_raw()
        self.origin = origin
        self.vkey = VerifierKey.make(name=origin, kind=ED25519, public=public)

    def sign(self, checkpoint: CheckpointText) -> bytes:
        """The signed note, checked with the verifier's own eyes before anyone sees it."""
        text = str(checkpoint)
        blob = self._private.sign(text.encode())
        note = Note(text=text, signatures=(Signature(name=self.origin, key_id=self.vkey.key_id, blob=blob),))
        data = str(note).encode()
        if not verified_signatures(parse_note(data), [self.vkey]):
            raise LedgerFatal("the key does not verify its own signature")
        return data

    def remember(self, note: bytes) -> None:
        """Keep the newest signed checkpoint beside the key, away from the database. Called after the commit."""
        # Two sequencers may get here at once; neither may tear the other's file.
        fresh = self._mark_file.with_suffix(f".{os.getpid()}")
        _write(fresh, note, flags=os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        fresh.replace(self._mark_file)

    def last_signed(self) -> CheckpointText | None:
        """What `remember` kept; None before the first time. Raises LedgerFatal when it is not ours."""
        if not self._mark_file.exists():
            return None
        try:
            note = parse_note(self._mark_file.read_bytes())
            if not verified_signatures(note, [self.vkey]):
                raise LedgerFatal(f"{self._mark_file} was not signed with this key")
            return parse_checkpoint_text(note.text)
        except VerificationError as error:
            raise LedgerFatal(f"{self._mark_file}: {error}") from error


def create_key(*, key_file: Path) -> None:
    """Write a fresh private key (PKCS #8, PEM, mode 0600). Raises FileExistsError rather than replace one."""
    key_file.parent.mkdir(parents=True, exist_ok=True)
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(key_file, pem, flags=os.O_WRONLY | os.O_CREAT | os.O_EXCL)


def load_signer(*, key_file: Path, origin: str) -> Signer:
    """Read the key. Raises LedgerFatal when it is missing, unreadable or open to others."""
    try:
        mode = stat.S_IMODE(key_file.stat().st_mode)
        pem = key_file.read_bytes()
    except OSError as error:
        raise LedgerFatal(f"the key {key_file} cannot be read: {error.strerror}") from error
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise LedgerFatal(f"the key {key_file} is open to others (mode {mode:04o}); chmod 600 it")
    try:
        private = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise LedgerFatal(f"the key {key_file} is not a PEM private key") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise LedgerFatal(f"the key {key_file} is not an Ed25519 key")
    try:
        return Signer(key_file=key_file, origin=origin, private=private)
    except VerificationError as error:
        raise LedgerFatal(f"the origin {origin!r} cannot name a key: {error.detail}") from error


def _write(path: Path, data: bytes, *, flags: int) -> None:
    descriptor = os.open(path, flags, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
