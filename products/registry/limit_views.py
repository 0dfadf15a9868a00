"""The pages on which limits of a draft are entered, changed and tried."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from products.access import Role
from products.errors import DomainError
from products.http import actor_of, now_of, page_for
from products.registry.domain.indicators import INDICATORS
from products.registry.limit_forms import KINDS, LimitForm, initial_of, kind_of
from products.registry.models.version_record import VersionRecord
from products.registry.queries.limit_words import Trial, sentence, trial_fields, trial_grades, try_values
from products.registry.queries.versions import find_record
from products.registry.services.limit_drafts import clean_limit, number, plain
from products.registry.services.version_contents import published_limits
from products.registry.services.version_drafts import put_limit, remove_limit
from products.registry.standard_forms import TrialForm

READERS = (Role.ASSOCIATION, Role.INSPECTOR, Role.AUDITOR, Role.ADMIN)


@never_cache
@page_for(Role.ASSOCIATION)
def limit_new(request: HttpRequest, code: UUID) -> HttpResponse:
    """Add a limit of the kind in the address; `like` starts with another one's indicator, for the next band."""
    row = find_record(actor=actor_of(request), code=code)
    kind = request.GET.get("kind", "")
    if kind not in KINDS:
        raise Http404
    initial: dict[str, Any] = {"confidence": "high"}
    if known := INDICATORS.get(request.GET.get("indicator", "")):
        initial |= {"indicator": known.key, "unit": known.unit}
    if like := _limit_at(row, request.GET.get("like", "")):
        kept = ("indicator", "name", "name_en", "scope", "unit", "basis", "strictness", "band_indicator", "confidence")
        initial |= {name: value for name, value in initial_of(like).items() if name in kept}
    return _limit_page(request, row, kind, initial=initial, key="")


@never_cache
@page_for(Role.ASSOCIATION)
def limit_edit(request: HttpRequest, code: UUID, key: str) -> HttpResponse:
    """Change a limit."""
    row = find_record(actor=actor_of(request), code=code)
    facts = _limit_at(row, key)
    if facts is None:
        raise Http404
    return _limit_page(request, row, kind_of(facts["comparator"]), initial=initial_of(facts), key=key)


def _limit_at(row: VersionRecord, key: str) -> dict[str, Any] | None:
    return next((each for each in row.limits if each["key"] == key), None)


def _limit_page(
    request: HttpRequest, row: VersionRecord, kind: str, *, initial: dict[str, Any], key: str
) -> HttpResponse:
    if row.state != VersionRecord.State.DRAFT:
        messages.warning(request, _("只有草稿可以修改。要改请先撤回，或起草新的版本。"), extra_tags="warn")
        return redirect("standard-draft", row.code)
    form = LimitForm(request.POST or None, kind=kind, initial=initial)
    preview = None
    if request.method == "POST" and form.is_valid():
        revision = request.POST.get("revision", "")
        try:
            if "preview" in request.POST:
                preview = sentence(clean_limit(form.limit()))
            else:
                saved = put_limit(
                    actor=actor_of(request),
                    code=row.code,
                    revision=int(revision) if revision.isdecimal() else 0,
                    key=key,
                    limit=form.limit(),
                    now=now_of(request),
                )
                messages.success(request, _("已保存到草稿。"), extra_tags="good")
                return redirect(_after(request, saved, kind, key))
        except DomainError as error:
            form.refuse(error)
    context = {
        "form": form,
        "row": row,
        "kind": KINDS[kind],
        "key": key,
        "preview": preview,
        # Of the page that was shown: what somebody else saved meanwhile is not overwritten.
        "revision": request.POST.get("revision") or row.revision,
    }
    return render(request, "registry/limit_form.html", context, status=422 if form.errors else 200)


def _after(request: HttpRequest, row: VersionRecord, kind: str, key: str) -> str:
    if "again" in request.POST:
        like = key or row.limits[-1]["key"]
        return f"{reverse('limit-new', args=[row.code])}?kind={kind}&like={like}"
    return reverse("standard-draft", args=[row.code])


@never_cache
@require_POST
@page_for(Role.ASSOCIATION)
def limit_remove(request: HttpRequest, code: UUID, key: str) -> HttpResponse:
    """Take a limit out of a draft."""
    revision = request.POST.get("revision", "")
    try:
        remove_limit(
            actor=actor_of(request),
            code=code,
            revision=int(revision) if revision.isdecimal() else 0,
            key=key,
            now=now_of(request),
        )
        messages.success(request, _("这项限量已从草稿里删除。"), extra_tags="good")
    except DomainError as error:
        messages.error(request, error.text, extra_tags="bad")
    return redirect("standard-draft", code)


@never_cache
@page_for(*READERS)
def trial(request: HttpRequest, code: UUID) -> HttpResponse:
    """Try values on a version: nothing is kept."""
    row = find_record(actor=actor_of(request), code=code)
    limits = published_limits(row)
    form = TrialForm(request.GET or None, asked=trial_fields(limits), grades=trial_grades(limits))
    found: Trial | None = None
    if request.GET and form.is_valid():
        try:
            found = try_values(limits, _values(form), grade=form.cleaned_data.get("grade", ""))
        except DomainError as error:
            form.refuse(error)
    return render(request, "registry/standard_try.html", {"row": row, "form": form, "found": found})


def _values(form: TrialForm) -> dict[str, tuple[Decimal, bool]]:
    values = {}
    for place, asked in enumerate(form.asked):
        text = plain(form.cleaned_data[f"value-{place}"])
        if text:
            below = text.startswith("<")
            values[asked.indicator] = Decimal(number(text.removeprefix("<"), f"value-{place}")), below
    return values
