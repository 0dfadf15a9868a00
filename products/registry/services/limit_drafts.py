"""One limit as people type it, made into what is kept; each refusal names the field at fault."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from products.errors import DomainError, InvalidInput
from products.registry.domain.indicators import INDICATORS, SCOPES, is_indicator_key
from products.registry.domain.requirements import MONTH, RATIOS, Comparator, Limit, parse_limit
from products.registry.domain.units import is_known_unit, known_unit
from products.registry.services.texts import clean_text
from products.registry.standard_errors import (
    LimitNumberInvalid,
    LimitShapeInvalid,
    LimitTextInvalid,
    LimitUnitUnknown,
    TooManyLimits,
)

MAX_LIMITS: Final = 1_000
CONFIDENCES: Final = ("high", "medium", "low")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,6})?")
_GROUPED: Final = re.compile(r"-?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")
_LENGTHS: Final = {"name": 80, "name_en": 120, "basis": 60, "source": 500}
_COUNTS: Final = {Comparator.RANGE: 2, Comparator.FORBIDDEN: 0}
# A value of nothing, or below, says nothing for these.
_POSITIVE: Final = RATIOS | {Comparator.TOLERANCE}

LimitFacts = dict[str, Any]


def plain(text: object) -> str:
    """Full-width letters and digits as the half-width ones they stand for, without spaces around."""
    return unicodedata.normalize("NFKC", str(text)).strip()


def clean_limits(limits: Sequence[Mapping[str, Any]]) -> list[LimitFacts]:
    """All limits of a draft, keys given out. Raises TooManyLimits, or the first refusal with all of them in `entries`."""
    if len(limits) > MAX_LIMITS:
        raise TooManyLimits(_("一个版本最多 %(most)d 项限量。") % {"most": MAX_LIMITS}, field="limits")
    cleaned: list[LimitFacts] = []
    errors: list[DomainError] = []
    for place, each in enumerate(limits):
        try:
            cleaned.append(clean_limit(each))
        except DomainError as error:
            error.field = f"limits.{place}.{error.field}"
            errors.append(error)
    if errors:
        errors[0].entries = [{"field": each.field, "code": each.code, "text": each.text} for each in errors]
        raise errors[0]
    return _with_keys(cleaned)


def clean_limit(given: Mapping[str, Any]) -> LimitFacts:
    """One limit in the shape of Limit's columns; `key` is '' where it has none yet.

    Raises LimitTextInvalid, LimitUnitUnknown, LimitNumberInvalid, LimitShapeInvalid.
    """
    texts = {name: _text(given.get(name, ""), name) for name in _LENGTHS}
    indicator = _indicator(plain(given.get("indicator", "")), texts["name"])
    known = INDICATORS.get(indicator)
    texts["name"] = texts["name"] or (known.name if known else "")
    texts["name_en"] = texts["name_en"] or (known.name_en if known else "")
    if not texts["name"]:
        raise LimitTextInvalid(_("请填写指标名称，例如 总酸。"), field="name")
    kind = _comparator(given.get("comparator", ""))
    is_usable = given.get("is_usable", True) is not False
    condition = _condition(given.get("condition"), kind, indicator)
    unit = "1" if kind in RATIOS else "grade" if kind is Comparator.AT_LEAST_GRADE else _unit(given.get("unit", ""))
    if is_usable and not unit and kind is not Comparator.FORBIDDEN:
        raise LimitUnitUnknown(_("请选择单位；本来就没有单位的（比值、倍数）选“无单位”。"), field="unit")
    facts: LimitFacts = {
        "key": _key(given.get("key", "")),
        "indicator": indicator,
        **texts,
        "unit": "" if kind is Comparator.FORBIDDEN else unit,
        "comparator": kind.value,
        "values": _values(given.get("values", ()), kind, unit, is_usable=is_usable),
        "condition": condition,
        "scope": _choice(given.get("scope", SCOPES[0]), SCOPES, "scope"),
        "is_usable": is_usable,
        "confidence": _choice(given.get("confidence") or CONFIDENCES[0], CONFIDENCES, "confidence"),
    }
    limit_of(facts)
    return facts


def limit_of(facts: Mapping[str, Any]) -> Limit:
    """The limit as judging takes it. Raises LimitShapeInvalid."""
    try:
        return parse_limit(
            key=facts["key"],
            indicator=facts["indicator"],
            unit=facts["unit"],
            comparator=facts["comparator"],
            values=facts["values"],
            condition=facts["condition"],
            is_usable=facts["is_usable"],
            basis=facts["basis"],
        )
    except (ValueError, KeyError, TypeError) as error:
        words = _("限量写反了：前一个数要小于后一个数。")
        if facts.get("comparator") != Comparator.RANGE:
            words = _("这项限量的各部分对不上。请核对限量的种类、数值和条件。")
        raise LimitShapeInvalid(words, field="values") from error


def _with_keys(limits: Iterable[LimitFacts]) -> list[LimitFacts]:
    """Each with a key of its own: the one it has, or the indicator's with a number."""
    done: list[LimitFacts] = []
    taken: set[str] = set()
    for each in limits:
        key = each["key"]
        number = 1
        while not key or key in taken:
            key = each["indicator"] if number == 1 else f"{each['indicator']}.{number}"
            number += 1
        taken.add(key)
        done.append(each | {"key": key})
    return done


def _key(value: object) -> str:
    """What the limit has been called, where that can stand in an address."""
    key = plain(value)
    return key if _KEY.fullmatch(key) else ""


def _text(value: object, name: str) -> str:
    try:
        text = clean_text(str(value), field=name, longest=_LENGTHS[name])
    except InvalidInput as error:
        raise LimitTextInvalid(error.text, field=name) from error
    return " ".join(text.split())


def _indicator(key: str, name: str) -> str:
    if key and not is_indicator_key(key):
        raise LimitTextInvalid(_("指标代码只用小写字母、数字和下划线，例如 total_acid。"), field="indicator")
    if key or not name:
        return key or "indicator"
    # Named by hand: the same name has the same key in every version.
    known = next((row.key for row in INDICATORS.values() if row.name == name), "")
    return known or f"own_{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _choice(value: object, choices: Sequence[str], field: str) -> str:
    text = str(value)
    if text not in choices:
        raise LimitShapeInvalid(_("可填：%(choices)s。") % {"choices": "、".join(choices)}, field=field)
    return text


def _comparator(value: object) -> Comparator:
    return Comparator(_choice(value, [each.value for each in Comparator], "comparator"))


def _unit(value: object, field: str = "unit") -> str:
    unit = known_unit(plain(value))
    if not is_known_unit(unit):
        raise LimitUnitUnknown(
            _("不认识单位“%(unit)s”，检验值没法和它比较。请从列表里选，例如 g/L、%%、mg/kg；没有单位的填 1。")
            % {"unit": unit[:24]},
            field=field,
        )
    return unit


def number(text: object, field: str, *, missing: str = "") -> str:
    """A decimal string out of what people type: ０．６, 22,500, +5. Raises LimitNumberInvalid."""
    if isinstance(text, float):
        raise LimitNumberInvalid(_('数值请写成文本，例如 "0.60"，以免丢失精度。'), field=field)
    written = plain(text).replace("−", "-").removeprefix("+").replace(" ", "")
    if _GROUPED.fullmatch(written):
        written = written.replace(",", "")
    if not written:
        raise LimitNumberInvalid(missing or _("请填写数值。"), field=field)
    if not _NUMBER.fullmatch(written):
        raise LimitNumberInvalid(
            _("“%(text)s”不是可用的数值。请只填数字，例如 0.60；整数最多 12 位，小数最多 6 位。")
            % {"text": written[:30]},
            field=field,
        )
    return written


def _values(given: object, kind: Comparator, unit: str, *, is_usable: bool) -> list[str]:
    texts = list(given) if isinstance(given, list | tuple) else []
    if not is_usable:
        # What the source says, as far as it can be read.
        return [number(text, "values") for text in texts if plain(text)][:4]
    count = _COUNTS.get(kind, 1)
    if len(texts) != count:
        words = _("“介于”要填两个数：从多少到多少。") if count == 2 else _("请填写数值。")
        raise LimitShapeInvalid(words if count else _("“不得”没有数值，请留空。"), field="values")
    values = [number(text, "values") for text in texts]
    numbers = [Decimal(value) for value in values]
    if unit == MONTH and any(each not in range(1, 13) for each in numbers):
        raise LimitNumberInvalid(_("月份填 1 到 12 的整数。"), field="values")
    if kind is Comparator.AT_LEAST_GRADE and any(each not in range(1, 100) for each in numbers):
        raise LimitNumberInvalid(_("等级填 1、2、3 这样的整数，1 级最好。"), field="values")
    if kind in _POSITIVE and any(each <= 0 for each in numbers):
        raise LimitNumberInvalid(_("这里要填大于 0 的数。"), field="values")
    return values


def _condition(given: object, kind: Comparator, indicator: str) -> LimitFacts | None:
    """As `requirements.parse_condition` reads it."""
    condition = dict(given) if isinstance(given, Mapping) else {}
    if kind is Comparator.TOLERANCE:
        reference = plain(condition.get("reference") or f"{indicator[:54]}_label")
        if not is_indicator_key(reference):
            raise LimitShapeInvalid(_("标示值的指标代码不对，例如 alcohol_label。"), field="condition")
        return {"reference": reference}
    if kind in RATIOS:
        parts = [plain(part) for part in condition.get("ratio_of") or ()]
        if len(parts) != 2 or parts[0] == parts[1] or not all(map(is_indicator_key, parts)):
            raise LimitShapeInvalid(_("请选择两个不同的指标：哪个比哪个。"), field="ratio_of")
        return {"ratio_of": parts}
    if not condition:
        return None
    if set(condition) == {"grade"}:
        grade = _grade(condition["grade"])
        return {"grade": grade} if grade else None
    if set(condition) == {"indicator", "unit", "from", "to"}:
        return _band(condition)
    raise LimitShapeInvalid(_("条件只能是分档（指标、单位、从、到）或等级。"), field="condition")


def _grade(value: object) -> str:
    try:
        return clean_text(plain(value), field="grade", longest=20)
    except InvalidInput as error:
        raise LimitTextInvalid(error.text, field="grade") from error


def _band(condition: Mapping[str, Any]) -> LimitFacts:
    name = plain(condition["indicator"])
    if not is_indicator_key(name):
        raise LimitShapeInvalid(_("请选择按哪个指标分档。"), field="band_indicator")
    ends = {
        end: None if condition[end] is None or not plain(condition[end]) else number(condition[end], f"band_{end}")
        for end in ("from", "to")
    }
    low, high = ends["from"], ends["to"]
    if low is None and high is None:
        raise LimitShapeInvalid(_("分档至少填一头：从多少起，或到多少为止。"), field="band_from")
    if low is not None and high is not None and Decimal(low) > Decimal(high):
        raise LimitShapeInvalid(_("这一档写反了：前一个数要小于后一个数。"), field="band_to")
    return {"indicator": name, "unit": _unit(condition["unit"], "band_unit"), **ends}
