"""Holding measured values against the limits of a standard's version in force.

Only `Decimal` and exact unit conversions: a result at the limit must not turn on binary rounding. A missing value, or a
value outside every band, is never a pass; a product without limits is `no_limits_configured`, never passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeVar

from products.registry.domain.requirements import Comparator, Limit
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
    """A measured value with its unit; for a prohibition 0 means not found or not used, anything else the opposite."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class IndicatorResult:
    """`limit_key` is the deciding limit, '' if none applied. `detail` is a stable word: below_limit, above_limit,
    outside_range, beyond_tolerance, present, grade_too_low, ratio_too_high, not_measured, condition_not_measured,
    reference_not_measured, outside_bands, limit_unclear, or '' for a pass and for an indicator without limits."""

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
    by_indicator: dict[str, list[Limit]] = {}
    unclear: list[str] = []
    for limit in limits:
        if limit.is_usable:
            by_indicator.setdefault(limit.indicator, []).append(limit)
        else:
            unclear.append(limit.indicator)
    # An unclear limit beside usable ones leaves the indicator judged by those.
    unjudged = tuple(dict.fromkeys(name for name in unclear if name not in by_indicator))
    results = [_judge_indicator(name, group, measured, grade) for name, group in by_indicator.items()]
    required = [result.verdict for result in results]
    parts = _helpers(by_indicator)
    results += [IndicatorResult(name, IndicatorVerdict.NO_LIMIT, "", "limit_unclear") for name in unjudged]
    results += [
        IndicatorResult(name, IndicatorVerdict.NO_LIMIT, "", "")
        for name in measured
        if name not in by_indicator and name not in unjudged and name not in parts
    ]
    return Evaluation(_overall(required), tuple(results), unjudged)


def _helpers(by_indicator: Mapping[str, list[Limit]]) -> set[str]:
    """Indicators measured only so that others can be judged: a ratio's parts, a declared value, what bands go by."""
    names: set[str] = set()
    for condition in (limit.condition for group in by_indicator.values() for limit in group):
        names |= set(condition.ratio_of or ())
        names |= {condition.reference} if condition.reference else set()
        names |= {condition.band.indicator} if condition.band else set()
    return names


def _overall(required: Sequence[IndicatorVerdict]) -> OverallVerdict:
    if not required:
        return OverallVerdict.NO_LIMITS_CONFIGURED
    if IndicatorVerdict.FAILED in required:
        return OverallVerdict.FAILED
    if any(verdict is not IndicatorVerdict.PASSED for verdict in required):
        return OverallVerdict.INCOMPLETE
    return OverallVerdict.PASSED


def _judge_indicator(
    name: str, group: Sequence[Limit], measured: Mapping[str, Measurement], grade: str
) -> IndicatorResult:
    """All limits that apply must be met; the first that is not decides."""
    applied: list[IndicatorResult] = []
    unknown = ""
    for limit in group:
        applies = _applies(limit, measured, grade)
        if applies is None:
            unknown = limit.key
        elif applies:
            applied.append(_judge(limit, measured))
    for verdict in (IndicatorVerdict.FAILED, IndicatorVerdict.MISSING):
        for result in applied:
            if result.verdict is verdict:
                return result
    if unknown:
        return IndicatorResult(name, IndicatorVerdict.MISSING, unknown, "condition_not_measured")
    if not applied:
        return IndicatorResult(name, IndicatorVerdict.NO_LIMIT, "", "outside_bands")
    return applied[0]


def _applies(limit: Limit, measured: Mapping[str, Measurement], grade: str) -> bool | None:
    """Whether a limit's condition is met; None when what it depends on was not given."""
    band = limit.condition.band
    if band is not None:
        value = _value(band.indicator, band.unit, measured)
        return None if value is None else band.holds(value)
    if limit.condition.grade:
        return grade == limit.condition.grade if grade else None
    return True


def _value(name: str, unit: str, measured: Mapping[str, Measurement]) -> Decimal | None:
    found = measured.get(name)
    if found is None:
        return None
    try:
        return convert_unit(found.value, found.unit, unit)
    except UnitMismatch as error:
        error.indicator = name
        raise


def _judge(limit: Limit, measured: Mapping[str, Measurement]) -> IndicatorResult:
    name = limit.indicator
    if limit.comparator is Comparator.RATIO_LT:
        detail = _ratio_detail(limit, measured)
    else:
        value = _value(name, limit.unit, measured)
        if value is None:
            detail = "not_measured"
        elif limit.comparator is Comparator.TOLERANCE:
            declared = _value(limit.condition.reference, limit.unit, measured)
            if declared is None:
                detail = "reference_not_measured"
            else:
                detail = "beyond_tolerance" if abs(value - declared) > limit.values[0] else ""
        else:
            detail = _plain_detail(limit, value)
    if not detail:
        return IndicatorResult(name, IndicatorVerdict.PASSED, limit.key, "")
    missing = detail.endswith("not_measured")
    return IndicatorResult(name, IndicatorVerdict.MISSING if missing else IndicatorVerdict.FAILED, limit.key, detail)


def _ratio_detail(limit: Limit, measured: Mapping[str, Measurement]) -> str:
    top, bottom = (measured.get(part) for part in limit.condition.ratio_of or ("", ""))
    if top is None or bottom is None:
        return "not_measured"
    # Multiplied, not divided: exact, and nothing over nothing is no pass.
    numerator = convert_unit(top.value, top.unit, bottom.unit)
    return "" if numerator < limit.values[0] * bottom.value else "ratio_too_high"


def _plain_detail(limit: Limit, value: Decimal) -> str:
    """'' when the value meets the limit, else the word that says how it does not."""
    kind, first = limit.comparator, limit.values[0] if limit.values else Decimal(0)
    if kind is Comparator.RANGE:
        return "" if first <= value <= limit.values[1] else "outside_range"
    if kind is Comparator.FORBIDDEN:
        return "" if value == 0 else "present"
    if kind is Comparator.AT_LEAST_GRADE:
        return "" if 1 <= value <= first else "grade_too_low"
    met = {
        Comparator.GE: value >= first,
        Comparator.GT: value > first,
        Comparator.LE: value <= first,
        Comparator.LT: value < first,
    }[kind]
    if met:
        return ""
    return "below_limit" if kind in (Comparator.GE, Comparator.GT) else "above_limit"
