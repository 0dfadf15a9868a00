"""Strict readers for the three encodings every format here is made of."""

from __future__ import annotations

import base64
import binascii
import re

from ledger.verifier.errors import VerificationError

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
MAX_INTEGER = 2**63 - 1


def read_base64(text: str, *, what: str) -> bytes:
    """Standard base64 (RFC 4648, section 4) in its only canonical spelling.

    Raises VerificationError `bad_base64`.
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise VerificationError("bad_base64", f"{what} is not base64") from error
    # Two spellings of the same bytes would let one proof pass as two different ones.
    if write_base64(data) != text:
        raise VerificationError("bad_base64", f"{what} is not canonical base64")
    return data


def write_base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def read_decimal(text: str, *, what: str) -> int:
    """ASCII digits without leading zeroes, at most 2^63 - 1. Raises VerificationError `bad_number`."""
    if not _DECIMAL.fullmatch(text) or int(text) > MAX_INTEGER:
        raise VerificationError("bad_number", f"{what} is not a plain decimal number")
    return int(text)


def read_utf8(data: bytes, *, what: str) -> str:
    """UTF-8 text. Raises VerificationError `bad_utf8`."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise VerificationError("bad_utf8", f"{what} is not UTF-8") from error
