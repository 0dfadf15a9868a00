"""What each kind of operation takes and gives, what it must conserve, and what a process yields; grams are integers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Final

from products.registry.domain.indicators import YIELD_PERMILLE
from products.registry.domain.requirements import Comparator, Limit

MAX_LOTS: Final = 200
# What the column holds: a million times what went in is a slip of the pen anyhow.
MAX_YIELD_PERMILLE: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Rule:
    """How many lots an operation takes and gives, least and most; `is_conserved`: to the gram."""

    takes: tuple[int, int]
    gives: tuple[int, int]
    is_conserved: bool = False


_NONE: Final = (0, 0)
_ONE: Final = (1, 1)
_SOME: Final = (1, MAX_LOTS)
RULES: Final = {
    "harvest": Rule(_NONE, _ONE),
    "purchase": Rule(_NONE, _ONE),
    "split": Rule(_ONE, _SOME, is_conserved=True),
    "merge": Rule((2, MAX_LOTS), _ONE, is_conserved=True),
    "process": Rule(_SOME, _SOME),
    "loss": Rule(_SOME, _NONE),
    "stocktake": Rule(_SOME, _NONE),
    "dispatch": Rule(_SOME, _NONE),
}


class Unbalanced(ValueError):
    """An operation that its kind does not allow. `reason` is a key, `number` what it speaks of.

    takes_too_few, takes_too_many, gives_too_few, gives_too_many (the bound), too_many_lots, not_conserved (grams given
    beyond what was taken, negative where some is missing).
    """

    def __init__(self, reason: str, number: int) -> None:
        super().__init__(f"{reason}: {number}")
        self.reason = reason
        self.number = number


def check_operation(kind: str, *, taken: Sequence[int], given: Sequence[int]) -> None:
    """Raises Unbalanced for numbers of lots, or masses in grams, that an operation of this kind cannot have."""
    rule = RULES[kind]
    if len(taken) + len(given) > MAX_LOTS:
        raise Unbalanced("too_many_lots", MAX_LOTS)
    for word, lots, (least, most) in (("takes", taken, rule.takes), ("gives", given, rule.gives)):
        if len(lots) < least:
            raise Unbalanced(f"{word}_too_few", least)
        if len(lots) > most:
            raise Unbalanced(f"{word}_too_many", most)
    if rule.is_conserved and sum(taken) != sum(given):
        raise Unbalanced("not_conserved", sum(given) - sum(taken))


class YieldVerdict(StrEnum):
    """A process's yield against the range that its specification gives; unknown where it gives none."""

    WITHIN = "within"
    BELOW = "below"
    ABOVE = "above"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class YieldRange:
    """Output in thousandths of input, both bounds included; None is open."""

    low: int | None = None
    high: int | None = None


def yield_permille(taken_g: int, given_g: int) -> int:
    """Output per input in thousandths, to the nearest; `taken_g` is positive."""
    return min((2_000 * given_g + taken_g) // (2 * taken_g), MAX_YIELD_PERMILLE)


def judge_yield(permille: int | None, bounds: YieldRange) -> YieldVerdict:
    if permille is None or (bounds.low is None and bounds.high is None):
        return YieldVerdict.UNKNOWN
    if bounds.low is not None and permille < bounds.low:
        return YieldVerdict.BELOW
    if bounds.high is not None and permille > bounds.high:
        return YieldVerdict.ABOVE
    return YieldVerdict.WITHIN


def yield_range(limits: Iterable[Limit]) -> YieldRange:
    """What the process limits of a specification say of its yield; the narrowest where several do.

    Limits under a condition (a grade, a band) are left out: an operation does not know whether it holds. Bounds are
    rounded outwards to whole thousandths, so that nothing is doubted that the specification allows.
    """
    lows: list[int] = []
    highs: list[int] = []
    for limit in limits:
        factor = {"permille": 1, "‰": 1, "%": 10, "1": 1_000}.get(limit.unit)
        if limit.indicator != YIELD_PERMILLE or not limit.is_usable or limit.condition.band or limit.condition.grade:
            continue
        if factor is None:
            continue
        values = [value * factor for value in limit.values]
        if limit.comparator in (Comparator.GE, Comparator.GT, Comparator.RANGE):
            lows.append(_whole(values[0], ROUND_FLOOR))
        if limit.comparator in (Comparator.LE, Comparator.LT, Comparator.RANGE):
            highs.append(_whole(values[-1], ROUND_CEILING))
    return YieldRange(max(lows, default=None), min(highs, default=None))


def _whole(value: Decimal, rounding: str) -> int:
    return int(value.to_integral_value(rounding=rounding))
