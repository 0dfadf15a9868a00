"""A run's codes as CSV, for a printer that prints its own labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from products.labels.domain.digital_link import scan_prefix
from products.labels.domain.unit_code import unit_codes

# Without the mark Excel takes the file for the system's legacy encoding and garbles the heading.
_BYTE_ORDER_MARK: Final = "\ufeff"
_HEADING: Final = "查验码,网址,序号,分组查验码\r\n"


def codes_csv(key: bytes, run: str, first: int, last: int, *, base_url: str) -> Iterator[str]:
    """Lines (RFC 4180, to be encoded as UTF-8): code, address, serial, code in groups of four; constant memory.

    The serial's column is a plain number; no field needs quotes. Raises ValueError (see unit_codes) or InvalidLink
    before the first line.
    """
    prefix = scan_prefix(base_url)
    return _lines(unit_codes(key, run, first, last), first, prefix)


def _lines(codes: Iterator[str], first: int, prefix: str) -> Iterator[str]:
    yield _BYTE_ORDER_MARK + _HEADING
    for serial, code in enumerate(codes, start=first):
        yield (f"{code},{prefix}{code},{serial},{code[:4]} {code[4:8]} {code[8:12]} {code[12:16]} {code[16:]}\r\n")
