"""Following a proof through Ethereum's Merkle-Patricia tree (Yellow Paper, appendix D)."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.verifier.errors import VerificationError
from ledger.verifier.evidence.keccak import keccak256
from ledger.verifier.evidence.rlp import Item, decode_rlp

# A 32-byte key has 64 nibbles, and each step down uses at least one.
MAX_NODES = 65


def read_proven(*, root: bytes, key: bytes, nodes: Sequence[bytes]) -> bytes:
    """The value at keccak256(`key`) under `root`; `nodes` run from the root down, as eth_getProof gives them.

    Raises VerificationError `bad_state_proof`; a proof that there is no value is refused as well.
    """
    if len(nodes) > MAX_NODES:
        raise _refused("it has too many nodes")
    path = keccak256(key).hex()
    expected: Item = root
    remaining = list(nodes)
    while True:
        if isinstance(expected, bytes):
            if len(expected) != 32 or not remaining or keccak256(remaining[0]) != expected:
                raise _refused("a node is missing, or is not the one its parent names")
            node = decode_rlp(remaining.pop(0))
        else:
            node = expected
        if isinstance(node, list) and len(node) == 17 and path:
            expected, path = node[int(path[0], 16)], path[1:]
            continue
        if not isinstance(node, list) or len(node) != 2 or not isinstance(node[0], bytes) or not node[0]:
            raise _refused("a node is neither a branch, an extension nor a leaf")
        is_leaf, part = _compact(node[0])
        if not path.startswith(part) or (not part and not is_leaf):
            raise _refused("it leads elsewhere: nothing is stored there")
        path, expected = path[len(part) :], node[1]
        if is_leaf:
            break
    if path or remaining or not isinstance(expected, bytes):
        raise _refused("it does not end at the value")
    return expected


def _compact(data: bytes) -> tuple[bool, str]:
    """Whether the node is a leaf, and the nibbles it stands for (hex-prefix encoding, appendix C)."""
    flag, nibbles = data[0] >> 4, data.hex()[1:]
    if flag > 3 or (flag % 2 == 0 and nibbles[0] != "0"):
        raise _refused("a path is badly encoded")
    return flag >= 2, nibbles if flag % 2 else nibbles[1:]


def _refused(detail: str) -> VerificationError:
    return VerificationError("bad_state_proof", f"the proof of the chain's state: {detail}")
