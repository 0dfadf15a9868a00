"""The pages of growers, plots and facilities, and of what they can bear."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from products.access import Role
from products.errors import DomainError
from products.http import actor_of, now_of, page_for
from products.proofs import proofs_of
from products.registry.queries.authorisations import own_authorisations
from products.registry.queries.indications import area_county_codes
from products.registry.queries.regions import counties_of
from products.trace.forms.plots import GrowerForm, NewPlotForm, PlotChangeForm, RetireForm, initial_of
from products.trace.models.plot import Plot
from products.trace.queries.plots import (
    find_grower,
    find_plot,
    list_growers,
    list_plots,
    overlapping,
    plot_page,
    seasons_of,
    year_or,
)
from products.trace.services.growers import change_grower, register_grower, retire_grower
from products.trace.services.plots import change_plot, register_plot, retire_plot

READERS = (Role.PRODUCER, Role.ASSOCIATION, Role.INSPECTOR, Role.AUDITOR, Role.ADMIN)
PLOTS_A_PAGE = 50


@never_cache
@page_for(*READERS)
def plot_list(request: HttpRequest) -> HttpResponse:
    """The plots the reader may see; for a producer with the season's capacity above."""
    actor = actor_of(request)
    asked = {name: request.GET.get(name, "") for name in ("q", "indication", "enterprise", "year")}
    is_retired = request.GET.get("state") == "retired"
    found = list_plots(
        actor=actor,
        indication=asked["indication"],
        enterprise=asked["enterprise"],
        text=asked["q"],
        active=not is_retired,
    )
    year = year_or(timezone.localdate(now_of(request)), asked["year"])
    page = Paginator(found.order_by("indication_id", "name", "pk"), PLOTS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "overlapping": overlapping(page),
        "asked": asked,
        "is_retired": is_retired,
        "year": year,
        "seasons": seasons_of(actor=actor, year=year),
    }
    return render(request, "trace/plot_list.html", context)


@never_cache
@page_for(Role.PRODUCER)
def plot_new(request: HttpRequest) -> HttpResponse:
    """Register a plot or facility."""
    actor = actor_of(request)
    indications = list({right.indication_id: right.indication for right in own_authorisations(actor=actor)}.values())
    if not indications:
        return render(request, "trace/plot_refused.html", status=200 if request.method == "GET" else 409)
    counties = frozenset().union(*(area_county_codes(each) for each in indications))
    form = NewPlotForm(
        request.POST or None,
        request.FILES or None,
        initial={"indication_code": request.GET.get("indication", "")},
        indications=indications,
        **_choices(request, counties),
    )
    if request.method == "POST" and form.is_valid():
        try:
            plot = register_plot(actor=actor, plot=form.plot(), now=now_of(request))
            _say(request, plot, _("地块已登记。") if plot.kind == Plot.Kind.FIELD else _("生产设施已登记。"))
            return redirect("plot", plot.code)
        except DomainError as error:
            form.refuse(error)
    return render(request, "trace/plot_form.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@page_for(*READERS)
def plot(request: HttpRequest, code: UUID) -> HttpResponse:
    """One plot: where it lies, what was found about it, what happened."""
    return _plot_page(request, code, RetireForm())


@never_cache
@page_for(Role.PRODUCER)
def plot_edit(request: HttpRequest, code: UUID) -> HttpResponse:
    """Write a plot anew."""
    actor, row = actor_of(request), find_plot(actor=actor_of(request), code=code)
    if not row.is_active:
        messages.warning(request, _("这个地块已经停用，不能再修改。需要时请重新登记。"))
        return redirect("plot", code)
    form = PlotChangeForm(
        request.POST or None,
        request.FILES or None,
        initial=initial_of(row),
        **_choices(request, area_county_codes(row.indication)),
    )
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_plot(
                actor=actor,
                code=code,
                change=form.change(),
                reason=form.cleaned_data["reason"],
                now=now_of(request),
            )
            _say(request, changed, _("变更已登记。"))
            return redirect("plot", code)
        except DomainError as error:
            form.refuse(error)
    return render(request, "trace/plot_form.html", {"form": form, "plot": row}, status=422 if form.errors else 200)


@require_POST
@page_for(Role.PRODUCER)
def plot_retire(request: HttpRequest, code: UUID) -> HttpResponse:
    """Take a plot out of use."""
    form = RetireForm(request.POST)
    if not form.is_valid():
        return _plot_page(request, code, form)
    retire_plot(actor=actor_of(request), code=code, reason=form.cleaned_data["reason"], now=now_of(request))
    messages.success(request, _("已停用。以前的批次仍然能查到它。"))
    return redirect("plot", code)


@never_cache
@page_for(Role.PRODUCER)
def grower_list(request: HttpRequest) -> HttpResponse:
    """The co-operative's growers, with a form for another."""
    actor = actor_of(request)
    form = GrowerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            register_grower(actor=actor, now=now_of(request), **form.cleaned_data)
            messages.success(request, _("农户已登记。"))
            return redirect("grower-list")
        except DomainError as error:
            form.refuse(error)
    page = Paginator(list_growers(actor=actor), PLOTS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "trace/grower_list.html", {"page": page, "form": form}, status=422 if form.errors else 200)


@never_cache
@page_for(Role.PRODUCER)
def grower_edit(request: HttpRequest, code: UUID) -> HttpResponse:
    """Write a grower's name or telephone anew."""
    actor, grower = actor_of(request), find_grower(actor=actor_of(request), code=code)
    form = GrowerForm(request.POST or None, initial={"name": grower.name, "phone": grower.phone})
    if request.method == "POST" and form.is_valid():
        try:
            change_grower(actor=actor, code=code, now=now_of(request), **form.cleaned_data)
            messages.success(request, _("变更已登记。"))
            return redirect("grower-list")
        except DomainError as error:
            form.refuse(error)
    context = {"form": form, "grower": grower}
    return render(request, "trace/grower_form.html", context, status=422 if form.errors else 200)


@require_POST
@page_for(Role.PRODUCER)
def grower_retire(request: HttpRequest, code: UUID) -> HttpResponse:
    """Say that somebody no longer grows for the producer."""
    retire_grower(actor=actor_of(request), code=code, now=now_of(request))
    messages.success(request, _("农户已停用。"))
    return redirect("grower-list")


def _plot_page(request: HttpRequest, code: UUID, form: RetireForm) -> HttpResponse:
    actor = actor_of(request)
    row = find_plot(actor=actor, code=code)
    context = {
        "plot": row,
        "page": plot_page(row, actor=actor),
        "proofs": proofs_of([f"plot:{code}"]),
        "retire_form": form,
    }
    return render(request, "trace/plot.html", context, status=422 if form.errors else 200)


def _choices(request: HttpRequest, counties: frozenset[str]) -> dict[str, Any]:
    growers = list_growers(actor=actor_of(request)).filter(is_active=True)
    return {"growers": list(growers), "counties": [(each.code, each.name) for each in counties_of(counties)]}


def _say(request: HttpRequest, row: Plot, text: str) -> None:
    messages.success(request, text)
    if shared := sum(row.overlaps.values_list("shared_m2", flat=True)):
        messages.warning(
            request,
            _("轮廓与其他企业登记的地块重叠约 %(shared)d 平方米。已如实登记，管理单位会看到这一点；请核对轮廓。")
            % {"shared": shared},
        )
