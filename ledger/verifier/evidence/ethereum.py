"""Evidence that a contract on an Ethereum chain held a checkpoint's root, checked down to a block's hash."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ledger.verifier.checkpoint import CheckpointText
from ledger.verifier.encoding import read_utf8
from ledger.verifier.errors import VerificationError
from ledger.verifier.evidence.keccak import keccak256
from ledger.verifier.evidence.patricia import MAX_NODES, read_proven
from ledger.verifier.evidence.rlp import decode_rlp

MAX_EVIDENCE_BYTES = 200_000
FORMAT = "gi-trace-ethereum-anchor@v1"
_FIELDS = {"format", "chain_id", "contract", "size", "root", "block_hash", "header", "account_proof", "storage_proof"}
# Places in a block's header (Yellow Paper, section 4.4): later forks only appended fields.
_STATE_ROOT, _NUMBER, _TIME, _LEAST_FIELDS, _MOST_FIELDS = 3, 8, 11, 15, 32
_SLOT_OF_ROOTS = 0


@dataclass(frozen=True)
class AnchoredBlock:
    """The block whose state held the root. `chain_id` is a claim: only comparing the hash with a node settles it."""

    number: int
    hash: bytes
    time: int
    contract: bytes
    chain_id: int


def storage_key(size: int) -> bytes:
    """Where the contract keeps the root of `size`: Solidity's place for a mapping's entry."""
    return keccak256(size.to_bytes(32, "big") + _SLOT_OF_ROOTS.to_bytes(32, "big"))


def verify_ethereum(data: bytes, *, checkpoint: CheckpointText) -> AnchoredBlock:
    """Check the evidence against a checkpoint already verified.

    Whether the block is on the chain remains to be asked of a node: compare its hash.
    Raises VerificationError.
    """
    evidence = _parse(data)
    if (evidence["size"], _hex(evidence["root"])) != (checkpoint.size, checkpoint.root):
        raise VerificationError("anchor_other_checkpoint", f"the anchor is not of the checkpoint of {checkpoint.size}")
    header_bytes, block_hash = _hex(evidence["header"]), _hex(evidence["block_hash"])
    if keccak256(header_bytes) != block_hash:
        raise VerificationError("block_hash_mismatch", "the header does not hash to the block's hash")
    header = decode_rlp(header_bytes)
    if not isinstance(header, list) or not _LEAST_FIELDS <= len(header) <= _MOST_FIELDS:
        raise _refused("the header is not a block's header")
    contract = _hex(evidence["contract"])
    account = decode_rlp(
        read_proven(root=_bytes(header[_STATE_ROOT]), key=contract, nodes=_nodes(evidence["account_proof"]))
    )
    # An account is its nonce, balance, storage root and code hash.
    if not isinstance(account, list) or len(account) != 4 or len(contract) != 20:
        raise _refused("the contract is not an account")
    stored = decode_rlp(
        read_proven(root=_bytes(account[2]), key=storage_key(checkpoint.size), nodes=_nodes(evidence["storage_proof"]))
    )
    # Storage holds numbers, so leading zeroes of a root are not written.
    if stored != checkpoint.root.lstrip(b"\x00"):
        raise VerificationError("anchored_root_mismatch", "the contract holds another root for this size")
    number, time = (int.from_bytes(_bytes(header[place]), "big") for place in (_NUMBER, _TIME))
    if max(number, time) >= 2**63:
        raise _refused("a number is out of range")
    return AnchoredBlock(number, block_hash, time, contract, evidence["chain_id"])


def _parse(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_EVIDENCE_BYTES:
        raise _refused(f"{len(data)} bytes, at most {MAX_EVIDENCE_BYTES}")
    # One object with two lists. Deep nesting is refused before the parser, whose recursion may exhaust the stack.
    if data.count(b"{") != 1 or data.count(b"[") != 2:
        raise _refused("it is not one object with two lists")
    try:
        evidence = json.loads(read_utf8(data, what="the anchor"))
    except ValueError as error:
        raise _refused("it is not JSON") from error
    if not isinstance(evidence, dict) or set(evidence) != _FIELDS or evidence["format"] != FORMAT:
        raise _refused(f"it is not of the form {FORMAT}")
    if not all(type(evidence[name]) is int and 0 <= evidence[name] < 2**63 for name in ("chain_id", "size")):
        raise _refused("a number is out of range")
    return evidence


def _hex(value: object) -> bytes:
    try:
        data = bytes.fromhex(value[2:]) if isinstance(value, str) else b""
    except ValueError:
        data = b""
    if not data or value != "0x" + data.hex():
        raise _refused("a field is not 0x and lower-case hexadecimal digits")
    return data


def _nodes(value: object) -> list[bytes]:
    if not isinstance(value, list) or len(value) > MAX_NODES:
        raise _refused("a proof is not a short list")
    return [_hex(node) for node in value]


def _bytes(item: object) -> bytes:
    if not isinstance(item, bytes):
        raise _refused("a list stands where bytes belong")
    return item


def _refused(detail: str) -> VerificationError:
    return VerificationError("bad_anchor", f"the anchor: {detail}")
