"""The body of a request for a cosignature (c2sp.org/tlog-witness, add-checkpoint): written by a log, read by a witness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.verifier.encoding import read_base64, read_decimal, read_utf8, write_base64
from ledger.verifier.errors import VerificationError
from ledger.verifier.merkle import HASH_BYTES

MAX_PROOF_LINES = 63
# 63 hashes and a checkpoint with all the signatures a note may have.
MAX_REQUEST_BYTES = 400_000


@dataclass(frozen=True)
class WitnessRequest:
    """`checkpoint` is the signed note as it came; `proof` shows that its tree begins with the one of `old_size`."""

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: bytes


def format_request(*, old_size: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
    lines = [f"old {old_size}", *(write_base64(node) for node in proof), "", ""]
    return "\n".join(lines).encode() + checkpoint


def parse_request(data: bytes) -> WitnessRequest:
    """Read a request; believes nothing. Raises VerificationError."""
    if len(data) > MAX_REQUEST_BYTES:
        raise VerificationError("request_too_long", f"{len(data)} bytes, at most {MAX_REQUEST_BYTES}")
    head, separator, checkpoint = data.partition(b"\n\n")
    if not separator:
        raise VerificationError("bad_request", "there is no empty line before the checkpoint")
    first, *lines = read_utf8(head, what="the request").split("\n")
    if not first.startswith("old "):
        raise VerificationError("bad_request", "the first line gives the old size")
    old_size = read_decimal(first.removeprefix("old "), what="the old size")
    if len(lines) > MAX_PROOF_LINES:
        raise VerificationError("wrong_path_length", f"{len(lines)} proof lines, at most {MAX_PROOF_LINES}")
    proof = tuple(read_base64(line, what="a hash of the proof") for line in lines)
    if any(len(node) != HASH_BYTES for node in proof):
        raise VerificationError("wrong_hash_length", f"a hash of the proof is not {HASH_BYTES} bytes long")
    return WitnessRequest(old_size=old_size, proof=proof, checkpoint=checkpoint)
