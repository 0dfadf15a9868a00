"""The pages of lots: what is in stock, what was done with a lot and where it leads, and the form of each operation."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from products.access import Actor, Role
from products.errors import DomainError
from products.http import actor_of, now_of, page_for, paginate
from products.proofs import proofs_of
from products.registry.queries.authorisations import own_authorisations
from products.trace.domain.facts import free_lot
from products.trace.forms.lots import TAKES, Choices, OperationForm, Source
from products.trace.models.batch import Batch
from products.trace.models.lot import Lot, LotOperation
from products.trace.models.plot import Plot
from products.trace.queries.defaults import county_groups
from products.trace.queries.lineage_page import lineage_of
from products.trace.queries.lineage_tree import tree_of
from products.trace.queries.lots import (
    batches_without_source,
    find_lot,
    last_operation,
    lines_of,
    list_lots,
    lots_to_take,
    materials_of,
)
from products.trace.services.lots import record_operation

READERS = (Role.PRODUCER, Role.ASSOCIATION, Role.INSPECTOR, Role.AUDITOR, Role.ADMIN)
Kind = LotOperation.Kind
# Heading and one sentence of each form.
FORMS: Final = (
    Kind.HARVEST,
    Kind.PURCHASE,
    Kind.PROCESS,
    Kind.DISPATCH,
    Kind.SPLIT,
    Kind.MERGE,
    Kind.LOSS,
    Kind.STOCKTAKE,
)
A_PAGE = 50


@never_cache
@require_safe
@page_for(*READERS)
def lot_list(request: HttpRequest) -> HttpResponse:
    """What is in stock, or every lot; the operations to choose from above it."""
    actor = actor_of(request)
    asked = {name: request.GET.get(name, "") for name in ("q", "kind", "all")}
    kind = asked["kind"] if asked["kind"] in Lot.Kind.values else ""
    lots = list_lots(actor=actor, text=asked["q"], kind=kind, has_stock=not asked["all"])
    rows, following = paginate(lots, cursor=request.GET.get("cursor", ""), limit=A_PAGE)
    context = {
        "lots": rows,
        "next": following,
        "asked": asked,
        "kind": kind,
        "kinds": Lot.Kind.choices,
        "forms": [(each.value, each.label) for each in FORMS],
    }
    return render(request, "trace/lot_list.html", context)


@never_cache
@require_safe
@page_for(*READERS)
def lot(request: HttpRequest, code: UUID) -> HttpResponse:
    """One lot: what was done with it, what it came of and what came of it."""
    actor = actor_of(request)
    row = find_lot(actor=actor, code=code)
    context = {
        "lot": row,
        "is_own": row.enterprise.uscc == actor.uscc and actor.is_role(Role.PRODUCER),
        "shows_trade": not actor.is_role(Role.ASSOCIATION),
        "lines": lines_of(row, actor=actor),
        "trees": [tree_of(lineage_of(row, actor=actor, is_down=is_down)) for is_down in (False, True)],
        "forms": [(each.value, each.label) for each in FORMS if each in TAKES],
        "proofs": proofs_of([f"lot:{row.code}"]),
    }
    return render(request, "trace/lot.html", context)


@never_cache
@page_for(Role.PRODUCER)
def operation_new(request: HttpRequest, kind: str) -> HttpResponse:
    """The form of one operation; `?lot=` or `?batch=` name what it begins with."""
    if kind not in FORMS:
        raise Http404
    actor = actor_of(request)
    form = OperationForm(
        request.POST or None, kind=kind, choices=_choices(request, actor, kind), initial=_initial(request, actor, kind)
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = record_operation(actor=actor, operation=form.operation(), now=now_of(request))
            return _done(request, row)
        except DomainError as error:
            form.refuse(error)
    context: dict[str, Any] = {"form": form, "kind": kind, "title": Kind(kind).label}
    return render(request, "trace/lot_operation.html", context, status=422 if form.errors else 200)


def _done(request: HttpRequest, row: LotOperation) -> HttpResponse:
    text = _("已登记：%(kind)s。") % {"kind": row.get_kind_display()}
    if row.yield_permille is not None:
        text += _("得率 %(permille)s‰。") % {"permille": row.yield_permille}
    if row.kind == Kind.DISPATCH:
        text += _("发货编号 %(code)s，请写在送货单上：对方凭它收货，来源就连上了。") % {"code": row.code}
    messages.success(request, text)
    moves = row.moves.select_related("lot").order_by("pk")
    shown = moves.filter(mass_g__gt=0).first() or moves.first()
    return redirect("lot", shown.lot.code) if shown else redirect("lot-list")


def _asked(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def _choices(request: HttpRequest, actor: Actor, kind: str) -> Choices:
    if kind in TAKES:
        return _sources(request, actor, kind)
    rights = list(own_authorisations(actor=actor))
    indications = {right.indication.code: right.indication.name for right in rights}
    counties = {code: name for group in county_groups(rights) for code, name in group.counties}
    plots = Plot.objects.visible_to(actor).filter(is_active=True).order_by("name", "pk")
    return Choices(
        plots=[(str(plot.code), str(plot)) for plot in plots],
        indications=list(indications.items()),
        counties=sorted(counties.items()),
    )


def _sources(request: HttpRequest, actor: Actor, kind: str) -> Choices:
    chosen = _asked(request, "lot") or _asked(request, "batch")
    sources = [Source.of_lot(each) for each in lots_to_take(actor=actor, first=_asked(request, "lot"))]
    batches = batches_without_source(actor=actor)
    if kind != Kind.STOCKTAKE:
        sources += [
            Source.of_batch(each)
            for each in batches
            if each.state == Batch.State.RELEASED or (each.state == Batch.State.REGISTERED and kind != Kind.DISPATCH)
        ]
    sources.sort(key=lambda source: source.code != chosen)
    return Choices(sources=sources, chosen=chosen, batches=batches if kind == Kind.PROCESS else ())


def _initial(request: HttpRequest, actor: Actor, kind: str) -> dict[str, Any]:
    """As last time: process, partner, material; a number that is free; today."""
    today = timezone.localdate(now_of(request))
    taken = Lot.objects.visible_to(actor).filter(lot__startswith=f"{today:%y%m%d}-").values_list("lot", flat=True)
    initial: dict[str, Any] = {"done_on": today, "lot-0": free_lot(today, frozenset(taken))}
    last = last_operation(actor=actor, kind=kind)
    if kind == Kind.PROCESS:
        # Most processes end in a batch, which has its number.
        initial |= {"lot-0": "", "process": last.process if last else ""}
        initial["batch"] = request.GET.get("into", "")
    if last and kind == Kind.DISPATCH:
        initial |= {"consignee_name": last.consignee_name, "consignee_uscc": last.consignee_uscc}
    if kind in (Kind.HARVEST, Kind.PURCHASE):
        initial["material-0"] = next(iter(materials_of(actor=actor, kind=kind)), "")
        before = Lot.objects.visible_to(actor).filter(kind=kind).order_by("-pk").first()
        if before:
            initial |= {
                "origin_code": "" if before.plot_id else before.origin_id or "",
                "plot": str(before.plot.code) if before.plot and before.plot.is_active else "",
                "indication_code": before.indication.code if before.indication else "",
                "seller_name": before.seller_name,
                "seller_uscc": before.seller_uscc,
            }
    if dispatch := _asked(request, "dispatch"):
        initial |= {"dispatch": dispatch, "seller_name": "", "seller_uscc": ""}
    return initial
