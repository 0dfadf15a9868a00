"""Ed25519 keys in files: PKCS #8 in PEM (RFC 8410), as the log and the witness both keep them."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.adapters.key_files import create_file, read_key_file
from ledger.errors import LedgerFatal


def write_private(path: Path, private: Ed25519PrivateKey) -> None:
    """Mode 0600. Raises FileExistsError rather than replace a key."""
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    create_file(path, pem)


def read_private(path: Path) -> Ed25519PrivateKey:
    """Raises LedgerFatal when it is missing, no such key, or open to others."""
    return private_of(path, read_key_file(path))


def private_of(path: Path, pem: bytes) -> Ed25519PrivateKey:
    """The key in `pem`, which was read from `path`. Raises LedgerFatal."""
    try:
        private = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise LedgerFatal(f"the key {path} is not a PEM private key") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise LedgerFatal(f"the key {path} is not an Ed25519 key")
    return private
