"""Addresses of labelled things: GS1 Digital Link paths, and the short address inside the QR code.

GS1 Digital Link URI Syntax 1.3: primary key /01/ (GTIN), key qualifiers in the fixed order /10/ (lot), /21/ (serial).
GS1 General Specifications: GTIN 3.3.2, lot up to 20 characters of set 82 (3.4.1), serial likewise (3.5.2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from stdnum import ean

from products.labels.domain.unit_code import MalformedCode, UnitCode, format_unit_code, parse_unit_code

# GS1 General Specifications, figure 7.11-1: the 82 characters allowed in alphanumeric elements.
CSET_82: Final = frozenset("!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
MAX_LOT_LENGTH: Final = 20
# ISO/IEC 18004, table 5: the 45 characters that cost 5.5 bits each instead of 8.
QR_ALPHANUMERIC: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")

_KEY_ORDER: Final = ("01", "10", "21")
_ASCII_DIGITS: Final = re.compile(r"[0-9]+")
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


class InvalidLink(ValueError):
    """Not an address of ours. `reason` is stable.

    One of: gtin_malformed, gtin_check_digit, lot_malformed, unit_code_malformed, unknown_key, repeated_key,
    wrong_key_order, missing_value, bad_escape, base_url_malformed.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class DigitalLink:
    """What a Digital Link names: `gtin` of 14 digits, perhaps a lot, perhaps a canonical 20 character unit code."""

    gtin: str
    lot: str = ""
    unit_code: str = ""

    @property
    def path(self) -> str:
        """`/01/<gtin>[/10/<lot>][/21/<unit code>]`, percent-encoded."""
        parts = ["/01/", self.gtin]
        if self.lot:
            parts += ["/10/", quote(self.lot, safe="")]
        if self.unit_code:
            parts += ["/21/", self.unit_code]
        return "".join(parts)


def digital_link(gtin: str, *, lot: str = "", unit_code: str = "") -> DigitalLink:
    """Normalise and check the three parts. Raises InvalidLink."""
    return DigitalLink(
        gtin=normalise_gtin(gtin),
        lot=check_lot(lot) if lot else "",
        unit_code=_canonical_unit_code(unit_code) if unit_code else "",
    )


def parse_digital_link(path: str) -> DigitalLink:
    """Read the still percent-encoded path of a Digital Link (a decoded one would lose a lot's own slashes).

    Raises InvalidLink.
    """
    if _BAD_ESCAPE.search(path):
        raise InvalidLink("bad_escape", "a % is not followed by two hexadecimal digits")
    segments = path.strip("/").split("/")
    values: dict[str, str] = {}
    for key, value in zip(segments[::2], [*segments[1::2], ""], strict=False):
        if key not in _KEY_ORDER:
            raise InvalidLink("unknown_key", f"{key!r} is not one of {', '.join(_KEY_ORDER)}")
        if key in values:
            raise InvalidLink("repeated_key", f"key {key} stands twice")
        if values and _KEY_ORDER.index(key) < _KEY_ORDER.index(next(reversed(values))):
            raise InvalidLink("wrong_key_order", "the order is 01, 10, 21")
        if not value:
            raise InvalidLink("missing_value", f"key {key} has no value")
        values[key] = unquote(value)
    if "01" not in values:
        raise InvalidLink("wrong_key_order", "the first key is 01")
    return digital_link(values["01"], lot=values.get("10", ""), unit_code=values.get("21", ""))


def normalise_gtin(text: str) -> str:
    """A GTIN-8, -12, -13 or -14 as 14 digits. Raises InvalidLink (gtin_malformed, gtin_check_digit)."""
    if not _ASCII_DIGITS.fullmatch(text) or len(text) not in (8, 12, 13, 14):
        raise InvalidLink("gtin_malformed", "a GTIN has 8, 12, 13 or 14 digits")
    if not ean.is_valid(text.zfill(14)):
        raise InvalidLink("gtin_check_digit", "the last digit does not match the others")
    return text.zfill(14)


def check_lot(text: str) -> str:
    """The lot unchanged, when GS1 allows it. Raises InvalidLink (lot_malformed)."""
    if not 1 <= len(text) <= MAX_LOT_LENGTH:
        raise InvalidLink("lot_malformed", f"a lot has 1 to {MAX_LOT_LENGTH} characters")
    for character in text:
        if character not in CSET_82:
            raise InvalidLink("lot_malformed", f"{character!r} is not allowed in a lot")
    return text


def scan_address(base_url: str, code: UnitCode | str) -> str:
    """What the QR code says: `HTTPS://HOST/T/<CODE>`, all upper case.

    Scheme and host are case-insensitive (RFC 3986, 6.2.2.1) and our paths answer to both cases; upper case keeps the
    symbol in alphanumeric mode, one version smaller. `base_url` is scheme and host, perhaps a port, and no path.
    Raises InvalidLink (base_url_malformed) or, for a code given as text, MalformedCode.
    """
    unit = parse_unit_code(code) if isinstance(code, str) else code
    return scan_prefix(base_url) + format_unit_code(unit)


def scan_prefix(base_url: str) -> str:
    """The part of every scan address that stands before the code. Raises InvalidLink (base_url_malformed)."""
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise InvalidLink("base_url_malformed", "the base address is https:// and a host name")
    # A path would have to be raised to upper case too, and paths are case-sensitive on other people's servers.
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise InvalidLink("base_url_malformed", "the base address has no path, query or fragment")
    prefix = f"{parts.scheme}://{parts.netloc}/t/".upper()
    for character in prefix:
        if character not in QR_ALPHANUMERIC:
            raise InvalidLink("base_url_malformed", f"{character!r} does not fit the QR alphanumeric mode")
    return prefix


def _canonical_unit_code(text: str) -> str:
    try:
        return format_unit_code(parse_unit_code(text))
    except MalformedCode as error:
        raise InvalidLink("unit_code_malformed", str(error)) from error
