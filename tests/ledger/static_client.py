"""A reader of exported logs that knows the C2SP specifications and nothing of this project."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.ledger.helpers import hash_leaf, reference_root


def read_log(folder: Path, vkey: str) -> list[bytes]:
    """Every entry, after checking signature, bundles, tiles and root. Asserts on anything that is not as specified."""
    size, root = _read_checkpoint((folder / "checkpoint").read_bytes(), vkey=vkey)
    entries: list[bytes] = []
    for number in range(-(-size // 256)):
        bundle = _resource(folder / "tile" / "entries", number, min(256, size - number * 256))
        while bundle:
            length = int.from_bytes(bundle[:2], "big")
            entries.append(bundle[2 : 2 + length])
            assert len(entries[-1]) == length
            bundle = bundle[2 + length :]
    assert len(entries) == size
    _check_tiles(folder / "tile", [hash_leaf(entry) for entry in entries])
    assert reference_root(entries) == root
    return entries


def check_growth(folder: Path, vkey: str, *, older: bytes) -> None:
    """That the log in the folder begins with everything an older checkpoint, kept by this reader, had signed."""
    old_size, old_root = _read_checkpoint(older, vkey=vkey)
    entries = read_log(folder, vkey)
    assert len(entries) >= old_size
    assert reference_root(entries[:old_size]) == old_root


def _read_checkpoint(data: bytes, *, vkey: str) -> tuple[int, bytes]:
    name, key_id, material = vkey.split("+", 2)
    key = base64.b64decode(material)
    assert key[0] == 1
    assert hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() == key_id
    text, _, tail = data.decode().rpartition("\n\n")
    dash, signer, blob = tail.removesuffix("\n").split(" ")
    signature = base64.b64decode(blob)
    assert (dash, signer, signature[:4].hex()) == ("\u2014", name, key_id)
    Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], f"{text}\n".encode())
    origin, size, root = text.split("\n")
    assert origin == name
    return int(size), base64.b64decode(root)


def _check_tiles(folder: Path, hashes: list[bytes]) -> None:
    level = 0
    while hashes:
        above: list[bytes] = []
        for number in range(-(-len(hashes) // 256)):
            row = hashes[number * 256 : (number + 1) * 256]
            assert _resource(folder / str(level), number, len(row)) == b"".join(row)
            if len(row) == 256:
                above.append(_fold(row))
        hashes, level = above, level + 1


def _fold(row: list[bytes]) -> bytes:
    while len(row) > 1:
        row = [hashlib.sha256(b"\x01" + row[at] + row[at + 1]).digest() for at in range(0, len(row), 2)]
    return row[0]


def _resource(folder: Path, number: int, width: int) -> bytes:
    parts = [f"{number % 1000:03d}"]
    while number := number // 1000:
        parts.insert(0, f"x{number % 1000:03d}")
    path = folder.joinpath(*parts)
    return (path if width == 256 else path.with_name(path.name + ".p") / str(width)).read_bytes()
