"""A limit as one sentence, in Chinese and in English: what people will read is what they check before it is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from products.registry.domain.indicators import INDICATORS, PROCESS
from products.registry.domain.requirements import MONTH, RATIOS, Band, Comparator, Limit

# unit -> (Chinese, English); other units are written the same in both.
_UNITS: Final = {
    "": ("", ""),
    "1": ("", ""),
    "pH": ("", ""),
    "grade": ("级", ""),
    "a": ("年", "years"),
    "d": ("天", "days"),
    "h": ("小时", "hours"),
    "month": ("月", ""),
    "plants/ha": ("株/公顷", "plants/ha"),
    "fruits/ha": ("个/公顷", "fruits/ha"),
    "kg/ha": ("公斤/公顷", "kg/ha"),
    "t/ha": ("吨/公顷", "t/ha"),
    "permille": ("‰", "‰"),
    "pieces/kg": ("个/公斤", "pieces/kg"),
    "pieces/500g": ("个/500克", "pieces/500 g"),
}
_BASES: Final = {
    "以乙酸计": "as acetic acid",
    "以乙酸乙酯计": "as ethyl acetate",
    "以氯化钠计": "as sodium chloride",
    "以干基计": "of dry matter",
    "以柠檬酸计": "as citric acid",
}
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_VERBS: Final = {
    Comparator.GE: ("不低于", "at least"),
    Comparator.GT: ("高于", "more than"),
    Comparator.LE: ("不超过", "at most"),
    Comparator.LT: ("低于", "less than"),
    Comparator.RATIO_LT: ("低于", "less than"),
    Comparator.RATIO_LE: ("不超过", "at most"),
    Comparator.RATIO_GE: ("不低于", "at least"),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One limit in words."""

    chinese: str
    english: str


def sentence_of(limit: Limit, *, name: str, name_en: str, scope: str) -> Sentence:
    """The limit in both languages. `name` and `name_en` are the limit's own names of its indicator."""
    if not limit.is_usable:
        return Sentence(f"{name}：原文不明，不作判定。", f"{name_en or name}: unclear in the source, not judged.")
    chinese, english = _demand(
        limit, _with_basis(name, limit.basis), _with_basis_en(name_en or name, limit.basis), scope
    )
    if limit.condition.grade:
        chinese, english = f"等级为{limit.condition.grade}时，{chinese}", f"Of grade {limit.condition.grade}: {english}"
    elif limit.condition.band:
        when, when_en = _band(limit.condition.band)
        chinese, english = f"{when}时，{chinese}", f"{when_en}: {english}"
    return Sentence(f"{chinese}。", f"{english}.")


def indicator_names(key: str) -> tuple[str, str]:
    """The usual names; the key itself where it is not on the list."""
    known = INDICATORS.get(key)
    if key == "alcohol_label":
        return "标签标示的酒精度", "Alcohol on the label"
    return (known.name, known.name_en) if known else (key, key)


def _with_basis(name: str, basis: str) -> str:
    return f"{name}（{basis}）" if basis and basis not in name else name


def _with_basis_en(name: str, basis: str) -> str:
    return f"{name} ({_BASES.get(basis, basis)})" if basis else name


def _amount(value: str, unit: str) -> tuple[str, str]:
    chinese, english = _UNITS.get(unit, (unit, unit))
    return f"{value} {chinese}".strip(), f"{value} {english}".strip()


def _band(band: Band) -> tuple[str, str]:
    name, name_en = indicator_names(band.indicator)
    unit, unit_en = _UNITS.get(band.unit, (band.unit, band.unit))
    if band.low is not None and band.high is not None:
        return f"{name} {band.low:f}～{band.high:f} {unit} ", f"{name_en} {band.low:f} to {band.high:f} {unit_en}"
    if band.low is not None:
        return f"{name} {band.low:f} {unit} 及以上", f"{name_en} {band.low:f} {unit_en} and above"
    if band.high is not None:
        return f"{name} {band.high:f} {unit} 及以下", f"{name_en} {band.high:f} {unit_en} and below"
    return f"任何{name}", f"Any {name_en}"


def _demand(limit: Limit, name: str, name_en: str, scope: str) -> tuple[str, str]:
    kind, values = limit.comparator, [f"{value:f}" for value in limit.values]
    if kind is Comparator.FORBIDDEN:
        words = ("禁止使用", "must not be used") if scope == PROCESS else ("不得检出", "must not be found")
        return f"{name}：{words[0]}", f"{name_en} {words[1]}"
    if kind is Comparator.AT_LEAST_GRADE:
        return f"{name}至少为 {values[0]} 级（1 级最好）", f"{name_en}: grade {values[0]} or better (1 is the best)"
    if kind is Comparator.RANGE and limit.unit == MONTH:
        return _months(limit, name, name_en)
    if kind is Comparator.RANGE:
        low, (high, high_en) = values[0], _amount(values[1], limit.unit)
        return f"{name}在 {low} 到 {high} 之间（含两端）", f"{name_en} from {low} to {high_en}, both included"
    first, first_en = _amount(values[0], limit.unit)
    if kind is Comparator.TOLERANCE:
        return (
            f"{name}：实测值与标签标示值相差不超过 {first}",
            f"{name_en}: measured and labelled value differ by at most {first_en}",
        )
    if kind in RATIOS and limit.condition.ratio_of:
        (top, top_en), (bottom, bottom_en) = (indicator_names(part) for part in limit.condition.ratio_of)
        name, name_en = f"{top}与{bottom}之比", f"Ratio of {top_en} to {bottom_en}"
    verb, verb_en = _VERBS[kind]
    return f"{name}{verb} {first}", f"{name_en} {verb_en} {first_en}"


def _months(limit: Limit, name: str, name_en: str) -> tuple[str, str]:
    first, last = (int(value) for value in limit.values)
    following = "次年 " if first > last else ""
    return f"{name}：{first} 月至{following or ' '}{last} 月", f"{name_en}: {_MONTHS[first - 1]} to {_MONTHS[last - 1]}"
