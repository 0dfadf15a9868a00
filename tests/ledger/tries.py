"""Merkle-Patricia trees built the way the Yellow Paper (appendix D) defines them, to compare the verifier with."""

from __future__ import annotations

from ledger.verifier.evidence.keccak import keccak256
from ledger.verifier.evidence.rlp import Item

Pairs = list[tuple[str, bytes]]


def encode(item: Item) -> bytes:
    """Recursive length prefix, appendix B."""
    if isinstance(item, bytes):
        return item if len(item) == 1 and item[0] < 0x80 else prefix(0x80, len(item)) + item
    body = b"".join(encode(part) for part in item)
    return prefix(0xC0, len(body)) + body


def prefix(base: int, length: int) -> bytes:
    if length < 56:
        return bytes([base + length])
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([base + 55 + len(size)]) + size


def compact(nibbles: str, *, is_leaf: bool) -> bytes:
    """Hex prefix, appendix C."""
    flag = 2 if is_leaf else 0
    return bytes.fromhex(f"{flag + 1}{nibbles}" if len(nibbles) % 2 else f"{flag}0{nibbles}")


def structure(pairs: Pairs) -> Item:
    """The node that holds these pairs; keys are the nibbles left, no key is the beginning of another."""
    if len(pairs) == 1:
        return [compact(pairs[0][0], is_leaf=True), pairs[0][1]]
    shared = 0
    while len({key[shared : shared + 1] for key, _ in pairs}) == 1:
        shared += 1
    if shared:
        return [compact(pairs[0][0][:shared], is_leaf=False), child([(key[shared:], value) for key, value in pairs])]
    branches = [[(key[1:], value) for key, value in pairs if key[:1] == nibble] for nibble in "0123456789abcdef"]
    value = next((value for key, value in pairs if not key), b"")
    return [*(child(branch) for branch in branches), value]


def child(pairs: Pairs) -> Item:
    if not pairs:
        return b""
    node = structure(pairs)
    return node if len(encode(node)) < 32 else keccak256(encode(node))


def root_and_proof(pairs: dict[bytes, bytes], key: bytes) -> tuple[bytes, list[bytes]]:
    """Keys are hashed, as the chain's state hashes them; the proof is for `key`, from the root down."""
    hashed = sorted((keccak256(name).hex(), value) for name, value in pairs.items())
    nodes: list[bytes] = []
    rest, path = hashed, keccak256(key).hex()
    while rest:
        node = structure(rest)
        if not nodes or len(encode(node)) >= 32:
            nodes.append(encode(node))
        if len(rest) == 1:
            break
        step = 0
        while len({name[step : step + 1] for name, _ in rest}) == 1:
            step += 1
        step = step or 1
        rest = [(name[step:], value) for name, value in rest if name[:step] == path[:step]]
        path = path[step:]
    return keccak256(encode(structure(hashed))), nodes
