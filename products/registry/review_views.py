"""The office's side of standards: what waits for it, the decision, and the end of a version."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from products.access import Role
from products.errors import DomainError, Forbidden
from products.http import actor_of, now_of, page_for
from products.registry.models.standard import StandardVersion
from products.registry.models.version_record import VersionRecord
from products.registry.queries.standards import find_standard
from products.registry.queries.versions import find_record, in_order, may_review, open_records, waiting_reviews
from products.registry.services.version_endings import repeal_version
from products.registry.services.version_reviews import decide_draft
from products.registry.standard_forms import RepealForm, ReviewForm
from products.registry.standard_views import version_context


@never_cache
@page_for(Role.INSPECTOR, Role.AUDITOR, Role.ADMIN)
def reviews(request: HttpRequest) -> HttpResponse:
    """Versions that wait for a decision."""
    actor = actor_of(request)
    waiting = waiting_reviews(actor=actor) if actor.is_role(Role.INSPECTOR) else open_records(actor=actor)
    return render(request, "registry/standard_reviews.html", {"waiting": waiting[:100]})


@never_cache
@page_for(Role.INSPECTOR)
def review(request: HttpRequest, code: UUID) -> HttpResponse:
    """One version under review: exactly what changes, and the decision."""
    actor = actor_of(request)
    row = find_record(actor=actor, code=code)
    if row.state != VersionRecord.State.IN_REVIEW:
        return redirect("standard-draft", code)
    form = ReviewForm(request.POST or None, initial={"revision": row.revision})
    if request.method == "POST" and form.is_valid():
        action = request.POST.get("action", "")
        try:
            decided = decide_draft(actor=actor, code=code, action=action, now=now_of(request), **form.cleaned_data)
            if decided.version:
                messages.success(request, _("已发布，并写入账本。"), extra_tags="good")
                return redirect("standard", decided.version.standard.code)
            messages.success(request, _("已退回，并写入账本。"), extra_tags="good")
            return redirect("standard-reviews")
        except DomainError as error:
            form.refuse(error)
    context = version_context(row) | {"form": form, "may_decide": may_review(actor, row.indication)}
    return render(request, "registry/standard_review.html", context, status=422 if form.errors else 200)


@never_cache
@page_for(Role.INSPECTOR)
def repeal(request: HttpRequest, code: str) -> HttpResponse:
    """End the last version of a standard."""
    actor = actor_of(request)
    standard = find_standard(code)
    if not may_review(actor, standard.indication):
        raise Forbidden(_("标准由保护范围所在市（州）的部门废止；范围跨市（州）的由省级部门废止。"))
    versions = in_order(standard.versions.all())
    version: StandardVersion | None = versions[-1] if versions else None
    form = RepealForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and version:
        try:
            repeal_version(
                actor=actor, standard_code=code, label=version.label, now=now_of(request), **form.cleaned_data
            )
            messages.success(request, _("已登记废止，并写入账本。"), extra_tags="good")
            return redirect("standard", code)
        except DomainError as error:
            form.refuse(error)
    context = {"form": form, "standard": standard, "version": version}
    return render(request, "registry/standard_repeal.html", context, status=422 if form.errors else 200)
