"""Recursive length prefix, Ethereum's encoding (Yellow Paper, appendix B), read strictly: one spelling for each value."""

from __future__ import annotations

from ledger.verifier.errors import VerificationError

Item = bytes | list["Item"]

# A header is a flat list; a node of a tree nests only nodes shorter than 32 bytes.
_MAX_DEPTH = 8


def decode_rlp(data: bytes) -> Item:
    """Exactly one item. Raises VerificationError `bad_rlp`."""
    item, end = _read(data, 0, len(data), depth=0)
    if end != len(data):
        raise _refused("bytes are left over")
    return item


def _read(data: bytes, start: int, end: int, *, depth: int) -> tuple[Item, int]:
    if start >= end or depth > _MAX_DEPTH:
        raise _refused("it ends early, or is nested too deeply")
    first = data[start]
    if first < 0x80:
        return data[start : start + 1], start + 1
    base = 0x80 if first < 0xC0 else 0xC0
    body, length = start + 1, first - base
    if length > 55:
        width, body = length - 55, start + 1 + length - 55
        length = int.from_bytes(data[start + 1 : body], "big")
        if body > end or width > 4 or data[start + 1] == 0 or length < 56:
            raise _refused("a length is not in its shortest form")
    stop = body + length
    if stop > end:
        raise _refused("an item is longer than what is there")
    if base == 0x80:
        if length == 1 and data[body] < 0x80:
            raise _refused("a small byte is not in its shortest form")
        return data[body:stop], stop
    items: list[Item] = []
    while body < stop:
        item, body = _read(data, body, stop, depth=depth + 1)
        items.append(item)
    return items, stop


def _refused(detail: str) -> VerificationError:
    return VerificationError("bad_rlp", f"RLP: {detail}")
