"""Growing a tree in constant memory; written apart from `tree.py` so that each checks the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from ledger.verifier.merkle import EMPTY_ROOT, HASH_BYTES

_WIDTH = 256


@dataclass(frozen=True)
class DerivedTile:
    """What a tile must hold: 256 hashes, or fewer at the tree's right edge."""

    level: int
    number: int
    hashes: bytes
    is_full: bool


class TreeRebuilder:
    """Holds the unfinished tile of every level: 255 hashes each at most."""

    def __init__(self) -> None:
        self.size = 0
        self._rows: list[list[bytes]] = [[]]

    @classmethod
    def resume(cls, *, size: int, edge: Sequence[bytes]) -> TreeRebuilder:
        """Go on from a tree of `size` entries; `edge[level]` begins with the hashes of its unfinished tile.

        What the edge says is only believed if `root()` is the root the caller knows.
        """
        tree = cls()
        tree.size = size
        tree._rows = []
        for level, hashes in enumerate(edge):
            width = (size >> (8 * level)) % _WIDTH
            tree._rows.append([hashes[at : at + HASH_BYTES] for at in range(0, width * HASH_BYTES, HASH_BYTES)])
        tree._rows = tree._rows or [[]]
        return tree

    @property
    def room(self) -> int:
        """How many leaves the unfinished bottom tile still takes; 1 to 256."""
        return _WIDTH - self.size % _WIDTH

    def extend(self, leaves: Sequence[bytes]) -> list[DerivedTile]:
        """Add leaf hashes, at most `room`; returns the tiles they completed, lowest level first."""
        self.size += len(leaves)
        self._rows[0].extend(leaves)
        finished: list[DerivedTile] = []
        level = 0
        while len(row := self._rows[level]) == _WIDTH:
            number = (self.size - 1) >> (8 * (level + 1))
            finished.append(DerivedTile(level=level, number=number, hashes=b"".join(row), is_full=True))
            level += 1
            if level == len(self._rows):
                self._rows.append([])
            self._rows[level].append(_fold(row))
            self._rows[level - 1] = []
        return finished

    def partial_tiles(self) -> Iterator[DerivedTile]:
        """The unfinished tiles of the present size."""
        for level, row in enumerate(self._rows):
            if row:
                number = self.size >> (8 * (level + 1))
                yield DerivedTile(level=level, number=number, hashes=b"".join(row), is_full=False)

    def root(self) -> bytes:
        """The tree hash of everything added so far."""
        # The complete subtrees from the left edge to the right, each smaller than the one before it.
        peaks: list[bytes] = []
        for row in reversed(self._rows):
            start = 0
            while start < len(row):
                width = 1 << ((len(row) - start).bit_length() - 1)
                peaks.append(_fold(row[start : start + width]))
                start += width
        if not peaks:
            return EMPTY_ROOT
        node = peaks.pop()
        while peaks:
            node = sha256(b"\x01" + peaks.pop() + node).digest()
        return node


def _fold(hashes: list[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    while len(hashes) > 1:
        pairs = iter(hashes)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return hashes[0]
