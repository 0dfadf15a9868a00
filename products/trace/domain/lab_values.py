"""What a laboratory's value, a certificate's number and a report's file look like."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from products.trace.domain.facts import plain

MAX_FILE_BYTES: Final = 10 * 1024 * 1024
# Twelve digits before the point and nine after it: more than any instrument shows, and exact in every conversion.
_VALUE: Final = re.compile(r"(<?)\s*(0|[1-9][0-9]{0,11})(\.[0-9]{1,9})?")
_NOT_FOUND: Final = frozenset({"未检出", "未使用", "无", "没有", "nd", "n.d.", "not detected", "none"})
_FOUND: Final = frozenset({"检出", "使用", "有", "detected"})
_CMA: Final = re.compile(r"[0-9A-Z][0-9A-Z()-]{4,18}[0-9A-Z)]")
# How a file of each kind begins; names and browsers' claims count for nothing.
_MAGIC: Final = (
    ("application/pdf", re.compile(rb"%PDF-[12]\.[0-9]")),
    ("image/jpeg", re.compile(rb"\xff\xd8\xff[\xc0-\xfe]")),
    ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")),
)


class UnreadableValue(ValueError):
    """`reason` is not_a_number, negative, zero_bound, no_bound (what was not found, and how little could have been)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Reading:
    """A value as the report gives it: its decimal string, and '<' before a limit of detection."""

    comparator: str
    value: str

    @property
    def number(self) -> Decimal:
        return Decimal(self.value)


def read_value(text: str, *, is_prohibition: bool = False) -> Reading:
    """`0.60`, `０．６０` or `<0.01`; for a prohibition also 未检出 (0) and 检出 (1). Trailing zeros stay: they say how exact.

    Raises UnreadableValue.
    """
    text = plain(text)
    if is_prohibition and text.lower() in _NOT_FOUND | _FOUND:
        return Reading("", "0" if text.lower() in _NOT_FOUND else "1")
    if text.lower() in _NOT_FOUND:
        raise UnreadableValue("no_bound")
    match = _VALUE.fullmatch(text)
    if match is None:
        raise UnreadableValue("negative" if re.fullmatch(r"[-−－][0-9.]+", text) else "not_a_number")
    reading = Reading(match[1], match[2] + (match[3] or ""))
    if reading.comparator and reading.number == 0:
        raise UnreadableValue("zero_bound")
    return reading


def cma_number(text: str) -> str | None:
    """A certificate's number in capitals without spaces; None when it cannot be one."""
    number = "".join(plain(text).split()).upper()
    return number if _CMA.fullmatch(number) else None


def file_type(content: bytes) -> str | None:
    """The media type by a file's first bytes; None for anything but PDF, JPEG and PNG."""
    return next((name for name, magic in _MAGIC if magic.match(content)), None)
