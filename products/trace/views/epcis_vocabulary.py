"""What our terms in EPCIS events mean, for people and for programs; open to anybody."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from products.trace.domain.epcis_own.identifiers import context_address, namespace
from products.trace.domain.epcis_own.terms import TERMS, context_document

_HOUR = 3_600


@require_safe
def context(request: HttpRequest) -> JsonResponse:
    """The JSON-LD context that our events name. Any page of anybody may fetch it."""
    response = JsonResponse(
        context_document(namespace(settings.BASE_URL)),
        content_type="application/ld+json",
        json_dumps_params={"indent": 1},
    )
    response["Cache-Control"] = f"public, max-age={_HOUR}"
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def vocabulary(request: HttpRequest) -> HttpResponse:
    """The page that the name of each term leads to."""
    base = settings.BASE_URL
    page = {
        "namespace": namespace(base),
        "context": context_address(base),
        "terms": [(term, term.example.replace("{base}", base)) for term in TERMS],
    }
    return render(request, "trace/epcis_vocabulary.html", page)
