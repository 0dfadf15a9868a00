"""Applications to use the mark and what was decided on them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from products.http import actor_of, now_of, page_for
from products.oversight.forms import DecisionForm, attempt
from products.oversight.queries import work
from products.oversight.views.common import READERS, page_of
from products.proofs import proofs_of
from products.registry.models.authorisation import Authorisation
from products.registry.queries.authorisations import pending_applications
from products.registry.services.authorisations import decide
from products.trace.queries.batches import actor_names


@never_cache
@page_for(*READERS)
def application_list(request: HttpRequest) -> HttpResponse:
    """What this officer has to act on now, and the rest of the region."""
    actor = actor_of(request)
    state, text = request.GET.get("state", ""), request.GET.get("q", "")
    found = work.authorisations_in_charge(actor=actor, state=state, text=text)
    context = {
        "pending": list(pending_applications(actor=actor)[:50]),
        "pending_count": pending_applications(actor=actor).count(),
        "may_decide": actor.level is not None,
        "page": page_of(request, found),
        "state": state,
        "q": text,
        "states": Authorisation.State.choices,
    }
    return render(request, "oversight/applications.html", context)


@never_cache
@page_for(*READERS)
def application(request: HttpRequest, code: UUID) -> HttpResponse:
    """One authorisation with its path, and the steps this officer may take."""
    actor = actor_of(request)
    found = work.find_in_charge(actor=actor, code=code)
    actions = work.legal_actions(actor=actor, authorisation=found)
    form = DecisionForm(request.POST or None, actions=[(one.action, one.label) for one in actions])

    def act(data: dict[str, Any]) -> None:
        decide(actor=actor, code=code, now=now_of(request), **data)

    if request.method == "POST" and attempt(form, act):
        messages.success(request, _("已办理，并写入账本。"), extra_tags="good")
        return redirect("regulator-application", code=code)
    context = {
        "row": found,
        "actions": actions,
        "form": form,
        "names": actor_names(step.office for step in found.decisions.all()),
        "proofs": proofs_of([f"authorisation:{code}"]),
    }
    return render(request, "oversight/application.html", context, status=422 if form.errors else 200)
