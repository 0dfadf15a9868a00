"""The 20 characters that name one labelled unit: their shape, their authentication tag, their forgiving reading.

Layout, Crockford base32 without I, L, O and U: `G`, 6 characters label run, 5 characters serial in the run (from 1),
8 characters tag. The tag is the first 40 bits of HMAC-SHA-256 (RFC 2104) under the run's own random key, so that
nobody can invent a further code of a run, and a stolen key opens one run only.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX: Final = "G"
RUN_LENGTH: Final = 6
SERIAL_LENGTH: Final = 5
TAG_LENGTH: Final = 8
CODE_LENGTH: Final = len(PREFIX) + RUN_LENGTH + SERIAL_LENGTH + TAG_LENGTH
MAX_SERIAL: Final = 32**SERIAL_LENGTH - 1
RUN_COUNT: Final = 32**RUN_LENGTH
MIN_KEY_BYTES: Final = 16

WRONG_LENGTH: Final = "wrong_length"
WRONG_ALPHABET: Final = "wrong_alphabet"
WRONG_FIRST_LETTER: Final = "wrong_first_letter"
WRONG_SERIAL: Final = "wrong_serial"

# Binds the tag to its purpose: the same key used for anything else can never yield a valid unit code.
_DOMAIN: Final = b"gi-trace unit code v1\n"
_TAG_BYTES: Final = TAG_LENGTH * 5 // 8
_SHA256_BLOCK: Final = 64
_MAX_TYPED: Final = 200

_DIGIT: Final = {character: value for value, character in enumerate(ALPHABET)}
_PAIRS: Final = tuple(high + low for high in ALPHABET for low in ALPHABET)
_LOOK_ALIKES: Final = str.maketrans("OIL", "011")
# What people type, paste or dictate between the groups: dashes of every width, zero-width marks, the middle dot.
_FILLERS: Final = frozenset("-_.·\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc\u200b\u200c\u200d\u2060\ufeff")


class MalformedCode(ValueError):
    """Cannot be a unit code. `reason` is stable; `character` is the offending one, where there is one."""

    def __init__(self, reason: str, detail: str, *, character: str = "", length: int = 0) -> None:
        super().__init__(detail)
        self.reason = reason
        self.character = character
        self.length = length


@dataclass(frozen=True, slots=True)
class UnitCode:
    """One unit: `run` of 6 and `tag` of 8 canonical characters, `serial` from 1 to MAX_SERIAL. Not yet authentic."""

    run: str
    serial: int
    tag: str

    def __str__(self) -> str:
        return format_unit_code(self)


def new_run_code(randomness: bytes) -> str:
    """The 6 characters of a new run from at least 4 random bytes (30 bits are used).

    Raises ValueError when there are too few bytes. Uniqueness is the caller's to check.
    """
    if len(randomness) < 4:
        raise ValueError("a run code needs at least 4 random bytes")
    return _encode(int.from_bytes(randomness[:4], "big") % RUN_COUNT, RUN_LENGTH)


def format_unit_code(code: UnitCode) -> str:
    """The canonical 20 characters. Raises ValueError when a part is out of range."""
    _check_canonical(code.run, RUN_LENGTH)
    _check_canonical(code.tag, TAG_LENGTH)
    return PREFIX + code.run + encode_serial(code.serial) + code.tag


def group_in_fours(text: str) -> str:
    """`GXXX XXXX XXXX XXXX XXXX`, as it is printed for people."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def parse_unit_code(text: str) -> UnitCode:
    """Read what a person typed, pasted or scanned.

    Lower case, full-width forms, spaces and dashes are forgiven; O reads as 0, I and L as 1. Raises MalformedCode.
    """
    if len(text) > _MAX_TYPED:
        raise MalformedCode(WRONG_LENGTH, f"{len(text)} characters, not {CODE_LENGTH}", length=len(text))
    plain = _plain(text)
    for character in plain:
        if character not in _DIGIT:
            raise MalformedCode(WRONG_ALPHABET, f"{character!r} is not used in unit codes", character=character)
    if len(plain) != CODE_LENGTH:
        raise MalformedCode(WRONG_LENGTH, f"{len(plain)} characters, not {CODE_LENGTH}", length=len(plain))
    if plain[0] != PREFIX:
        raise MalformedCode(WRONG_FIRST_LETTER, f"begins with {plain[0]}, not {PREFIX}", character=plain[0])

    run, serial, tag = plain[1:7], decode_serial(plain[7:12]), plain[12:]
    if serial == 0:
        raise MalformedCode(WRONG_SERIAL, "serials start at 1")
    return UnitCode(run=run, serial=serial, tag=tag)


def encode_serial(serial: int) -> str:
    """Serial as 5 characters. Raises ValueError outside 1..MAX_SERIAL."""
    if not 1 <= serial <= MAX_SERIAL:
        raise ValueError(f"serial {serial} is outside 1..{MAX_SERIAL}")
    return _encode(serial, SERIAL_LENGTH)


def decode_serial(text: str) -> int:
    """The number 5 canonical characters stand for (0 included: the caller decides)."""
    value = 0
    for character in text:
        value = value * 32 + _DIGIT[character]
    return value


def tag_for(key: bytes, run: str, serial: int) -> str:
    """The 8 tag characters of one serial. Raises ValueError for a short key, a bad run or a serial out of range."""
    _check_key(key)
    _check_canonical(run, RUN_LENGTH)
    message = _DOMAIN + run.encode() + encode_serial(serial).encode()
    return _tag_text(hmac.digest(key, message, "sha256"))


def is_authentic(key: bytes, code: UnitCode) -> bool:
    """Whether the tag is the one this run's key gives; the comparison takes the same time whatever is wrong."""
    return hmac.compare_digest(tag_for(key, code.run, code.serial).encode(), code.tag.encode())


def unit_codes(key: bytes, run: str, first: int, last: int) -> Iterator[str]:
    """Canonical codes of the serials `first`..`last`, in order, in constant memory; nothing when last < first.

    Raises ValueError for a short key, a bad run or a serial out of range, before the first code.
    """
    _check_key(key)
    _check_canonical(run, RUN_LENGTH)
    if first <= last:
        encode_serial(first)
        encode_serial(last)
    return _generate(key, run, first, last)


def _generate(key: bytes, run: str, first: int, last: int) -> Iterator[str]:
    # RFC 2104 written out: both key blocks and the common head are hashed once, and copied for every serial.
    # This is faster than hmac.copy() by two thirds and gives the same bytes as tag_for, which a test compares.
    block = (hashlib.sha256(key).digest() if len(key) > _SHA256_BLOCK else key).ljust(_SHA256_BLOCK, b"\0")
    inner_head = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + _DOMAIN + run.encode())
    outer_head = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))
    head, pairs = PREFIX + run, _PAIRS
    for serial in range(first, last + 1):
        text = ALPHABET[serial >> 20] + pairs[serial >> 10 & 1023] + pairs[serial & 1023]
        inner, outer = inner_head.copy(), outer_head.copy()
        inner.update(text.encode())
        outer.update(inner.digest())
        tag = int.from_bytes(outer.digest()[:_TAG_BYTES], "big")
        yield (f"{head}{text}{pairs[tag >> 30]}{pairs[tag >> 20 & 1023]}{pairs[tag >> 10 & 1023]}{pairs[tag & 1023]}")


def _plain(text: str) -> str:
    kept = (c for c in unicodedata.normalize("NFKC", text) if not c.isspace() and c not in _FILLERS)
    # Only ASCII is raised: str.upper would turn letters of other scripts into ours without anybody noticing.
    return "".join(c.upper() if c.isascii() else c for c in kept).translate(_LOOK_ALIKES)


def _tag_text(digest: bytes) -> str:
    return _encode(int.from_bytes(digest[:_TAG_BYTES], "big"), TAG_LENGTH)


def _encode(value: int, length: int) -> str:
    return "".join(ALPHABET[value >> shift & 31] for shift in range(5 * (length - 1), -1, -5))


def _check_key(key: bytes) -> None:
    if len(key) < MIN_KEY_BYTES:
        raise ValueError(f"a run key has at least {MIN_KEY_BYTES} bytes")


def _check_canonical(text: str, length: int) -> None:
    if len(text) != length or any(character not in _DIGIT for character in text):
        raise ValueError(f"{text!r} is not {length} canonical base32 characters")
