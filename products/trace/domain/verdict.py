"""The verdict on a batch: its laboratory reports against the standard's version in force on the day of production.

Derived whenever it is asked for, from values and limits that do not change; it is stored nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from products.registry.domain.limits import (
    Evaluation,
    IndicatorVerdict,
    LimitResult,
    Measurement,
    OverallVerdict,
    evaluate,
    overall_of,
)
from products.registry.domain.requirements import Comparator, Limit
from products.registry.domain.units import UnitMismatch

PRODUCT: Final = "product"
# Of several reports the worse counts: a good one does not outweigh a bad one, which has to be replaced with a reason.
_WORST_FIRST: Final = (
    IndicatorVerdict.FAILED,
    IndicatorVerdict.MISSING,
    IndicatorVerdict.NO_LIMIT,
    IndicatorVerdict.PASSED,
)
# Of one limit: where it does not apply to one report, the other's word stands.
_LIMIT_WORST_FIRST: Final = (
    IndicatorVerdict.FAILED,
    IndicatorVerdict.MISSING,
    IndicatorVerdict.PASSED,
    IndicatorVerdict.NO_LIMIT,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A limit and what it is about: the product, which a laboratory judges, or the process, which it does not."""

    limit: Limit
    scope: str


@dataclass(frozen=True, slots=True)
class Sample:
    """What one report says: values by indicator, and the grade it states, or ''."""

    measured: Mapping[str, Measurement]
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A value that a laboratory is asked for, in this unit on this basis. `kinds` are the comparators it is held by.

    `role` is measured, declared (a tolerance's reference) or helper (needed only to judge another).
    """

    indicator: str
    unit: str
    basis: str
    role: str
    kinds: frozenset[Comparator]


@dataclass(frozen=True, slots=True)
class IndicatorVerdictOf:
    """The verdict on one indicator that has usable limits; `detail` as in IndicatorResult, or unit_differs."""

    indicator: str
    verdict: IndicatorVerdict
    limit_key: str
    detail: str


@dataclass(frozen=True, slots=True)
class BatchVerdict:
    """`indicators` and `limits` are those that decide; `unjudged` limits are unclear, `process` limits not a laboratory's."""

    overall: OverallVerdict
    indicators: tuple[IndicatorVerdictOf, ...]
    limits: tuple[LimitResult, ...]
    unjudged: tuple[Limit, ...]
    process: tuple[Limit, ...]

    @property
    def failed(self) -> list[str]:
        """The indicators that fail."""
        return [each.indicator for each in self.indicators if each.verdict is IndicatorVerdict.FAILED]

    @property
    def open(self) -> list[str]:
        """The indicators that nothing certain can be said about yet."""
        certain = (IndicatorVerdict.FAILED, IndicatorVerdict.PASSED)
        return [each.indicator for each in self.indicators if each.verdict not in certain]


def judge_batch(rules: Sequence[Rule], samples: Sequence[Sample]) -> BatchVerdict:
    """Judge what all reports that stand say together, the oldest first; no rules and no reports are never a pass.

    Each report is judged by its own values, and by the other reports' where it has none: of one value in two reports
    both must meet the limit.
    """
    limits = [rule.limit for rule in rules if rule.scope == PRODUCT]
    views = [_completed(sample, samples) for sample in samples] or [Sample({})]
    found = [_evaluate(limits, view) for view in views]
    usable = list(dict.fromkeys(limit.indicator for limit in limits if limit.is_usable))
    indicators = tuple(_worst_of(name, found) for name in usable)
    return BatchVerdict(
        overall=overall_of([each.verdict for each in indicators]),
        indicators=indicators,
        limits=tuple(_worst_limit(limit, [one for one, _bad in found]) for limit in limits if limit.is_usable),
        unjudged=tuple(limit for limit in limits if not limit.is_usable),
        process=tuple(rule.limit for rule in rules if rule.scope != PRODUCT),
    )


def _completed(own: Sample, samples: Sequence[Sample]) -> Sample:
    """A report's own values, and of those it has none of the newest of the others."""
    measured: dict[str, Measurement] = {}
    grade = ""
    for sample in (*samples, own):
        measured |= sample.measured
        grade = sample.grade or grade
    return Sample(measured, grade)


def _evaluate(limits: Sequence[Limit], sample: Sample) -> tuple[Evaluation, frozenset[str]]:
    """The evaluation, and the indicators left out because their unit cannot be carried into the limit's."""
    measured, bad = dict(sample.measured), set[str]()
    while True:
        try:
            return evaluate(limits, measured, grade=sample.grade), frozenset(bad)
        except UnitMismatch as error:
            # Refused on entry; a version whose units were put right later must not take the page down.
            del measured[error.indicator]
            bad.add(error.indicator)


def _worst_of(name: str, found: Iterable[tuple[Evaluation, frozenset[str]]]) -> IndicatorVerdictOf:
    results = []
    for evaluation, bad in found:
        result = next(each for each in evaluation.results if each.indicator == name)
        detail = "unit_differs" if name in bad and result.detail == "not_measured" else result.detail
        results.append(IndicatorVerdictOf(name, result.verdict, result.limit_key, detail))
    return min(results, key=lambda each: _WORST_FIRST.index(each.verdict))


def _worst_limit(limit: Limit, found: Iterable[Evaluation]) -> LimitResult:
    results = [next(each for each in one.limits if each.limit.key == limit.key) for one in found]
    return min(results, key=lambda each: _LIMIT_WORST_FIRST.index(each.verdict))


def asked_for(rules: Sequence[Rule]) -> list[Asked]:
    """Every value that judging these rules can use, in the order of the rules; values of unclear limits are shown only."""
    asked: dict[str, Asked] = {}

    def ask(indicator: str, unit: str, basis: str, role: str, kind: Comparator | None = None) -> None:
        kinds = frozenset({kind}) if kind else frozenset[Comparator]()
        earlier = asked.get(indicator)
        if earlier is None:
            asked[indicator] = Asked(indicator, unit, basis, role, kinds)
        elif role == "measured" and earlier.role == "helper":
            # Its own limit says best in which unit and on which basis.
            asked[indicator] = Asked(indicator, unit, basis, role, earlier.kinds | kinds)
        else:
            asked[indicator] = Asked(indicator, earlier.unit, earlier.basis, earlier.role, earlier.kinds | kinds)

    for limit in (rule.limit for rule in rules if rule.scope == PRODUCT):
        condition = limit.condition
        if condition.band:
            ask(condition.band.indicator, condition.band.unit, "", "helper")
        if condition.ratio_of:
            unit = next((rule.limit.unit for rule in rules if rule.limit.indicator in condition.ratio_of), "g/L")
            for part in condition.ratio_of:
                ask(part, unit, "", "helper")
        else:
            ask(limit.indicator, limit.unit, limit.basis, "measured", limit.comparator)
        if condition.reference:
            ask(condition.reference, limit.unit, "", "declared")
    return list(asked.values())


def grades_of(rules: Iterable[Rule]) -> list[str]:
    """The grades that limits depend on, in the order of the rules."""
    return list(dict.fromkeys(rule.limit.condition.grade for rule in rules if rule.limit.condition.grade))
