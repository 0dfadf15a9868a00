"""ML-DSA-44 (FIPS 204) as a second signature: the log cosigns its own checkpoints (c2sp.org/tlog-cosignature)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from ledger.adapters.key_files import create_file, read_key_file
from ledger.errors import LedgerFatal
from ledger.verifier.checkpoint import CheckpointText
from ledger.verifier.errors import VerificationError
from ledger.verifier.mldsa import cosigned_subtree
from ledger.verifier.note import MLDSA44, Note, Signature, VerifierKey, verified_signatures

# The length of a name is signed as one byte.
MAX_NAME_BYTES = 255


@dataclass(frozen=True)
class MldsaSigner:
    key: VerifierKey
    private: Any = field(repr=False)
    words: str = "ML-DSA-44"

    @property
    def name(self) -> str:
        return self.key.name

    @property
    def key_id(self) -> bytes:
        return self.key.key_id

    @property
    def vkey(self) -> str:
        return str(self.key)

    def sign(self, checkpoint: CheckpointText, *, now: datetime | None) -> Signature:
        """The line under the checkpoint. A time of zero makes no statement about time."""
        time = 0 if now is None else int(now.timestamp())
        blob = time.to_bytes(8, "big") + self.private.sign(
            cosigned_subtree(name=self.name, time=time, text=str(checkpoint))
        )
        return Signature(name=self.name, key_id=self.key_id, blob=blob)

    def verifies(self, blob: bytes, *, text: str) -> bool:
        line = Signature(name=self.name, key_id=self.key_id, blob=blob)
        try:
            return bool(verified_signatures(Note(text=text, signatures=(line,)), [self.key]))
        except VerificationError:
            return False


def create_mldsa_key(*, key_file: Path) -> None:
    """Write a fresh private key (PKCS #8, PEM, mode 0600). Raises FileExistsError rather than replace one."""
    pem = (
        _library()
        .MLDSA44PrivateKey.generate()
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    create_file(key_file, pem)


def load_mldsa(*, key_file: Path, origin: str) -> MldsaSigner:
    """Raises LedgerFatal when the file cannot be used, or the installed `cryptography` knows no ML-DSA."""
    library = _library()
    pem = read_key_file(key_file)
    try:
        private = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise LedgerFatal(f"the key {key_file} is not a PEM private key") from error
    if not isinstance(private, library.MLDSA44PrivateKey):
        raise LedgerFatal(f"the key {key_file} is not an ML-DSA-44 key")
    if len(origin.encode()) > MAX_NAME_BYTES:
        raise LedgerFatal(
            f"the origin {origin!r} is too long for ML-DSA-44 cosignatures: {MAX_NAME_BYTES} bytes at most"
        )
    try:
        key = VerifierKey.make(name=origin, kind=MLDSA44, public=private.public_key().public_bytes_raw())
    except VerificationError as error:
        raise LedgerFatal(f"the origin {origin!r} cannot name a key: {error.detail}") from error
    return MldsaSigner(key=key, private=private)


def _library() -> Any:
    try:
        from cryptography.hazmat.primitives.asymmetric import mldsa
    except ImportError as error:
        raise LedgerFatal("ML-DSA needs a newer release of the package `cryptography`") from error
    return mldsa
