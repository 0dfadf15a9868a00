"""Growing a tree entry by entry in constant memory; written apart from `tree.py` so that each checks the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.verifier.merkle import EMPTY_ROOT, node_hash

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

    def append(self, leaf: bytes) -> list[DerivedTile]:
        """Add one leaf hash; returns the tiles it completed, lowest level first."""
        self.size += 1
        finished: list[DerivedTile] = []
        level, node = 0, leaf
        while True:
            if level == len(self._rows):
                self._rows.append([])
            row = self._rows[level]
            row.append(node)
            if len(row) < _WIDTH:
                return finished
            number = (self.size - 1) >> (8 * (level + 1))
            finished.append(DerivedTile(level=level, number=number, hashes=b"".join(row), is_full=True))
            node = _fold(row)
            row.clear()
            level += 1

    def partial_tiles(self) -> Iterator[DerivedTile]:
        """The unfinished tiles of the present size."""
        for level, row in enumerate(self._rows):
            if row:
                number = self.size >> (8 * (level + 1))
                yield DerivedTile(level=level, number=number, hashes=b"".join(row), is_full=False)

    def root(self) -> bytes:
        """The tree hash of everything appended so far."""
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
            node = node_hash(peaks.pop(), node)
        return node


def _fold(hashes: list[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    middle = len(hashes) // 2
    return node_hash(_fold(hashes[:middle]), _fold(hashes[middle:]))
