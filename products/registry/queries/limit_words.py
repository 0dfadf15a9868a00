"""Limits of a draft or a published version as people read them, with what stands out, and trying values on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from products.registry.domain.indicators import PROCESS, PRODUCT
from products.registry.domain.limit_sentences import Sentence, indicator_names, sentence_of
from products.registry.domain.limit_sets import Remark
from products.registry.domain.limits import Evaluation, LimitResult, Measurement, OverallVerdict, evaluate
from products.registry.domain.requirements import Comparator, Limit, parse_limit
from products.registry.domain.units import UnitMismatch
from products.registry.domain.version_changes import Changes, changes_between
from products.registry.domain.version_content import LIMIT_COLUMNS
from products.registry.models.standard import Limit as LimitRow
from products.registry.models.standard import StandardVersion
from products.registry.models.version_record import VersionRecord
from products.registry.queries.verdict_words import DETAILS, VERDICTS

LimitFacts = Mapping[str, Any]


@dataclass(frozen=True)
class LimitLine:
    """A limit, its sentence in both languages, and what stands out about it."""

    facts: LimitFacts
    sentence: Sentence
    remarks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The sentence in the page's language."""
        return self.sentence.english if is_english() else self.sentence.chinese

    @property
    def other_text(self) -> str:
        return self.sentence.chinese if is_english() else self.sentence.english

    @property
    def other_language(self) -> str:
        return "zh-Hans" if is_english() else "en"

    @property
    def is_process(self) -> bool:
        return bool(self.facts["scope"] == PROCESS)


def is_english() -> bool:
    return (get_language() or "").startswith("en")


def name_of(facts: LimitFacts) -> str:
    """A limit's name of its indicator, in the page's language."""
    return str(facts["name_en"] if is_english() and facts["name_en"] else facts["name"])


def usual_name(key: str) -> str:
    """What an indicator is usually called, in the page's language."""
    return indicator_names(key)[is_english()]


def facts_of(row: LimitRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in LIMIT_COLUMNS}


def version_facts(version: StandardVersion | None) -> list[dict[str, Any]]:
    """A published version's limits in the shape that drafts keep; none of no version."""
    return [facts_of(row) for row in version.limits.order_by("pk")] if version else []


def parsed(facts: LimitFacts) -> Limit:
    """The limit as judging takes it; one whose parts do not fit together is unclear."""
    names = ("key", "indicator", "unit", "comparator", "values", "condition", "is_usable", "basis")
    try:
        return parse_limit(**{name: facts[name] for name in names})
    except (ValueError, KeyError, TypeError):
        return parse_limit(
            key=str(facts["key"]), indicator=str(facts["indicator"]), unit="", comparator=Comparator.FORBIDDEN,
            values=[], condition=None, is_usable=False,
        )  # fmt: skip


def lines_of(limits: Sequence[LimitFacts], remarks: Sequence[Remark] = ()) -> list[LimitLine]:
    return [
        LimitLine(
            facts,
            sentence(facts),
            tuple(remark_text(each, limits) for each in remarks if each.place == place and each.code != "unclear"),
        )
        for place, facts in enumerate(limits)
    ]


def sentence(facts: LimitFacts) -> Sentence:
    return sentence_of(parsed(facts), name=facts["name"], name_en=facts["name_en"], scope=facts["scope"])


def remark_text(remark: Remark, limits: Sequence[LimitFacts]) -> str:
    name = name_of(limits[remark.place])
    ends = {"first": remark.first or _("以下"), "second": remark.second or _("以上")}
    words = {
        "duplicate": _("和前面的一项重复：同一条件下同类的限量只能有一项。"),
        "contradiction": _("和前面的一项矛盾：既要不低于 %(first)s，又要不超过 %(second)s。") % ends,
        "unit_differs": _("和前面的一项单位不同，不能换算。"),
        "band_gap": _("分档有空缺：%(first)s 和 %(second)s 之间没有限量，落在其间的产品不作判定。") % ends,
        "band_overlap": _("分档有重叠：%(first)s 和 %(second)s 处两档都适用，产品要同时符合。") % ends,
        "unclear": _("原文不明或没有来源，不作判定。"),
    }
    return f"{name}：{words[remark.code]}"


@dataclass(frozen=True)
class Comparison:
    """A version beside the one it follows. Yields in kilograms per hectare; None without a bound."""

    before: str
    yield_before: int | None
    yield_after: int | None
    changes: Changes
    added: tuple[LimitLine, ...]
    removed: tuple[LimitLine, ...]
    changed: tuple[tuple[LimitLine, LimitLine], ...]


def comparison(record: VersionRecord, limits: Sequence[LimitFacts]) -> Comparison | None:
    """None where the version follows none."""
    if record.base is None:
        return None
    changes = changes_between(version_facts(record.base), limits)
    return Comparison(
        before=str(record.base),
        yield_before=record.base.max_yield_kg_per_ha,
        yield_after=record.max_yield_kg_per_ha,
        changes=changes,
        added=tuple(lines_of(changes.added)),
        removed=tuple(lines_of(changes.removed)),
        changed=tuple((lines_of([each.before])[0], lines_of([each.after])[0]) for each in changes.changed),
    )


@dataclass(frozen=True)
class TrialField:
    """A value one may try; `is_choice` for what must not be: it is there or not."""

    indicator: str
    name: str
    unit: str
    basis: str
    is_choice: bool


def trial_fields(limits: Sequence[LimitFacts]) -> list[TrialField]:
    """Every value that judging these limits can use, each once."""
    fields: dict[str, TrialField] = {}

    def ask(key: str, name: str, unit: str, basis: str = "", *, is_choice: bool = False) -> None:
        fields.setdefault(key, TrialField(key, name, unit, basis, is_choice))

    usable = [(facts, limit) for facts in limits if (limit := parsed(facts)).is_usable]
    for facts, limit in usable:
        if not limit.condition.ratio_of:
            is_choice = limit.comparator is Comparator.FORBIDDEN
            ask(limit.indicator, name_of(facts), limit.unit, limit.basis, is_choice=is_choice)
    for _facts, limit in usable:
        for part in limit.condition.ratio_of or ():
            ask(part, usual_name(part), "g/L")
        if limit.condition.reference:
            ask(limit.condition.reference, usual_name(limit.condition.reference), limit.unit)
        if limit.condition.band:
            ask(
                limit.condition.band.indicator,
                usual_name(limit.condition.band.indicator),
                limit.condition.band.unit,
            )
    return list(fields.values())


def trial_grades(limits: Sequence[LimitFacts]) -> list[str]:
    return list(dict.fromkeys(facts["condition"]["grade"] for facts in limits if "grade" in (facts["condition"] or {})))


@dataclass(frozen=True)
class TrialLine:
    """What came of one limit."""

    line: LimitLine
    verdict: str
    word: str
    tone: str
    detail: str


@dataclass(frozen=True)
class Trial:
    """What the values mean: `overall` of the product limits, `process` of the others; as OverallVerdict."""

    overall: OverallVerdict
    process: OverallVerdict
    lines: tuple[TrialLine, ...]


def try_values(limits: Sequence[LimitFacts], values: Mapping[str, tuple[Decimal, bool]], *, grade: str = "") -> Trial:
    """Judge `values` ({indicator: (value, is it below that)}), each in the unit of its TrialField."""
    fields = {field.indicator: field for field in trial_fields(limits)}
    measured = {
        key: Measurement(value, fields[key].unit, is_below=is_below, basis=fields[key].basis)
        for key, (value, is_below) in values.items()
        if key in fields
    }
    found = {scope: _evaluate(_of_scope(limits, scope), measured, grade) for scope in (PRODUCT, PROCESS)}
    results = {(scope, each.limit.key): each for scope, one in found.items() for each in one.limits}
    return Trial(
        overall=found[PRODUCT].overall,
        process=found[PROCESS].overall,
        lines=tuple(_trial_line(facts, results[facts["scope"], facts["key"]]) for facts in limits),
    )


def _of_scope(limits: Sequence[LimitFacts], scope: str) -> list[Limit]:
    return [parsed(facts) for facts in limits if facts["scope"] == scope]


def _evaluate(limits: Sequence[Limit], measured: Mapping[str, Measurement], grade: str) -> Evaluation:
    left = dict(measured)
    while True:
        try:
            return evaluate(limits, left, grade=grade)
        except UnitMismatch as error:
            # Two limits of one indicator in units that do not convert: refused before it is published.
            del left[error.indicator]


def _trial_line(facts: LimitFacts, result: LimitResult) -> TrialLine:
    word, tone = VERDICTS[result.verdict]
    if result.detail == "outside_bands":
        word, tone = _("不适用"), "note"
    detail = _("没有填这个数值") if result.detail == "not_measured" else str(DETAILS.get(result.detail, ""))
    return TrialLine(lines_of([facts])[0], result.verdict.value, str(word), tone, detail)
