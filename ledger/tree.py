"""Pure arithmetic on tiles of 256 hashes (c2sp.org/tlog-tiles): growing a tree, its root, its paths, its addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from ledger.verifier.merkle import EMPTY_ROOT, HASH_BYTES, node_hash

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
MAX_LEVEL = 63

# Returns the hashes of tile (level, number), side by side; at least as many as the tree in question needs.
ReadTile = Callable[[int, int], bytes]


@dataclass(frozen=True)
class TileAddress:
    """`level` is None for a bundle of entries. `width` is 256 for a full tile."""

    level: int | None
    number: int
    width: int = TILE_WIDTH

    @property
    def is_full(self) -> bool:
        return self.width == TILE_WIDTH

    def __str__(self) -> str:
        level = "entries" if self.level is None else str(self.level)
        partial = "" if self.is_full else f".p/{self.width}"
        return f"{level}/{_number_path(self.number)}{partial}"


_ADDRESS = re.compile(
    r"(?P<level>entries|0|[1-9][0-9]?)/(?P<number>(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


def parse_address(text: str) -> TileAddress | None:
    """Read `<L>/<N>[.p/<W>]`; None when it is not in its one canonical spelling."""
    match = _ADDRESS.fullmatch(text)
    if match is None:
        return None
    level = None if match["level"] == "entries" else int(match["level"])
    number = int(match["number"].replace("x", "").replace("/", ""))
    width = TILE_WIDTH if match["width"] is None else int(match["width"])
    address = TileAddress(level=level, number=number, width=width)
    # Writing it back refuses needless x000 elements and a full tile dressed as a partial one.
    return address if str(address) == text and width <= TILE_WIDTH and (level or 0) <= MAX_LEVEL else None


def _number_path(number: int) -> str:
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def addresses(size: int, *, level: int | None = 0) -> Iterator[TileAddress]:
    """Every tile of one level in a tree of `size` entries, the partial one last."""
    full, rest = divmod(size >> (TILE_HEIGHT * (level or 0)), TILE_WIDTH)
    for number in range(full):
        yield TileAddress(level=level, number=number)
    if rest:
        yield TileAddress(level=level, number=full, width=rest)


def levels(size: int) -> range:
    """The tile levels that hold anything in a tree of `size` entries."""
    return range(-(-size.bit_length() // TILE_HEIGHT))


def split(hashes: bytes) -> list[bytes]:
    """The single hashes of a tile."""
    return [hashes[start : start + HASH_BYTES] for start in range(0, len(hashes), HASH_BYTES)]


def grow(*, size: int, leaves: Sequence[bytes], read_tile: ReadTile) -> dict[tuple[int, int], bytes]:
    """The new contents of every tile that changes when `leaves` are appended to a tree of `size` entries."""
    changed: dict[tuple[int, int], bytes] = {}
    level, added = 0, list(leaves)
    while added:
        number, width = divmod(size >> (TILE_HEIGHT * level), TILE_WIDTH)
        row = split(read_tile(level, number)[: width * HASH_BYTES]) if width else []
        row += added
        added = []
        for start in range(0, len(row), TILE_WIDTH):
            tile = row[start : start + TILE_WIDTH]
            changed[level, number + start // TILE_WIDTH] = b"".join(tile)
            if len(tile) == TILE_WIDTH:
                added.append(complete_root(tile))
        level += 1
    return changed


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    row = list(hashes)
    while len(row) > 1:
        pairs = iter(row)
        # As `node_hash`, spelled out: a call for each of a million nodes would take longer than the hashing.
        row = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return row[0]


def root_hash(size: int, read_tile: ReadTile) -> bytes:
    """The RFC 6962 tree hash of the first `size` entries."""
    return _range_hash(0, size, read_tile) if size else EMPTY_ROOT


def inclusion_path(*, index: int, size: int, read_tile: ReadTile) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962, section 2.1.1. Raises ValueError outside of the tree."""
    if not 0 <= index < size:
        raise ValueError(f"no entry {index} in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _largest_power_below(end - start)
        if index < middle:
            path.append(_range_hash(middle, end, read_tile))
            end = middle
        else:
            path.append(_range_hash(start, middle, read_tile))
            start = middle
    return path[::-1]


def tiles_on_path(*, index: int, size: int) -> list[tuple[int, int]]:
    """The (level, number) of the tiles `inclusion_path` reads: those above the entry, and those of the right edge."""
    places: set[tuple[int, int]] = set()
    for level in levels(size):
        shift = TILE_HEIGHT * (level + 1)
        places.add((level, index >> shift))
        # At a tile's very end the edge belongs to the level above.
        if (size >> (TILE_HEIGHT * level)) % TILE_WIDTH:
            places.add((level, size >> shift))
    return sorted(places)


def consistency_path(*, old_size: int, new_size: int, read_tile: ReadTile) -> list[bytes]:
    """PROOF(old_size, D[new_size]) of RFC 6962, section 2.1.2. Raises ValueError for an empty old tree."""
    if not 0 < old_size <= new_size:
        raise ValueError(f"no consistency path from {old_size} to {new_size}")
    path: list[bytes] = []
    start, end = 0, new_size
    while old_size < end:
        middle = start + _largest_power_below(end - start)
        if old_size <= middle:
            path.append(_range_hash(middle, end, read_tile))
            end = middle
        else:
            path.append(_range_hash(start, middle, read_tile))
            start = middle
    if start:
        path.append(_range_hash(start, end, read_tile))
    return path[::-1]


def _largest_power_below(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)


def _range_hash(start: int, end: int, read_tile: ReadTile) -> bytes:
    """MTH(D[start:end]) for the ranges the RFC's recursion meets: `start` is a multiple of the range's power of two."""
    count = end - start
    if count & (count - 1) == 0:
        return _complete_node(count.bit_length() - 1, start // count, read_tile)
    middle = start + _largest_power_below(count)
    return node_hash(_range_hash(start, middle, read_tile), _range_hash(middle, end, read_tile))


def _complete_node(height: int, position: int, read_tile: ReadTile) -> bytes:
    """The hash over entries [position * 2^height, (position + 1) * 2^height)."""
    level, within = divmod(height, TILE_HEIGHT)
    first = position << within
    number, offset = divmod(first, TILE_WIDTH)
    hashes = read_tile(level, number)[offset * HASH_BYTES : (offset + (1 << within)) * HASH_BYTES]
    if len(hashes) != HASH_BYTES << within:
        raise ValueError(f"tile {level}/{number} is narrower than the tree needs")
    # Every path of a large tree crosses the same few tiles above the lowest level.
    return _remembered_root(hashes) if level else complete_root(split(hashes))


@lru_cache(maxsize=2_048)
def _remembered_root(hashes: bytes) -> bytes:
    return complete_root(split(hashes))
