"""Complaints, and the cases that come of them or of an office's own finding."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from products.access import Role
from products.http import actor_of, now_of, page_for
from products.oversight.domain.case_states import CaseState, next_states
from products.oversight.forms import AnswerForm, CaseForm, StepForm, attempt
from products.oversight.models.case import Case
from products.oversight.queries import work
from products.oversight.services.cases import advance_case, open_case
from products.oversight.views.common import OFFICES, day_asked, page_of
from products.proofs import proofs_of
from products.scans.models.complaint import Complaint
from products.scans.queries import find_complaint
from products.scans.services.complaints import answer_complaint, contact_of
from products.trace.queries.batches import actor_names

# From which state a complaint may be answered, and how.
ANSWERS = {
    Complaint.State.RECEIVED: (Complaint.State.ACCEPTED, Complaint.State.REJECTED),
    Complaint.State.ACCEPTED: (Complaint.State.CLOSED,),
}


@never_cache
@page_for(*OFFICES)
def case_list(request: HttpRequest) -> HttpResponse:
    actor, state = actor_of(request), request.GET.get("state", "")
    since = day_asked(request, "since")
    context = {
        "page": page_of(request, work.cases(actor=actor, state=state, since=since)),
        "state": state,
        "since": since,
        "states": Case.State.choices,
        "may_work": work.may_work(actor),
    }
    return render(request, "oversight/cases.html", context)


@never_cache
@page_for(Role.INSPECTOR)
def case_new(request: HttpRequest) -> HttpResponse:
    """Out of a complaint (`?complaint=`) or the office's own finding (`?uscc=`)."""
    actor = actor_of(request)
    number = request.POST.get("complaint_number", "") or request.GET.get("complaint", "")
    complaint = find_complaint(actor=actor, number=number) if number else None
    form = CaseForm(request.POST or None, initial={"complaint_number": number, "uscc": request.GET.get("uscc", "")})
    made: list[Case] = []

    def act(data: dict[str, Any]) -> None:
        made.append(open_case(actor=actor, now=now_of(request), **data))

    if request.method == "POST" and attempt(form, act):
        messages.success(request, _("已立案 %(number)s。") % {"number": made[0].number}, extra_tags="good")
        return redirect("regulator-case", number=made[0].number)
    context = {"form": form, "complaint": complaint}
    return render(request, "oversight/case_new.html", context, status=422 if form.errors else 200)


@never_cache
@page_for(*OFFICES)
def case(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    found = work.find_case(actor=actor, number=number)
    states = [(state.value, str(Case.State(state.value).label)) for state in next_states(CaseState(found.state))]
    form = StepForm(request.POST or None, states=states)

    def act(data: dict[str, Any]) -> None:
        advance_case(actor=actor, number=number, now=now_of(request), **data)

    if request.method == "POST" and attempt(form, act):
        messages.success(request, _("已办理，并写入账本。"), extra_tags="good")
        return redirect("regulator-case", number=number)
    context = {
        "row": found,
        "form": form,
        "may_advance": work.may_work(actor) and bool(states),
        "names": actor_names(step.office for step in found.steps.all()),
        "proofs": proofs_of([f"case:{number}"]),
    }
    return render(request, "oversight/case.html", context, status=422 if form.errors else 200)


@never_cache
@page_for(*OFFICES)
def complaint_list(request: HttpRequest) -> HttpResponse:
    actor, state = actor_of(request), request.GET.get("state", "")
    since = day_asked(request, "since")
    context = {
        "page": page_of(request, work.complaints(actor=actor, state=state, since=since)),
        "state": state,
        "since": since,
        "states": Complaint.State.choices,
    }
    return render(request, "oversight/complaints.html", context)


@never_cache
@page_for(*OFFICES)
def complaint(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    found = find_complaint(actor=actor, number=number)
    states = [(state.value, str(state.label)) for state in ANSWERS.get(Complaint.State(found.state), ())]
    form = AnswerForm(request.POST or None, states=states)

    def act(data: dict[str, Any]) -> None:
        answer_complaint(actor=actor, number=number, now=now_of(request), **data)

    if request.method == "POST" and attempt(form, act):
        messages.success(request, _("已答复，举报人凭编号可以看到。"), extra_tags="good")
        return redirect("regulator-complaint", number=number)
    context = {
        "row": found,
        "contact": contact_of(actor=actor, complaint=found),
        "case": Case.objects.visible_to(actor).filter(complaint=found).first(),
        "form": form,
        "may_answer": work.may_work(actor) and bool(states),
        "may_open": work.may_work(actor),
        "proofs": proofs_of([f"complaint:{number}"]),
    }
    return render(request, "oversight/complaint.html", context, status=422 if form.errors else 200)
