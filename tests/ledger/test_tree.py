"""Tiles and paths against the RFC's recursion, at the sizes where tiles begin and end."""

from __future__ import annotations

import random

import pytest

from ledger.rebuilding import TreeRebuilder
from ledger.tree import (
    TileAddress,
    addresses,
    consistency_path,
    grow,
    inclusion_path,
    levels,
    parse_address,
    root_hash,
    tiles_on_path,
)
from ledger.verifier.merkle import leaf_hash, verify_consistency, verify_inclusion
from tests.ledger.helpers import reference_consistency, reference_path, reference_root

ENTRIES = [number.to_bytes(3, "big") for number in range(1_100)]
SIZES = [0, 1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 700, 1_100]


class Store:
    """Tiles in memory."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}

    def __call__(self, level: int, number: int) -> bytes:
        return self.tiles.get((level, number), b"")

    def grow(self, *, size: int, leaves: list[bytes]) -> None:
        self.tiles.update(grow(size=size, leaves=leaves, read_tile=self))


def store_of(size: int, *, step: int = 300) -> Store:
    store = Store()
    for start in range(0, size, step):
        end = min(size, start + step)
        store.grow(size=start, leaves=[leaf_hash(entry) for entry in ENTRIES[start:end]])
    return store


@pytest.mark.parametrize("size", SIZES)
def test_root_and_paths_are_those_of_the_rfc(size: int) -> None:
    store = store_of(1_100)

    assert root_hash(size, store) == reference_root(ENTRIES[:size])
    for index in {0, size // 3, size - 1} if size else set():
        assert inclusion_path(index=index, size=size, read_tile=store) == reference_path(index, ENTRIES[:size])
    for old in {1, size // 2, 255, 256, size} - {0}:
        if old <= size:
            path = consistency_path(old_size=old, new_size=size, read_tile=store)
            assert path == reference_consistency(old, ENTRIES[:size])


@pytest.mark.parametrize("step", [1, 7, 255, 256, 257, 1_100])
def test_tiles_do_not_depend_on_how_the_tree_grew(step: int) -> None:
    assert store_of(1_100, step=step).tiles == store_of(1_100).tiles


def test_the_rebuilder_agrees_at_every_size() -> None:
    store, tree = store_of(1_100), TreeRebuilder()
    finished = []

    for size, entry in enumerate(ENTRIES, start=1):
        finished += tree.extend([leaf_hash(entry)])
        if size % 13 == 0 or size in SIZES:
            assert tree.root() == root_hash(size, store)

    derived = {(tile.level, tile.number): tile.hashes for tile in [*finished, *tree.partial_tiles()]}
    assert derived == store.tiles


@pytest.mark.parametrize("size", [*SIZES[2:], 1_024])
def test_a_path_reads_no_other_tiles_than_foretold(size: int) -> None:
    store = store_of(size)
    for index in {0, 1, size // 2, size - 1}:
        read: set[tuple[int, int]] = set()

        def watched(level: int, number: int, read: set[tuple[int, int]] = read) -> bytes:
            read.add((level, number))
            return store(level, number)

        inclusion_path(index=index, size=size, read_tile=watched)

        assert read <= set(tiles_on_path(index=index, size=size))


@pytest.mark.parametrize("size", SIZES)
def test_the_rebuilder_goes_on_where_another_stopped(size: int) -> None:
    store = store_of(1_100)
    edge = [store(level, size >> (8 * (level + 1))) for level in levels(size)]

    tree = TreeRebuilder.resume(size=size, edge=edge)

    assert tree.root() == root_hash(size, store)
    while tree.size < 1_100:
        chunk = ENTRIES[tree.size : min(1_100, tree.size + tree.room)]
        tree.extend([leaf_hash(entry) for entry in chunk])
    assert tree.root() == root_hash(1_100, store)


def test_a_large_tree_of_random_growth_verifies() -> None:
    source = random.Random(7)  # noqa: S311
    store, size, roots = Store(), 0, {}
    leaves = [leaf_hash(number.to_bytes(4, "big")) for number in range(70_000)]
    while size < len(leaves):
        count = min(source.choice([1, 255, 256, 5_000, 20_000]), len(leaves) - size)
        store.grow(size=size, leaves=leaves[size : size + count])
        size += count
        roots[size] = root_hash(size, store)

    for old, old_root in roots.items():
        path = consistency_path(old_size=old, new_size=size, read_tile=store)
        verify_consistency(old_size=old, old_root=old_root, new_size=size, new_root=roots[size], path=path)
    for index in [0, 65_535, 65_536, 69_999, *(source.randrange(size) for _ in range(50))]:
        path = inclusion_path(index=index, size=size, read_tile=store)
        verify_inclusion(leaf=leaves[index], index=index, size=size, path=path, root=roots[size])


def test_the_tiles_of_seventy_thousand_entries() -> None:
    """The example in the specification."""
    widths = {level: [address.width for address in addresses(70_000, level=level)] for level in levels(70_000)}

    assert widths == {0: [256] * 273 + [112], 1: [256, 17], 2: [1]}
    assert [str(address) for address in addresses(256, level=1)] == ["1/000.p/1"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("0/000", TileAddress(level=0, number=0)),
        ("0/x001/x234/067", TileAddress(level=0, number=1_234_067)),
        ("3/x001/234.p/17", TileAddress(level=3, number=1_234, width=17)),
        ("entries/999.p/255", TileAddress(level=None, number=999, width=255)),
        ("63/x001/000", TileAddress(level=63, number=1_000)),
    ],
)
def test_addresses_read_and_write(text: str, address: TileAddress) -> None:
    assert parse_address(text) == address
    assert str(address) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0/0",
        "0/00",
        "00/000",
        "64/000",
        "-1/000",
        "0/x000/001",
        "0/1000",
        "0/x1/000",
        "0/001/000",
        "0/x001",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/",
        "0/000.p/1/",
        "/0/000",
        "0/000\n",
        "entry/000",
        "0/٠٠٠",
        "../0/000",
        "0/" + "x999/" * 9 + "999",
    ],
)
def test_addresses_in_another_spelling_do_not_exist(text: str) -> None:
    assert parse_address(text) is None
