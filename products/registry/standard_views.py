"""The public page of a standard, and an association's list and drafts of its own."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from products.access import Role
from products.errors import DomainError
from products.http import actor_of, now_of, page_for
from products.proofs import proofs_of
from products.registry.limit_forms import KINDS
from products.registry.models.standard import Standard
from products.registry.models.version_record import VersionRecord
from products.registry.queries.limit_words import comparison, lines_of
from products.registry.queries.standard_page import standard_page, standing
from products.registry.queries.versions import (
    find_record,
    in_order,
    may_review,
    own_drafts,
    own_indications,
    own_standards,
    step_lines,
)
from products.registry.services.version_checks import remarks_of
from products.registry.services.version_contents import published_limits
from products.registry.services.version_drafts import save_draft, start_draft
from products.registry.services.version_reviews import submit_draft, take_back, withdraw_draft
from products.registry.standard_forms import HeadForm, StartForm

# Process limits that associations look for by name: indicator, and the kind of limit it usually is.
PROCESS_KINDS = ("altitude", "production_month", "planting_density", "yield_permille", "inoculation_month")


@require_safe
def standard(request: HttpRequest, code: str) -> HttpResponse:
    """A standard's versions with their limits and history, for anybody."""
    page = standard_page(code, today=timezone.localdate(now_of(request)))
    context = {
        "page": page,
        "proofs": proofs_of(page.subjects) if page.subjects else [],
        "may_repeal": may_review(actor_of(request), page.standard.indication),
    }
    return render(request, "registry/standard.html", context)


@never_cache
@page_for(Role.ASSOCIATION)
def mine(request: HttpRequest) -> HttpResponse:
    """An association's standards and drafts."""
    actor, today = actor_of(request), timezone.localdate(now_of(request))
    rows = [
        (row, [(version, *standing(version, today=today)) for version in reversed(in_order(row.versions.all()))])
        for row in own_standards(actor=actor)
    ]
    context = {"standards": rows, "drafts": own_drafts(actor=actor), "indications": own_indications(actor=actor)}
    return render(request, "registry/standards_mine.html", context)


@never_cache
@page_for(Role.ASSOCIATION)
def new(request: HttpRequest) -> HttpResponse:
    """Start a new standard; the next version of one that exists is started from the list."""
    actor = actor_of(request)
    indications = own_indications(actor=actor)
    form = StartForm(request.POST or None, indications=indications, standards=own_standards(actor=actor))
    if request.method == "POST" and form.is_valid():
        try:
            row = start_draft(actor=actor, now=now_of(request), **form.cleaned_data)
            return redirect("standard-head", row.code)
        except DomainError as error:
            form.refuse(error)
    context = {"form": form, "has_choice": bool(indications)}
    return render(request, "registry/standard_new.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
@page_for(Role.ASSOCIATION)
def next_version(request: HttpRequest) -> HttpResponse:
    """Start the version after a standard's last, with that one's limits."""
    code = request.POST.get("standard_code", "")
    found = Standard.objects.filter(code=code).select_related("indication").first()
    try:
        row = start_draft(
            actor=actor_of(request),
            indication_code=found.indication.code if found and found.indication else "",
            standard_code=code,
            now=now_of(request),
        )
    except DomainError as error:
        messages.error(request, error.text, extra_tags="bad")
        return redirect("standards-mine")
    messages.success(request, _("已带出上一版本的全部限量。请填写新版本的说明。"), extra_tags="good")
    return redirect("standard-head", row.code)


@never_cache
@page_for(Role.ASSOCIATION, Role.INSPECTOR, Role.AUDITOR, Role.ADMIN)
def draft(request: HttpRequest, code: UUID) -> HttpResponse:
    """One version: its limits in words, what stands out, what changed, what to do next."""
    actor = actor_of(request)
    row = find_record(actor=actor, code=code)
    if row.state == VersionRecord.State.PUBLISHED and row.version:
        return redirect("standard", row.version.standard.code)
    is_own = actor.is_role(Role.ASSOCIATION)
    return render(request, "registry/standard_draft.html", version_context(row) | {
        "can_edit": is_own and row.state == VersionRecord.State.DRAFT,
        "can_take_back": is_own and row.state == VersionRecord.State.IN_REVIEW,
        "can_review": row.state == VersionRecord.State.IN_REVIEW and may_review(actor, row.indication),
        "kinds": KINDS.items(),
        "process_kinds": PROCESS_KINDS,
    })  # fmt: skip


def version_context(row: VersionRecord) -> dict[str, object]:
    """What the pages of one version share."""
    limits, remarks = published_limits(row), remarks_of(row)
    lines = lines_of(limits, remarks)
    steps = step_lines(row.steps.all(), row.indication)
    return {
        "row": row,
        "product": [line for line in lines if not line.is_process],
        "process": [line for line in lines if line.is_process],
        "has_errors": any(remark.is_error for remark in remarks),
        "comparison": comparison(row, limits),
        "steps": steps,
        "sent_back": steps[-1].step if steps and steps[-1].step.action == "send_back" else None,
    }


@never_cache
@page_for(Role.ASSOCIATION)
def head(request: HttpRequest, code: UUID) -> HttpResponse:
    """Edit what a draft says beside its limits."""
    row = find_record(actor=actor_of(request), code=code)
    if row.state != VersionRecord.State.DRAFT:
        return redirect("standard-draft", code)
    is_known = Standard.objects.filter(code=row.standard_code).exists()
    form = HeadForm(request.POST or None, record=row, is_known=is_known)
    if request.method == "POST" and form.is_valid():
        try:
            revision = form.cleaned_data["revision"]
            save_draft(actor=actor_of(request), code=code, revision=revision, head=form.head(), now=now_of(request))
            return redirect("standard-draft", code)
        except DomainError as error:
            form.refuse(error)
    return render(
        request, "registry/standard_head.html", {"form": form, "row": row}, status=422 if form.errors else 200
    )


@never_cache
@require_POST
@page_for(Role.ASSOCIATION)
def act(request: HttpRequest, code: UUID) -> HttpResponse:
    """Submit, take back or give up a version."""
    actor, now = actor_of(request), now_of(request)
    action = request.POST.get("action", "")
    revision = request.POST.get("revision", "")
    try:
        if action == "submit":
            submit_draft(actor=actor, code=code, revision=int(revision) if revision.isdecimal() else 0, now=now)
            messages.success(
                request, _("已提交。保护范围所在地的部门审查后发布，结果会显示在这里。"), extra_tags="good"
            )
        elif action == "take_back":
            take_back(actor=actor, code=code, now=now)
            messages.success(request, _("已撤回，可以修改了。"), extra_tags="good")
        elif action == "withdraw":
            withdraw_draft(actor=actor, code=code, now=now)
            messages.success(request, _("草稿已删除。"), extra_tags="good")
            return redirect("standards-mine")
    except DomainError as error:
        for entry in error.entries or [{"text": error.text}]:
            messages.error(request, entry["text"], extra_tags="bad")
    return redirect("standard-draft", code)
