"""The offline proof of one entry (c2sp.org/tlog-proof)."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.verifier.encoding import read_base64, read_decimal, read_utf8, write_base64
from ledger.verifier.errors import VerificationError
from ledger.verifier.merkle import HASH_BYTES

HEADER = "c2sp.org/tlog-proof@v1"
MAX_PROOF_BYTES = 2_000_000
# A tree of 2^63 entries is 63 levels high.
MAX_PATH = 63


@dataclass(frozen=True)
class Proof:
    """`extra` holds the entry's bytes in this log, unauthenticated until the path binds it to the root.

    `checkpoint` is the signed note, verbatim.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None


def format_proof(proof: Proof) -> bytes:
    """The file's bytes."""
    lines = [HEADER]
    if proof.extra is not None:
        lines.append(f"extra {write_base64(proof.extra)}")
    lines.append(f"index {proof.index}")
    lines.extend(write_base64(node) for node in proof.path)
    return "\n".join(lines).encode() + b"\n\n" + proof.checkpoint


def parse_proof(data: bytes) -> Proof:
    """Read a proof file. Verifies nothing. Raises VerificationError."""
    if len(data) > MAX_PROOF_BYTES:
        raise VerificationError("proof_too_long", f"{len(data)} bytes, at most {MAX_PROOF_BYTES}")
    head, separator, checkpoint = data.partition(b"\n\n")
    if not separator:
        raise VerificationError("bad_proof", "there is no empty line before the checkpoint")
    lines = read_utf8(head, what="the proof").split("\n")
    if lines.pop(0) != HEADER:
        raise VerificationError("bad_proof", f"the first line is not {HEADER}")

    extra: bytes | None = None
    if lines and lines[0].startswith("extra "):
        extra = read_base64(lines.pop(0).removeprefix("extra "), what="the extra line")
    if not lines or not lines[0].startswith("index "):
        raise VerificationError("bad_proof", "the index line is missing")
    index = read_decimal(lines.pop(0).removeprefix("index "), what="the index")

    if len(lines) > MAX_PATH:
        raise VerificationError("wrong_path_length", f"the path has {len(lines)} hashes, at most {MAX_PATH}")
    path = tuple(read_base64(line, what="a hash of the path") for line in lines)
    if any(len(node) != HASH_BYTES for node in path):
        raise VerificationError("wrong_hash_length", f"a hash of the path is not {HASH_BYTES} bytes long")
    return Proof(index=index, path=path, checkpoint=checkpoint, extra=extra)
