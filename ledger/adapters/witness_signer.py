"""The key this server witnesses other logs with: a file of its own, and while it is being replaced a second one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.adapters.ed25519_files import read_private, write_private
from ledger.adapters.key_files import alone_with, sync_folder
from ledger.errors import LedgerFatal
from ledger.verifier.errors import VerificationError
from ledger.verifier.note import COSIGNATURE, Signature, VerifierKey, cosigned_message


@dataclass(frozen=True)
class WitnessSigner:
    """Cosigns checkpoints under the witness's name (c2sp.org/tlog-cosignature, Ed25519)."""

    vkey: VerifierKey
    private: Ed25519PrivateKey

    def cosign(self, text: str, *, now: datetime) -> str:
        """The signature line, newline included, for a checkpoint's text."""
        time = int(now.timestamp())
        blob = time.to_bytes(8, "big") + self.private.sign(cosigned_message(time=time, text=text))
        return str(Signature(name=self.vkey.name, key_id=self.vkey.key_id, blob=blob))


def previous_file(key_file: Path) -> Path:
    """Where the key before this one waits until it is retired; meanwhile both cosign."""
    return key_file.with_name(key_file.name + ".previous")


def create_witness_key(*, key_file: Path, name: str) -> WitnessSigner:
    """Make the key (PKCS #8, PEM, mode 0600). Raises LedgerFatal rather than replace one."""
    private = Ed25519PrivateKey.generate()
    signer = _signer(private, name=name)
    try:
        write_private(key_file, private)
    except FileExistsError as error:
        raise LedgerFatal(f"{key_file} exists; a witness's key is never replaced, only rotated") from error
    return signer


def rotate_witness_key(*, key_file: Path, name: str) -> WitnessSigner:
    """Put a new key beside the present one, which goes on cosigning until it is retired. Raises LedgerFatal.

    Dying half-way leaves the old key under its new name and no key: repeating the call makes the new one.
    """
    with alone_with(key_file):
        previous = previous_file(key_file)
        if key_file.exists():
            if previous.exists():
                raise LedgerFatal(f"{previous} is not retired yet; retire it before the next rotation")
            load_witness_signers(key_file=key_file, name=name)
            os.rename(key_file, previous)
            sync_folder(key_file)
        elif not previous.exists():
            raise LedgerFatal(f"there is no witness key {key_file}; make it with ledger_witness init")
        return create_witness_key(key_file=key_file, name=name)


def retire_witness_key(*, key_file: Path, name: str) -> VerifierKey:
    """Stop cosigning with the previous key; its file stays, readable by its owner alone. Raises LedgerFatal."""
    with alone_with(key_file):
        previous = previous_file(key_file)
        vkey = _load(previous, name=name).vkey
        retired = key_file.with_name(f"{key_file.name}.retired-{vkey.key_id.hex()}")
        previous.chmod(0o400)
        os.rename(previous, retired)
        sync_folder(key_file)
        return vkey


def load_witness_signers(*, key_file: Path, name: str) -> list[WitnessSigner]:
    """The key in force, then the previous one while it overlaps; none where this server is no witness.

    Raises LedgerFatal when a file is there but not usable.
    """
    return [_load(path, name=name) for path in (key_file, previous_file(key_file)) if path.exists()]


def _load(path: Path, *, name: str) -> WitnessSigner:
    return _signer(read_private(path), name=name)


def _signer(private: Ed25519PrivateKey, *, name: str) -> WitnessSigner:
    try:
        vkey = VerifierKey.make(name=name, kind=COSIGNATURE, public=private.public_key().public_bytes_raw())
    except VerificationError as error:
        raise LedgerFatal(f"{name!r} cannot name a witness: {error.detail}") from error
    return WitnessSigner(vkey=vkey, private=private)
