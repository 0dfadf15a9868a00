"""The first page: search for anything, and how far the plan's targets are."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from products.access import NOBODY
from products.http import now_of
from products.labels.domain.unit_code import MalformedCode, format_unit_code, parse_unit_code
from products.oversight.queries.targets import target_progress
from products.registry.queries.indications import search_indications
from products.registry.queries.register import search_enterprises

SHOWN = 12


def home(request: HttpRequest) -> HttpResponse:
    """Search and targets; a whole unit code goes straight to its scan page."""
    text = request.GET.get("q", "").strip()[:80]
    if text:
        try:
            return redirect("scan", code=format_unit_code(parse_unit_code(text)))
        except MalformedCode:
            pass
    context = {
        "q": text,
        "indications": search_indications(text)[:SHOWN] if text else [],
        "enterprises": search_enterprises(text)[:SHOWN] if text else [],
        "targets": target_progress(actor=NOBODY, today=timezone.localdate(now_of(request))),
    }
    return render(request, "home.html", context)
