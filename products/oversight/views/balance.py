"""Whether capacity, harvest, product and labels of whole indications add up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from products.errors import InvalidInput
from products.http import actor_of, page_for
from products.oversight.domain.balance import State, Step
from products.oversight.queries.balance import Balance, indication_balance, indication_balances
from products.oversight.queries.records import read_year
from products.oversight.queries.scope import region_names
from products.oversight.views.common import READERS, page_of, today_of
from products.oversight.views.tables import Column, as_csv, fill, number, text
from products.templatetags.gi import in_kg, mass, named

STEPS: dict[str, Promise] = {
    "harvest": gettext_lazy("采收多于产能"),
    "product": gettext_lazy("产品多于采收和购进"),
    "labels": gettext_lazy("标签多于产品"),
    "activated": gettext_lazy("启用多于发放"),
}
UNSTATED: dict[str, Promise] = {
    "harvest": gettext_lazy("产能或采收没有填报"),
    "product": gettext_lazy("采收没有填报，不能判断"),
}
STATES: dict[State, tuple[Promise, str]] = {
    State.BROKEN: (gettext_lazy("对不上"), "bad"),
    State.UNSTATED: (gettext_lazy("未填报，不能判断"), "note"),
    State.BOUGHT: (gettext_lazy("靠外购原料"), "warn"),
    State.OK: (gettext_lazy("对得上"), "good"),
}


def conclusion(row: Balance) -> str:
    """Where it stops adding up first, in words, and by how much."""
    if row.broken:
        return _("%(where)s，多 %(mass)s") % {"where": STEPS[row.broken.name], "mass": mass(row.broken.over_g)}
    if row.state is State.UNSTATED:
        step = next(step for step in row.steps if step.state is State.UNSTATED)
        if step.name == "harvest":
            return _unstated(row)
        return str(UNSTATED[step.name])
    return str(STATES[row.state][0])


def _unstated(row: Balance) -> str:
    figures, capacity = row.figures, row.capacity
    if figures.harvest_g is None:
        return _("采收没有填报")
    if not capacity.plot_count:
        return _("地块没有登记")
    if not capacity.is_configured:
        return _("标准未配置最高亩产，产能不能计算")
    return _("部分企业没有填报")


def _columns(*, by_enterprise: bool) -> tuple[Column, ...]:
    who = (
        text(_("企业"), lambda row: named(row.enterprise), lambda row: _firm(row))
        if by_enterprise
        else text(_("地理标志"), lambda row: named(row.indication), lambda row: _one(row))
    )
    return (
        who,
        text(_("结论"), conclusion),
        number(_("产能（公斤）"), lambda row: in_kg(row.figures.capacity_g)),
        number(_("采收（公斤）"), lambda row: in_kg(row.figures.harvest_g)),
        number(_("外购（公斤）"), lambda row: in_kg(row.figures.purchased_g)),
        number(_("上年结存（公斤）"), lambda row: in_kg(row.figures.opening_g)),
        number(_("产品（公斤）"), lambda row: in_kg(row.figures.product_g)),
        number(_("发放标签（公斤）"), lambda row: in_kg(row.figures.issued_g)),
        number(_("启用标签（公斤）"), lambda row: in_kg(row.figures.activated_g)),
    )


def _one(row: Balance) -> str:
    return f"{reverse('regulator-balance-one', args=[row.indication.code])}?year={row.capacity.year}"


def _firm(row: Balance) -> str:
    assert row.enterprise is not None
    return f"{reverse('regulator-enterprise', args=[row.enterprise.uscc])}?year={row.capacity.year}"


def _year(request: HttpRequest) -> int:
    try:
        return read_year(request.GET.get("year", "")) or today_of(request).year
    except ValueError as error:
        raise InvalidInput(_("年度应为四位数字，例如 2026。"), field="year") from error


@never_cache
@page_for(*READERS)
def balance(request: HttpRequest) -> HttpResponse:
    """Every indication, the worst first; the same rows as a file with `format=csv`."""
    actor, year = actor_of(request), _year(request)
    rows = indication_balances(actor=actor, year=year)
    columns = _columns(by_enterprise=False)
    if request.GET.get("format") == "csv":
        return as_csv(fill(columns, rows), f"balance-{year}")
    page = page_of(request, rows)
    context = {
        "year": year,
        "years": range(today_of(request).year, 2020, -1),
        "regions": region_names(actor),
        "page": page,
        "table": fill(columns, page),
        "counts": [(*STATES[state], sum(row.state is state for row in rows)) for state in STATES],
    }
    return render(request, "oversight/balance.html", context)


@never_cache
@page_for(*READERS)
def balance_one(request: HttpRequest, code: str) -> HttpResponse:
    """One indication step by step, and its enterprises."""
    year = _year(request)
    whole, rows = indication_balance(actor=actor_of(request), code=code, year=year)
    columns = _columns(by_enterprise=True)
    if request.GET.get("format") == "csv":
        return as_csv(fill(columns, rows), f"balance-{code}-{year}")
    page = page_of(request, rows)
    context = {
        "year": year,
        "years": range(today_of(request).year, 2020, -1),
        "whole": whole,
        "conclusion": conclusion(whole),
        "tone": STATES[whole.state][1],
        "steps": [_shown(step) for step in whole.steps],
        "page": page,
        "table": fill(columns, page),
    }
    return render(request, "oversight/balance_one.html", context)


_NAMES: dict[str, tuple[Promise, Promise]] = {
    "harvest": (gettext_lazy("产能"), gettext_lazy("采收")),
    "product": (gettext_lazy("采收、结存和外购"), gettext_lazy("产品")),
    "labels": (gettext_lazy("产品"), gettext_lazy("发放标签")),
    "activated": (gettext_lazy("发放标签"), gettext_lazy("启用标签")),
}


def _shown(step: Step) -> dict[str, object]:
    word, tone = STATES[step.state]
    source, target = _NAMES[step.name]
    return {"step": step, "source": source, "target": target, "word": word, "tone": tone}
