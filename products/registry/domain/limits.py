"""Holding measured values against the limits of a standard's version in force.

Only `Decimal` and exact unit conversions: a result at the limit must not turn on binary rounding. A missing value, or a
value outside every band, is never a pass; a product without limits is `no_limits_configured`, never passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from products.registry.domain.ratios import ratio_word
from products.registry.domain.requirements import RATIOS, Comparator, Limit
from products.registry.domain.units import UnitMismatch, convert_unit


class IndicatorVerdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    MISSING = "missing"
    NO_LIMIT = "no_limit"


class OverallVerdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    INCOMPLETE = "incomplete"
    NO_LIMITS_CONFIGURED = "no_limits_configured"


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measured value with its unit; for a prohibition 0 means not found or not used, anything else the opposite.

    `is_below`: the laboratory found less than `value`, its limit of detection; what there is lies in [0, value).
    """

    value: Decimal
    unit: str
    is_below: bool = False
    basis: str = ""


@dataclass(frozen=True, slots=True)
class LimitResult:
    """Whether one limit is met; NO_LIMIT where it does not apply, or cannot be used. `detail` as in IndicatorResult."""

    limit: Limit
    verdict: IndicatorVerdict
    detail: str


@dataclass(frozen=True, slots=True)
class IndicatorResult:
    """`limit_key` is the deciding limit, '' if none applied. `detail` is a stable word: below_limit, above_limit,
    outside_range, beyond_tolerance, present, grade_too_low, ratio_too_high, ratio_too_low, not_measured,
    condition_not_measured, reference_not_measured, below_detection (too coarse to decide), basis_differs, outside_bands, limit_unclear, or ''
    for a pass and for an indicator without limits."""

    indicator: str
    verdict: IndicatorVerdict
    limit_key: str
    detail: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`unjudged` are indicators the standard limits but nobody could yet say how: show them beside a pass."""

    overall: OverallVerdict
    results: tuple[IndicatorResult, ...]
    unjudged: tuple[str, ...]
    limits: tuple[LimitResult, ...] = ()


class _Dated(Protocol):
    @property
    def status(self) -> str: ...
    @property
    def effective_from(self) -> date | None: ...
    @property
    def effective_to(self) -> date | None: ...


V = TypeVar("V", bound=_Dated)


def version_in_force(versions: Iterable[V], on: date) -> V | None:
    """The version a product made on this day answers to; `versions` oldest first, amendments after what they amend.

    The latest known start wins; an unknown start counts as the earliest, and of two alike the later in the list wins.
    A version repealed on an unknown day holds on no day. A disputed one holds: it is for people to doubt, not for us to drop.
    """
    chosen: V | None = None
    for version in versions:
        if version.status == "repealed" and version.effective_to is None:
            continue
        starts = version.effective_from or date.min
        if starts > on or (version.effective_to is not None and on > version.effective_to):
            continue
        if chosen is None or starts >= (chosen.effective_from or date.min):
            chosen = version
    return chosen


def evaluate(limits: Iterable[Limit], measured: Mapping[str, Measurement], *, grade: str = "") -> Evaluation:
    """Judge the measured values against limits of one scope (product, or process).

    `measured` is by indicator, with `alcohol_label` and the like for declared values; `grade` as the limits spell it.
    Raises UnitMismatch when a measured unit cannot be carried exactly into the limit's: that is a mistake to mend, not a result.
    """
    by_indicator: dict[str, list[LimitResult]] = {}
    unclear: list[Limit] = []
    for limit in limits:
        if limit.is_usable:
            by_indicator.setdefault(limit.indicator, []).append(_judge_limit(limit, measured, grade))
        else:
            unclear.append(limit)
    # An unclear limit beside usable ones leaves the indicator judged by those.
    unjudged = tuple(dict.fromkeys(limit.indicator for limit in unclear if limit.indicator not in by_indicator))
    results = [_judge_indicator(name, group) for name, group in by_indicator.items()]
    required = [result.verdict for result in results]
    judged = tuple(result for group in by_indicator.values() for result in group)
    parts = helpers_of([result.limit for result in judged])
    results += [IndicatorResult(name, IndicatorVerdict.NO_LIMIT, "", "limit_unclear") for name in unjudged]
    results += [
        IndicatorResult(name, IndicatorVerdict.NO_LIMIT, "", "")
        for name in measured
        if name not in by_indicator and name not in unjudged and name not in parts
    ]
    judged += tuple(LimitResult(limit, IndicatorVerdict.NO_LIMIT, "limit_unclear") for limit in unclear)
    return Evaluation(overall_of(required), tuple(results), unjudged, judged)


def helpers_of(limits: Iterable[Limit]) -> set[str]:
    """Indicators measured only so that others can be judged: a ratio's parts, a declared value, what bands go by."""
    names: set[str] = set()
    for condition in (limit.condition for limit in limits):
        names |= set(condition.ratio_of or ())
        names |= {condition.reference} if condition.reference else set()
        names |= {condition.band.indicator} if condition.band else set()
    return names


def overall_of(required: Sequence[IndicatorVerdict]) -> OverallVerdict:
    """The word for the whole, from the verdicts on every indicator that has a usable limit."""
    if not required:
        return OverallVerdict.NO_LIMITS_CONFIGURED
    if IndicatorVerdict.FAILED in required:
        return OverallVerdict.FAILED
    if any(verdict is not IndicatorVerdict.PASSED for verdict in required):
        return OverallVerdict.INCOMPLETE
    return OverallVerdict.PASSED


def _judge_indicator(name: str, group: Sequence[LimitResult]) -> IndicatorResult:
    """All limits that apply must be met; the first that is not decides."""
    unknown = [result for result in group if result.detail == "condition_not_measured"]
    applied = [result for result in group if result.detail != "outside_bands" and result not in unknown]
    for verdict in (IndicatorVerdict.FAILED, IndicatorVerdict.MISSING):
        for result in applied:
            if result.verdict is verdict:
                return IndicatorResult(name, verdict, result.limit.key, result.detail)
    if unknown:
        return IndicatorResult(name, IndicatorVerdict.MISSING, unknown[-1].limit.key, "condition_not_measured")
    if not applied:
        return IndicatorResult(name, IndicatorVerdict.NO_LIMIT, "", "outside_bands")
    return IndicatorResult(name, applied[0].verdict, applied[0].limit.key, "")


def _judge_limit(limit: Limit, measured: Mapping[str, Measurement], grade: str) -> LimitResult:
    applies = _applies(limit, measured, grade)
    if applies is None:
        return LimitResult(limit, IndicatorVerdict.MISSING, "condition_not_measured")
    if not applies:
        return LimitResult(limit, IndicatorVerdict.NO_LIMIT, "outside_bands")
    detail = _detail(limit, measured)
    if not detail:
        return LimitResult(limit, IndicatorVerdict.PASSED, "")
    unknown = detail.endswith("not_measured") or detail in {"below_detection", "basis_differs"}
    return LimitResult(limit, IndicatorVerdict.MISSING if unknown else IndicatorVerdict.FAILED, detail)


def _applies(limit: Limit, measured: Mapping[str, Measurement], grade: str) -> bool | None:
    """Whether a limit's condition is met; None when what it depends on was not given, or lies below detection."""
    band = limit.condition.band
    if band is not None:
        found = _in_unit(band.indicator, band.unit, measured)
        return None if found is None or found.is_below else band.holds(found.value)
    if limit.condition.grade:
        return grade == limit.condition.grade if grade else None
    return True


def _in_unit(name: str, unit: str, measured: Mapping[str, Measurement]) -> Measurement | None:
    found = measured.get(name)
    if found is None:
        return None
    try:
        return replace(found, value=convert_unit(found.value, found.unit, unit), unit=unit)
    except UnitMismatch as error:
        error.indicator = name
        raise


def _detail(limit: Limit, measured: Mapping[str, Measurement]) -> str:
    """'' when the limit is met, else the word that says how it is not, or what is missing to say so."""
    if limit.comparator in RATIOS:
        return _ratio_detail(limit, measured)
    found = _in_unit(limit.indicator, limit.unit, measured)
    if found is None:
        return "not_measured"
    if found.basis != limit.basis:
        return "basis_differs"
    if limit.comparator is Comparator.FORBIDDEN:
        # Less than can be detected is "not found" (未检出).
        return "" if found.is_below or found.value == 0 else "present"
    if limit.comparator is Comparator.TOLERANCE:
        declared = _in_unit(limit.condition.reference, limit.unit, measured)
        if declared is None or declared.is_below:
            return "reference_not_measured"
        span = _Span(declared.value - limit.values[0], declared.value + limit.values[0])
    elif limit.comparator is Comparator.RANGE and limit.values[0] > limit.values[1]:
        # From November to February: what lies between the ends is outside.
        return "outside_range" if limit.values[1] < found.value < limit.values[0] else ""
    else:
        span = _span(limit)
    met = span.holds_below(found.value) if found.is_below else span.holds(found.value)
    return "below_detection" if met is None else "" if met else _NOT_MET[limit.comparator]


_NOT_MET: Final = {
    Comparator.GE: "below_limit",
    Comparator.GT: "below_limit",
    Comparator.LE: "above_limit",
    Comparator.LT: "above_limit",
    Comparator.RANGE: "outside_range",
    Comparator.TOLERANCE: "beyond_tolerance",
    Comparator.AT_LEAST_GRADE: "grade_too_low",
}


@dataclass(frozen=True, slots=True)
class _Span:
    """The values that meet a limit; None is open-ended. `is_open`: its ends do not belong to it."""

    low: Decimal | None
    high: Decimal | None
    is_open: bool = False

    def holds(self, value: Decimal) -> bool:
        if self.is_open:
            return (self.low is None or self.low < value) and (self.high is None or value < self.high)
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)

    def holds_below(self, bound: Decimal) -> bool | None:
        """Of all values in [0, bound): whether every one meets the limit, none does, or (None) it depends."""
        if (self.low is not None and bound <= self.low) or (self.high is not None and not self._reaches_zero()):
            return False
        if (self.low is None or self.holds(Decimal(0))) and (self.high is None or bound <= self.high):
            return True
        return None

    def _reaches_zero(self) -> bool:
        high = Decimal(0) if self.high is None else self.high
        return high > 0 or (high == 0 and not self.is_open)


def _span(limit: Limit) -> _Span:
    kind, first = limit.comparator, limit.values[0]
    if kind is Comparator.RANGE:
        return _Span(first, limit.values[1])
    if kind is Comparator.AT_LEAST_GRADE:
        return _Span(Decimal(1), first)
    is_open = kind in (Comparator.GT, Comparator.LT)
    return _Span(first, None, is_open) if kind in (Comparator.GE, Comparator.GT) else _Span(None, first, is_open)


def _ratio_detail(limit: Limit, measured: Mapping[str, Measurement]) -> str:
    names = limit.condition.ratio_of or ("", "")
    bottom = measured.get(names[1])
    top = _in_unit(names[0], bottom.unit, measured) if bottom else None
    if top is None or bottom is None:
        return "not_measured"
    return ratio_word(
        limit.comparator,
        limit.values[0],
        top=(top.value, top.is_below),
        bottom=(bottom.value, bottom.is_below),
    )
