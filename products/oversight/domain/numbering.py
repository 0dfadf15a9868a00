"""Numbers of inspections and cases: JC-2026-0001, AJ-2026-0001."""

from __future__ import annotations

INSPECTION, CASE = "JC", "AJ"


def number_prefix(kind: str, year: int) -> str:
    return f"{kind}-{year}-"


def following_number(kind: str, year: int, newest: str) -> str:
    """The number after `newest` ("" where the year has none yet); four digits, more when they are used up."""
    prefix = number_prefix(kind, year)
    count = int(newest.removeprefix(prefix)) if newest else 0
    return f"{prefix}{count + 1:04d}"
