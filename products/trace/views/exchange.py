"""Exports for other traceability platforms: from the page of a batch, and of a period."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from products.access import Role
from products.errors import DomainError
from products.http import actor_of, now_of, page_for
from products.trace.exchange_http import FORMS, exported_file
from products.trace.forms.exchange import ExportForm
from products.trace.services.exchange import export_batch, export_enterprise

READERS = (Role.PRODUCER, Role.ASSOCIATION, Role.INSPECTOR, Role.AUDITOR)


@never_cache
@require_safe
@page_for(*READERS)
def batch_export(request: HttpRequest, code: UUID, standard: str, form: str) -> HttpResponseBase:
    """One batch as a file."""
    if form not in FORMS:
        raise Http404
    export = export_batch(actor=actor_of(request), code=code, standard=standard, now=now_of(request))
    return exported_file(export, form)


@never_cache
@require_safe
@page_for(*READERS)
def period_export(request: HttpRequest) -> HttpResponseBase:
    """Choose a period; once everything is filled in, its file."""
    actor, now = actor_of(request), now_of(request)
    form = ExportForm(request.GET if "first" in request.GET else None, actor=actor, today=timezone.localdate(now))
    if form.is_valid():
        said = form.cleaned_data
        try:
            export = export_enterprise(
                actor=actor,
                uscc=said.get("uscc", actor.uscc),
                first=said["first"],
                last=said["last"],
                standard=said["standard"],
                now=now,
            )
            return exported_file(export, said["form"])
        except DomainError as error:
            form.refuse(error)
    response: HttpResponse = render(request, "trace/exports.html", {"form": form}, status=422 if form.errors else 200)
    return response
