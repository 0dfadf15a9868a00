"""ML-DSA-44 cosignatures (c2sp.org/tlog-cosignature), where the installed `cryptography` knows ML-DSA."""

from __future__ import annotations

from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm

from ledger.verifier.checkpoint import parse_checkpoint_text
from ledger.verifier.errors import VerificationError


def mldsa_public_key(data: bytes) -> Any:
    """Raises VerificationError `bad_vkey`."""
    try:
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

        return MLDSA44PublicKey.from_public_bytes(data)
    except (ImportError, UnsupportedAlgorithm, ValueError) as error:
        raise VerificationError("bad_vkey", "this is no ML-DSA-44 key, or `cryptography` is too old for it") from error


def cosigned_subtree(*, name: str, time: int, text: str) -> bytes:
    """What is signed: name, time, and of the checkpoint origin, size and root, but no extensions. Raises VerificationError."""
    checkpoint = parse_checkpoint_text(text)
    names = [data.encode() for data in (name, checkpoint.origin)]
    if any(len(data) > 255 for data in names):
        raise VerificationError("bad_checkpoint", "a name is too long for an ML-DSA-44 cosignature")
    name_field, origin_field = (bytes([len(data)]) + data for data in names)
    span = bytes(8) + checkpoint.size.to_bytes(8, "big")
    return b"subtree/v1\n\0" + name_field + time.to_bytes(8, "big") + origin_field + span + checkpoint.root
