"""Planning inspections, recording and publishing results."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from products.access import Role
from products.http import actor_of, now_of, page_for
from products.oversight.forms import PlanForm, ResultForm, attempt
from products.oversight.models.inspection import Inspection
from products.oversight.queries import work
from products.oversight.queries.mark_use import HELD_STATES
from products.oversight.services.inspections import plan_inspection, publish_result, record_result
from products.oversight.views.common import OFFICES, day_asked, page_of, today_of
from products.proofs import proofs_of
from products.trace.queries.batches import actor_names


@never_cache
@page_for(*OFFICES)
def inspection_list(request: HttpRequest) -> HttpResponse:
    actor, state = actor_of(request), request.GET.get("state", "")
    since = day_asked(request, "since")
    found = work.inspections(actor=actor, state=state, since=since)
    context = {
        "page": page_of(request, found),
        "state": state,
        "since": since,
        "states": Inspection.State.choices,
        "may_work": work.may_work(actor),
    }
    return render(request, "oversight/inspections.html", context)


@never_cache
@page_for(Role.INSPECTOR)
def inspection_new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    choices = work.authorisations_in_charge(actor=actor).filter(state__in=HELD_STATES).order_by("enterprise__name")
    first = {"authorisation_code": request.GET.get("authorisation", ""), "planned_on": today_of(request)}
    form = PlanForm(request.POST or None, choices=choices, initial=first)
    made: list[Inspection] = []

    def act(data: dict[str, Any]) -> None:
        code, planned_on = data["authorisation_code"].code, data["planned_on"]
        made.append(plan_inspection(actor=actor, authorisation_code=code, planned_on=planned_on, now=now_of(request)))

    if request.method == "POST" and attempt(form, act):
        messages.success(request, _("已安排检查 %(number)s。") % {"number": made[0].number}, extra_tags="good")
        return redirect("regulator-inspection", number=made[0].number)
    return render(request, "oversight/inspection_new.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@page_for(*OFFICES)
def inspection(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    found = work.find_inspection(actor=actor, number=number)
    form = ResultForm(request.POST or None, initial={"done_on": today_of(request)})

    def act(data: dict[str, Any]) -> None:
        record_result(actor=actor, number=number, now=now_of(request), **data)

    if request.method == "POST" and attempt(form, act):
        messages.success(request, _("结果已记录，并写入账本。"), extra_tags="good")
        return redirect("regulator-inspection", number=number)
    context = {
        "row": found,
        "form": form,
        "may_record": work.may_work(actor) and found.state == Inspection.State.PLANNED,
        "may_publish": work.may_work(actor) and found.state in {Inspection.State.PASSED, Inspection.State.PROBLEMS},
        "names": actor_names([found.office]),
        "proofs": proofs_of([f"inspection:{number}"]),
    }
    return render(request, "oversight/inspection.html", context, status=422 if form.errors else 200)


@require_POST
@page_for(Role.INSPECTOR)
def publication(request: HttpRequest, number: str) -> HttpResponse:
    publish_result(actor=actor_of(request), number=number, now=now_of(request))
    messages.success(request, _("结果已公示，任何人都能看到。"), extra_tags="good")
    return redirect("regulator-inspection", number=number)


def published(request: HttpRequest) -> HttpResponse:
    """For everybody: what the offices found (双随机、一公开)."""
    return render(request, "oversight/published.html", {"page": page_of(request, work.published_inspections())})
