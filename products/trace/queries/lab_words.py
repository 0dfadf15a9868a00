"""Indicators, limits and verdicts of a laboratory in words that people use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from products.registry.domain.limits import OverallVerdict
from products.registry.domain.requirements import Comparator, Limit
from products.registry.models.standard import Limit as LimitRow
from products.registry.queries.verdict_words import DETAILS as DETAILS
from products.registry.queries.verdict_words import VERDICTS as VERDICTS
from products.trace.domain.verdict import Asked
from products.trace.models.batch import Batch

# Indicators that are measured only so that others can be judged have no limit of their own to name them.
_NAMES: dict[str, Promise | str] = {
    "alcohol": gettext_lazy("酒精度（实测）"),
    "alcohol_label": gettext_lazy("酒精度（标签标示）"),
    "ethyl_acetate": gettext_lazy("乙酸乙酯"),
    "ethyl_lactate": gettext_lazy("乳酸乙酯"),
    "ethyl_hexanoate": gettext_lazy("己酸乙酯"),
}
_UNITS: dict[str, Promise | str] = {
    "1": "",
    "pH": "",
    "grade": gettext_lazy("级"),
    "a": gettext_lazy("年"),
    "d": gettext_lazy("天"),
    "month": gettext_lazy("月"),
    "plants/ha": gettext_lazy("株/公顷"),
    "fruits/ha": gettext_lazy("个/公顷"),
    "kg/ha": gettext_lazy("公斤/公顷"),
}
OVERALL: dict[str, tuple[Promise | str, str]] = {
    OverallVerdict.PASSED: (gettext_lazy("检验合格"), "good"),
    OverallVerdict.FAILED: (gettext_lazy("检验不合格"), "bad"),
    OverallVerdict.INCOMPLETE: (gettext_lazy("检验不全，未作判定"), "warn"),
    OverallVerdict.NO_LIMITS_CONFIGURED: (gettext_lazy("未配置判定指标"), "note"),
}


def is_english() -> bool:
    return (get_language() or "").startswith("en")


def names_of(rows: Iterable[LimitRow]) -> dict[str, str]:
    """{indicator: name} in the page's language."""
    named = {row.indicator: (row.name_en if is_english() and row.name_en else row.name) for row in rows}
    return {key: str(text) for key, text in _NAMES.items()} | named


def indicator_name(indicator: str, names: Mapping[str, str]) -> str:
    return names.get(indicator) or indicator


def measured_names(rows: Iterable[LimitRow]) -> dict[str, str]:
    """What the values themselves are called, where a limit's name is that of a difference or a share."""
    return names_of(rows) | {key: str(text) for key, text in _NAMES.items()}


def indicator_names(batch: Batch, indicators: Sequence[str]) -> list[str]:
    names = names_of(batch.standard_version.limits.all() if batch.standard_version else ())
    return [indicator_name(each, names) for each in indicators]


def unit_words(unit: str) -> str:
    return str(_UNITS.get(unit, unit))


def quantity(value: str, unit: str, comparator: str = "") -> str:
    """`0.45 g/L`, `＜0.01 g/L`, `2 级`."""
    text = _("低于 %(value)s") % {"value": value} if comparator else value
    return f"{text} {unit_words(unit)}".strip()


def demand(limit: Limit) -> str:
    """What a limit demands, as one would say it."""
    values = [f"{value:f}" for value in limit.values]
    if not limit.is_usable:
        return str(DETAILS["limit_unclear"])
    unit = unit_words(limit.unit)
    first = f"{values[0]} {unit}".strip() if values else ""
    if limit.comparator is Comparator.RANGE:
        return _("%(low)s 至 %(high)s") % {"low": values[0], "high": f"{values[1]} {unit}".strip()}
    words = {
        Comparator.GE: _("不低于 %(value)s"),
        Comparator.GT: _("高于 %(value)s"),
        Comparator.LE: _("不超过 %(value)s"),
        Comparator.LT: _("低于 %(value)s"),
        Comparator.TOLERANCE: _("与标签标示相差不超过 %(value)s"),
        Comparator.FORBIDDEN: _("不得检出或使用"),
        Comparator.AT_LEAST_GRADE: _("不低于 %(value)s"),
        Comparator.RATIO_LT: _("低于 %(value)s"),
        Comparator.RATIO_LE: _("不超过 %(value)s"),
        Comparator.RATIO_GE: _("不低于 %(value)s"),
    }
    text = words[limit.comparator]
    return text % {"value": first} if "%" in text else text


def when(limit: Limit, names: Mapping[str, str]) -> str:
    """When a limit applies; '' where it always does."""
    band = limit.condition.band
    if limit.condition.grade:
        return _("等级为%(grade)s时") % {"grade": limit.condition.grade}
    if band is None:
        return ""
    name, unit = indicator_name(band.indicator, names), unit_words(band.unit)
    ends = {"name": name, "low": band.low, "high": band.high, "unit": unit}
    if band.low is not None and band.high is not None:
        return _("%(name)s %(low)s～%(high)s %(unit)s 时") % ends
    return (
        _("%(name)s %(low)s %(unit)s 以上时") % ends
        if band.low is not None
        else _("%(name)s %(high)s %(unit)s 以下时") % ends
    )


def example(asked: Asked) -> str:
    """What a field's hint shows."""
    if Comparator.AT_LEAST_GRADE in asked.kinds:
        return _("填等级的数字，例如 1")
    if Comparator.FORBIDDEN in asked.kinds:
        return _("填“未检出”，或检出的数值")
    if asked.role == "declared":
        return _("填包装标签上印的数值，例如 52")
    if asked.unit == "%vol":
        return _("例如 52.1")
    return _("例如 0.45；低于检出限的填 <0.01")
