"""What pages and the API show of a batch's laboratory reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from products.registry.domain.limits import IndicatorVerdict, OverallVerdict
from products.registry.domain.requirements import Limit
from products.trace.domain.verdict import BatchVerdict, IndicatorVerdictOf, Rule
from products.trace.models.batch import Batch
from products.trace.models.lab_report import LabReport, LabResult
from products.trace.queries.lab import is_standing, limit_rows, reports_of, rule_of, verdict_of
from products.trace.queries.lab_words import (
    DETAILS,
    OVERALL,
    VERDICTS,
    demand,
    indicator_name,
    measured_names,
    names_of,
    quantity,
    when,
)


@dataclass(frozen=True)
class LabLine:
    """One indicator: its limit in words, what was measured, the verdict and why. `tone` is the colour class."""

    indicator: str
    name: str
    basis: str
    demand: str
    measured: tuple[str, ...]
    verdict: str
    word: str
    tone: str
    detail: str
    limit_key: str


@dataclass(frozen=True)
class ShownResult:
    """One value of a report as people read it."""

    name: str
    basis: str
    text: str
    method: str


@dataclass(frozen=True)
class ShownReport:
    """A report with its values; `is_standing`: no later one takes its place."""

    row: LabReport
    is_standing: bool
    results: tuple[ShownResult, ...]


@dataclass(frozen=True)
class LabPage:
    """The verdict on a batch and what it rests on. `state` is that of BatchVerdict.overall."""

    verdict: BatchVerdict
    word: str
    tone: str
    summary: str
    standard: str
    lines: tuple[LabLine, ...]
    unjudged: tuple[LabLine, ...]
    process: tuple[LabLine, ...]
    others: tuple[ShownResult, ...]
    reports: tuple[ShownReport, ...]

    @property
    def standing(self) -> list[LabReport]:
        return [each.row for each in self.reports if each.is_standing]

    @property
    def has_reports(self) -> bool:
        return bool(self.reports)

    @property
    def is_failed(self) -> bool:
        return self.verdict.overall is OverallVerdict.FAILED

    @property
    def is_silent(self) -> bool:
        """Nothing was measured and nothing is asked for."""
        return not self.reports and self.verdict.overall is OverallVerdict.NO_LIMITS_CONFIGURED


def lab_page(batch: Batch) -> LabPage:
    """Everything about the laboratory reports of a batch, which the caller may see."""
    rows = limit_rows(batch)
    rules = [rule_of(row) for row in rows]
    reports = reports_of(batch)
    verdict = verdict_of(rules, reports)
    names, values = names_of(rows), measured_names(rows)
    standing = [report for report in reports if is_standing(report)]
    word, tone = OVERALL[verdict.overall]
    judged = {each.indicator for each in verdict.indicators} | {limit.indicator for limit in verdict.unjudged}
    return LabPage(
        verdict=verdict,
        word=str(word if standing or verdict.overall is not OverallVerdict.INCOMPLETE else _("没有检验报告")),
        tone=tone if standing else "note",
        summary=_summary(verdict, names, has_reports=bool(standing)),
        standard=str(batch.standard_version) if batch.standard_version else "",
        lines=tuple(_line(each, rules, standing, names, values) for each in verdict.indicators),
        unjudged=tuple(_plain_line(limit, names, standing) for limit in verdict.unjudged),
        process=tuple(_plain_line(limit, names, ()) for limit in verdict.process),
        others=tuple(
            _shown(result, values)
            for report in standing
            for result in report.results.all()
            if result.indicator not in judged
        ),
        reports=tuple(
            ShownReport(report, is_standing(report), tuple(_shown(each, values) for each in report.results.all()))
            for report in reversed(reports)
        ),
    )


def _shown(result: LabResult, names: Mapping[str, str]) -> ShownResult:
    return ShownResult(
        indicator_name(result.indicator, names),
        result.basis,
        quantity(result.value, result.unit, result.comparator),
        result.method,
    )


def _measured(limit: Limit, standing: Sequence[LabReport]) -> tuple[str, ...]:
    wanted = limit.condition.ratio_of or (limit.indicator,)
    return tuple(
        quantity(each.value, each.unit, each.comparator)
        for report in standing
        for each in report.results.all()
        if each.indicator in wanted
    )


def _line(
    found: IndicatorVerdictOf,
    rules: Sequence[Rule],
    standing: Sequence[LabReport],
    names: Mapping[str, str],
    values: Mapping[str, str],
) -> LabLine:
    group = [rule.limit for rule in rules if rule.limit.indicator == found.indicator and rule.limit.is_usable]
    decided = [limit for limit in group if limit.key == found.limit_key]
    shown = decided if decided and found.detail != "condition_not_measured" else group
    word, tone = VERDICTS[found.verdict]
    return LabLine(
        indicator=found.indicator,
        name=indicator_name(found.indicator, names),
        basis=group[0].basis,
        demand="；".join(" ".join(filter(None, (when(limit, values), demand(limit)))) for limit in shown),
        measured=_measured(group[0], standing),
        verdict=found.verdict.value,
        word=str(word),
        tone=tone,
        detail=str(DETAILS.get(found.detail, "")),
        limit_key=found.limit_key,
    )


def _plain_line(limit: Limit, names: Mapping[str, str], standing: Sequence[LabReport]) -> LabLine:
    """A limit that is shown and not judged."""
    return LabLine(
        indicator=limit.indicator,
        name=indicator_name(limit.indicator, names),
        basis=limit.basis,
        demand=demand(limit),
        measured=_measured(limit, standing),
        verdict=IndicatorVerdict.NO_LIMIT.value,
        word=str(VERDICTS[IndicatorVerdict.NO_LIMIT][0]),
        tone="note",
        detail="",
        limit_key=limit.key,
    )


def _summary(verdict: BatchVerdict, names: Mapping[str, str], *, has_reports: bool) -> str:
    """One sentence that says what is the case, and for whom nothing follows from it."""
    if verdict.overall is OverallVerdict.NO_LIMITS_CONFIGURED:
        return _("未配置判定指标：本平台没有这个产品可用的指标限量，不对检验结果作判断。")
    if not has_reports:
        return _("企业还没有录入这批产品的检验报告，本平台不对质量作判断。")
    if verdict.overall is OverallVerdict.FAILED:
        failed = "、".join(indicator_name(each, names) for each in verdict.failed)
        return _("不符合标准的项目：%(names)s。") % {"names": failed}
    if verdict.overall is OverallVerdict.PASSED:
        count = len(verdict.indicators)
        return ngettext("标准要求的 %(count)s 项都符合。", "标准要求的 %(count)s 项都符合。", count) % {"count": count}
    still = "、".join(indicator_name(each, names) for each in verdict.open)
    if len(verdict.open) == len(verdict.indicators):
        return _("还不能下结论的项目：%(names)s。") % {"names": still}
    return _("还不能下结论的项目：%(names)s。其他项目符合标准。") % {"names": still}
