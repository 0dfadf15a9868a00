"""How far a target is: counting dated records by month, by year and by prefecture."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Counted:
    """One record that counts from `day` on; `prefecture` is a GB/T 2260 code or "" for none."""

    day: date
    prefecture: str


@dataclass(frozen=True)
class Point:
    """How many records there were at the end of `day`."""

    day: date
    value: int


def last_day_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def month_ends(begin: date, end: date) -> list[date]:
    """The last day of each month from `begin`'s on; the last one is `end` itself."""
    days = []
    day = last_day_of_month(begin)
    while day < end:
        days.append(day)
        day = last_day_of_month(day + timedelta(days=1))
    return [*days, end]


def year_ends(begin: date, end: date) -> list[date]:
    """31 December of each year from `begin`'s on; the last one is `end` itself."""
    days = [date(year, 12, 31) for year in range(begin.year, end.year)]
    return [*days, end]


def series(rows: Iterable[Counted], days: Sequence[date]) -> tuple[Point, ...]:
    """How many rows count by the end of each of `days`."""
    ordered = sorted(row.day for row in rows)
    return tuple(Point(day, bisect_right(ordered, day)) for day in days)


def by_prefecture(rows: Iterable[Counted], until: date) -> dict[str, int]:
    """How many rows count by the end of `until`, by prefecture code; "" for those of no single prefecture."""
    return dict(Counter(row.prefecture for row in rows if row.day <= until))


def percent(part: int, whole: int) -> int:
    """Whole percent, rounded down: 99.9 % of a target is not the target."""
    return part * 100 // whole if whole else 0
