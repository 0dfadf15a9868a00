"""Template helpers: masses, codes, dates and maps as people read them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from products.map_drawing import locator_svg, province_svg
from products.registry.models.standard import Limit
from products.wording import INDICATION_TYPES, STATEMENTS

register = template.Library()


def _is_english() -> bool:
    return (get_language() or "").startswith("en")


@register.simple_tag
def form_key() -> SafeString:
    """A hidden field: a form sent twice takes effect once."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', uuid.uuid4())


@register.filter
def mass(grams: int | None) -> str:
    """Grams in the unit people use: 500 克, 12.5 公斤, 3,200 吨."""
    if grams is None:
        return "—"
    if grams < 1_000:
        return _("%(number)s 克") % {"number": grams}
    if grams < 10_000_000:
        return _("%(number)s 公斤") % {"number": _decimal(grams, 1_000)}
    return _("%(number)s 吨") % {"number": _decimal(grams, 1_000_000)}


@register.filter
def in_kg(grams: int | None) -> str:
    """Grams as a plain number of kilograms, for tables with the unit in the head."""
    return "—" if grams is None else _decimal(grams, 1_000)


def _decimal(grams: int, unit: int) -> str:
    """At most three places, and none that are zero."""
    rounded = (Decimal(grams) / unit).quantize(Decimal("0.001"))
    places = len(f"{rounded:f}".rstrip("0").partition(".")[2])
    return number_format(rounded, decimal_pos=places, use_l10n=True, force_grouping=True)


@register.filter
def grouped(code: str) -> str:
    """A code in groups of four, as it is printed."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


@register.filter
def cn_date(day: date | datetime | None) -> str:
    """2026年11月23日, or 23 Nov 2026 in English."""
    if day is None:
        return "—"
    if isinstance(day, datetime):
        day = timezone.localtime(day).date()
    return f"{day.day} {day:%b %Y}" if _is_english() else f"{day.year}年{day.month}月{day.day}日"


@register.filter
def cn_time(moment: datetime | None) -> str:
    """Date and minute in China's time."""
    if moment is None:
        return "—"
    return f"{cn_date(moment)} {timezone.localtime(moment):%H:%M}"


@register.filter
def named(row: object) -> str:
    """The name of a region, indication or enterprise in the page's language."""
    name_en = getattr(row, "name_en", "")
    return str(name_en if _is_english() and name_en else getattr(row, "name", row))


@register.filter
def item(mapping: Mapping[str, object], key: str) -> object:
    """The value of a key that is itself a variable."""
    return mapping.get(key)


@register.simple_tag
def sichuan_map(values: Mapping[str, int], link: str = "", title: str = "") -> SafeString:
    """The prefectures shaded by `values` ({GB/T 2260 code: number}); `link` is an address with {code} in it."""
    return province_svg(values, link=link, title=title or _("四川省各市（州）"), english=_is_english())


@register.simple_tag
def sichuan_locator(prefecture: str, county: str = "") -> SafeString:
    """A small map of Sichuan with one prefecture filled and a dot on the county."""
    return locator_svg(prefecture, county, english=_is_english())


@register.filter
def words(text: str) -> list[str]:
    """A literal list for a loop."""
    return text.split()


@register.filter
def kind_name(key: str) -> str:
    """The name of a system of protection."""
    return str(INDICATION_TYPES[key][0]) if key in INDICATION_TYPES else _("类型未查明")


@register.filter
def kind_text(key: str) -> str:
    """What a system of protection means, in a sentence."""
    return str(INDICATION_TYPES[key][1]) if key in INDICATION_TYPES else ""


@register.filter
def statement(kind: str) -> str:
    """A ledger statement in words."""
    return str(STATEMENTS.get(kind, kind))


_COMPARATORS = {
    "ge": "≥ %s",
    "le": "≤ %s",
    "lt": "< %s",
    "gt": "> %s",
    "tolerance": "± %s",
    "ratio_lt": "< %s",
    "ratio_le": "≤ %s",
    "ratio_ge": "≥ %s",
}


@register.filter
def requirement(limit: Limit) -> str:
    """What a limit demands, as a standard would print it."""
    values = [str(value) for value in limit.values]
    if limit.comparator == "forbidden":
        return _("禁止")
    if limit.comparator == "range":
        return "～".join(values)
    if limit.comparator == "at_least_grade":
        return _("不低于 %(grade)s 级") % {"grade": values[0]}
    return _COMPARATORS.get(limit.comparator, "%s") % " / ".join(values)


@register.filter
def condition_text(limit: Limit) -> str:
    """When a limit applies: a band of another indicator, or a grade."""
    condition = limit.condition or {}
    if "grade" in condition:
        return _("%(grade)s 级") % {"grade": condition["grade"]}
    if "indicator" not in condition:
        return "—"
    name = _("酒精度") if condition["indicator"] == "alcohol" else str(condition["indicator"])
    low, high, unit = condition["from"], condition["to"], condition["unit"]
    if low and high:
        return f"{name} {low}～{high} {unit}"
    return f"{name} ≥ {low} {unit}" if low else f"{name} ≤ {high} {unit}"
