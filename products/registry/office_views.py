"""A producer applies for the special mark."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Role
from products.errors import DomainError
from products.http import actor_of, now_of, page_for
from products.registry.forms import ApplicationForm
from products.registry.queries.indications import indications_covering
from products.registry.queries.register import find_enterprise
from products.registry.services.applications import Application, submit_application

# Where the service speaks of a fact that the form asks for in parts or under another name.
FIELDS = {"quotas": "quota_this_year", "valid_from": "valid_until"}


@page_for(Role.PRODUCER)
def apply(request: HttpRequest) -> HttpResponse:
    """The form, with the indications whose area the applicant's county lies in."""
    actor = actor_of(request)
    today = timezone.localdate(now_of(request))
    enterprise = find_enterprise(actor.uscc)
    indications = indications_covering(enterprise.region_id) if enterprise else []
    form = ApplicationForm(request.POST or None, indications=indications, today=today)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        application = Application(
            indication_code=data["indication_code"],
            uscc=actor.uscc,
            product_name=data["product_name"],
            holder_kind=data["holder_kind"],
            basis_no=data["basis_no"],
            valid_from=today,
            valid_until=data["valid_until"],
            quotas=form.quotas(),
        )
        try:
            submit_application(actor=actor, application=application, now=now_of(request))
            messages.success(request, _("申请已提交，等候县（市、区）部门核验产地。"))
            return redirect("producer")
        except DomainError as error:
            field = FIELDS.get(error.field, error.field)
            form.add_error(field if field in form.fields else None, error.text)
    context = {"form": form, "enterprise": enterprise, "has_choice": bool(indications)}
    return render(request, "registry/apply.html", context, status=422 if form.errors else 200)
