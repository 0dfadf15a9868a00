"""The verifier's arithmetic against RFC 6962: reference recursion, published vectors, and spoiled inputs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ledger.verifier.errors import VerificationError
from ledger.verifier.merkle import EMPTY_ROOT, leaf_hash, verify_consistency, verify_inclusion
from tests.ledger.helpers import reference_consistency, reference_path, reference_root

# The eight entries and roots that Certificate Transparency implementations are tested with.
ENTRIES = [
    bytes.fromhex(text)
    for text in [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MANY = [str(number).encode() for number in range(70)]


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size: int) -> None:
    assert reference_root(ENTRIES[:size]).hex() == ROOTS[size]


def test_the_empty_root() -> None:
    assert ROOTS[0] == EMPTY_ROOT.hex()


def test_every_path_of_the_reference_verifies() -> None:
    for size in range(1, 40):
        root = reference_root(MANY[:size])
        for index in range(size):
            path = reference_path(index, MANY[:size])
            verify_inclusion(leaf=leaf_hash(MANY[index]), index=index, size=size, path=path, root=root)


def test_every_consistency_path_of_the_reference_verifies() -> None:
    for new_size in range(1, 40):
        new_root = reference_root(MANY[:new_size])
        for old_size in range(1, new_size + 1):
            verify_consistency(
                old_size=old_size,
                old_root=reference_root(MANY[:old_size]),
                new_size=new_size,
                new_root=new_root,
                path=reference_consistency(old_size, MANY[:new_size]),
            )


def test_a_path_proves_one_position_only() -> None:
    for size in range(1, 24):
        root = reference_root(MANY[:size])
        for index in range(size):
            path = reference_path(index, MANY[:size])
            for other in range(-2, size + 2):
                if other != index:
                    with pytest.raises(VerificationError):
                        verify_inclusion(leaf=leaf_hash(MANY[index]), index=other, size=size, path=path, root=root)


def flip(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


def spoiled_paths(path: list[bytes]) -> list[list[bytes]]:
    """The path with each hash changed, dropped, doubled or cut, and with hashes before and after it."""
    extra = b"\x07" * 32
    changed = [[extra, *path], [*path, extra]]
    for at, node in enumerate(path):
        rest = path[at + 1 :]
        changed += [[*path[:at], flip(node), *rest], [*path[:at], *rest], [*path[: at + 1], node, *rest]]
        changed += [[*path[:at], node[:-1], *rest], [*path[:at], node + b"\0", *rest], [*path[:at], b"", *rest]]
    return changed


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 2), (5, 8), (6, 7), (17, 39), (38, 39), (31, 32)])
def test_probes_of_inclusion(index: int, size: int) -> None:
    leaf, path, root = leaf_hash(MANY[index]), reference_path(index, MANY[:size]), reference_root(MANY[:size])

    def refused(**change: object) -> None:
        arguments = {"leaf": leaf, "index": index, "size": size, "path": path, "root": root} | change
        with pytest.raises(VerificationError):
            verify_inclusion(**arguments)  # type: ignore[arg-type]

    for wrong in spoiled_paths(path):
        refused(path=wrong)
    for hashed in (flip(leaf), leaf[:-1], b"", root + b"\0"):
        refused(leaf=hashed)
        refused(root=hashed)
    for number in (-1, size, size + 1, 2**64, -(2**64)):
        refused(index=number)
    for number in (0, -1, index, -(2**70)):
        refused(size=number)


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 7), (4, 8), (6, 8), (7, 39), (32, 39), (38, 39), (5, 5)])
def test_probes_of_consistency(old: int, new: int) -> None:
    good = {
        "old_size": old,
        "old_root": reference_root(MANY[:old]),
        "new_size": new,
        "new_root": reference_root(MANY[:new]),
        "path": reference_consistency(old, MANY[:new]),
    }
    check: Callable[..., None] = verify_consistency
    check(**good)

    def refused(**change: object) -> None:
        with pytest.raises(VerificationError):
            check(**(good | change))

    for wrong in spoiled_paths(reference_consistency(old, MANY[:new])):
        refused(path=wrong)
    for name in ("old_root", "new_root"):
        for value in (b"\x01" * 32, b"", b"\x01" * 31):
            refused(**{name: value})
    for size in (-1, 0, new + 1, 2**70):
        refused(old_size=size)
    for size in (-1, 0, old - 1):
        refused(new_size=size)


def test_nothing_is_proven_about_an_empty_old_tree() -> None:
    with pytest.raises(VerificationError) as caught:
        verify_consistency(old_size=0, old_root=EMPTY_ROOT, new_size=3, new_root=reference_root(MANY[:3]), path=[])

    assert caught.value.code == "size_out_of_range"
