"""Deriving the tree again from the entries: every hash, tile, root and checkpoint of the log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

from ledger.models import Head, Tile
from ledger.rebuilding import DerivedTile, TreeRebuilder
from ledger.services.checking.checkpoints import Checkpoints
from ledger.services.checking.entries import Stretch, column_faults, read_entries, unusual_of
from ledger.services.checking.findings import Finding, Progress
from ledger.tree import TILE_WIDTH
from ledger.verifier.merkle import HASH_BYTES

_NOTHING = b"\x00" * HASH_BYTES


def check_tree(head: Head, *, tree: TreeRebuilder, progress: Progress) -> Iterator[Finding]:
    """Walk the entries from the tree's size to the head's; compare tiles and checkpoints as the walk passes them."""
    checkpoints = Checkpoints(head, after=tree.size)
    yield from checkpoints.compare(tree)
    for stretch in read_entries(tree.size, head.size):
        # A stretch the spans do not speak of: its entries are as good as missing.
        yield from _walk_gap(tree, until=stretch.first, checkpoints=checkpoints)
        yield from _walk(tree, stretch, checkpoints=checkpoints)
        progress(tree.size, head.size)
    yield from _walk_gap(tree, until=head.size, checkpoints=checkpoints)
    for partial in tree.partial_tiles():
        yield from _tile_faults(partial, stored_tile(partial.level, partial.number))


def _walk_gap(tree: TreeRebuilder, *, until: int, checkpoints: Checkpoints) -> Iterator[Finding]:
    while tree.size < until:
        count = min(tree.room, until - tree.size)
        missing = Stretch(tree.size, 0, [None] * count, [None] * count)
        yield from _walk(tree, missing, checkpoints=checkpoints)


def _walk(tree: TreeRebuilder, stretch: Stretch, *, checkpoints: Checkpoints) -> Iterator[Finding]:
    tiles = _stored_tiles(stretch.first // TILE_WIDTH, (stretch.first + len(stretch.bodies) - 1) // TILE_WIDTH)
    with unusual_of(stretch) as unusual:
        yield from _hash(tree, stretch, tiles=tiles, checkpoints=checkpoints)
        for queue_id, texts in column_faults([row[0] for row in unusual.result()]).items():
            index = stretch.first + queue_id - stretch.first_id
            yield from (Finding(f"entry {index}", text) for text in texts)


def _hash(
    tree: TreeRebuilder, stretch: Stretch, *, tiles: dict[int, bytes], checkpoints: Checkpoints
) -> Iterator[Finding]:
    done = 0
    while done < len(stretch.bodies):
        count = min(tree.room, len(stretch.bodies) - done, checkpoints.distance(tree.size))
        number, offset = divmod(tree.size, TILE_WIDTH)
        in_tile = tiles.get(number, b"")[offset * HASH_BYTES : (offset + count) * HASH_BYTES]
        bodies, stored = stretch.bodies[done : done + count], stretch.stored[done : done + count]
        leaves, found = _leaves(tree.size, bodies, stored, in_tile)
        yield from found
        for tile in tree.extend(leaves):
            kept = tiles.get(tile.number, b"") if tile.level == 0 else stored_tile(tile.level, tile.number)
            yield from _tile_faults(tile, kept)
        yield from checkpoints.compare(tree)
        done += count


def _leaves(
    first: int, bodies: Sequence[bytes | None], stored: Sequence[bytes | None], in_tile: bytes
) -> tuple[list[bytes], list[Finding]]:
    """The leaf hashes to carry on with, and what is wrong with the entries they come from."""
    try:
        leaves = [sha256(b"\x00" + body).digest() for body in bodies]  # type: ignore[operator]
    except TypeError:
        return _leaves_one_by_one(first, bodies, stored, in_tile)
    if leaves == list(stored):
        return leaves, []
    return _leaves_one_by_one(first, bodies, stored, in_tile)


def _leaves_one_by_one(
    first: int, bodies: Sequence[bytes | None], stored: Sequence[bytes | None], in_tile: bytes
) -> tuple[list[bytes], list[Finding]]:
    leaves: list[bytes] = []
    found: list[Finding] = []
    for place, (body, queued) in enumerate(zip(bodies, stored, strict=True)):
        kept = in_tile[place * HASH_BYTES : (place + 1) * HASH_BYTES]
        if body is None or queued is None:
            # Without the tile nothing is known of the leaf; any value makes the roots differ from here on.
            found.append(Finding(f"entry {first + place}", "it is missing"))
            leaves.append(kept or _NOTHING)
            continue
        hashed = sha256(b"\x00" + body).digest()
        if hashed != queued:
            text = f"its body hashes to {hashed.hex()}, it was queued as {queued.hex()}"
            found.append(Finding(f"entry {first + place}", text))
        # Two of three decide: a changed body leaves column and tile agreeing, a changed tile leaves body and column.
        # So one fault is reported once.
        leaves.append(kept if kept == queued else hashed)
    return leaves, found


def _tile_faults(derived: DerivedTile, stored: bytes) -> Iterator[Finding]:
    place = f"tile {derived.level}/{derived.number}"
    # A partial tile may have grown since the walk began; what it held then must still stand at its start.
    compared = stored if derived.is_full else stored[: len(derived.hashes)]
    if not stored:
        yield Finding(place, "it is missing")
    elif compared != derived.hashes:
        yield Finding(place, "it does not hold the hashes of its entries")


def stored_tile(level: int, number: int) -> bytes:
    """The tile as it is stored; nothing when it is missing."""
    hashes = Tile.objects.filter(level=level, number=number).values_list("hashes", flat=True).first()
    return b"" if hashes is None else bytes(hashes)


def _stored_tiles(first: int, last: int) -> dict[int, bytes]:
    tiles = Tile.objects.filter(level=0, number__gte=first, number__lte=last).values_list("number", "hashes")
    return {number: bytes(hashes) for number, hashes in tiles}
