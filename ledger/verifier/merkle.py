"""Merkle trees as in RFC 6962, section 2.1: hashing, and checking of inclusion and consistency paths."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from ledger.verifier.errors import VerificationError

HASH_BYTES = 32
# The root of a tree without leaves: the hash of nothing.
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry. The prefix keeps an entry from passing for an inner node."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def verify_inclusion(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Check that `leaf` is entry `index` of the `size` entries under `root`.

    `size` and `root` come from a verified checkpoint, never from the proof.
    `path` runs from the leaf's sibling up to a child of the root (RFC 6962, 2.1.1).
    Raises VerificationError.
    """
    _require_hashes([leaf, root, *path])
    if not 0 <= index < size:
        raise VerificationError("index_out_of_range", f"entry {index} of a tree of {size}")
    # Below the fork a sibling may be on either side; above it, only on the left.
    fork = (index ^ (size - 1)).bit_length()
    expected = fork + (index >> fork).bit_count()
    if len(path) != expected:
        raise VerificationError("wrong_path_length", f"the path has {len(path)} hashes, not {expected}")

    node = leaf
    for level, sibling in enumerate(path):
        sibling_is_left = level >= fork or (index >> level) & 1
        node = node_hash(sibling, node) if sibling_is_left else node_hash(node, sibling)
    if node != root:
        raise VerificationError("root_mismatch", f"the path leads to {node.hex()}, not to the signed root")


def verify_consistency(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the tree of `new_size` begins with the whole tree of `old_size` (RFC 6962, 2.1.2).

    An empty old tree is refused: every tree begins with it, so such a proof would say nothing.
    Raises VerificationError.
    """
    _require_hashes([old_root, new_root, *path])
    if not 0 < old_size <= new_size:
        raise VerificationError("size_out_of_range", f"from {old_size} to {new_size} entries")
    if old_size == new_size:
        if path:
            raise VerificationError("wrong_path_length", f"the path has {len(path)} hashes, not 0")
        if old_root != new_root:
            raise VerificationError("root_mismatch", "one size, two roots")
        return

    # Start at the largest complete subtree that ends where the old tree ends.
    skipped = (old_size & -old_size).bit_length() - 1
    position = (old_size - 1) >> skipped
    fork = ((old_size - 1) ^ (new_size - 1)).bit_length() - skipped
    # If that subtree is the whole old tree its hash is the old root, and the path need not repeat it.
    is_whole = position == 0
    expected = fork + (position >> fork).bit_count() + (0 if is_whole else 1)
    if len(path) != expected:
        raise VerificationError("wrong_path_length", f"the path has {len(path)} hashes, not {expected}")

    start, siblings = (old_root, path) if is_whole else (path[0], path[1:])
    old_node = new_node = start
    for level, sibling in enumerate(siblings):
        if level >= fork or (position >> level) & 1:
            old_node = node_hash(sibling, old_node)
            new_node = node_hash(sibling, new_node)
        else:
            new_node = node_hash(new_node, sibling)
    if old_node != old_root:
        raise VerificationError("root_mismatch", f"the path leads to {old_node.hex()}, not to the old root")
    if new_node != new_root:
        raise VerificationError("root_mismatch", f"the path leads to {new_node.hex()}, not to the new root")


def _require_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(value) != HASH_BYTES for value in hashes):
        raise VerificationError("wrong_hash_length", f"a hash is not {HASH_BYTES} bytes long")
