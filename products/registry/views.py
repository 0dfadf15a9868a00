"""The public register: indications, enterprises, zones, the law, data protection."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from products.http import now_of
from products.proofs import proofs_of
from products.registry.queries import register
from products.registry.queries.indications import search_indications
from products.registry.queries.regions import prefectures


def indications(request: HttpRequest) -> HttpResponse:
    """The list, searched by name, in one prefecture, of one type."""
    asked = {key: request.GET.get(key, "") for key in ("q", "prefecture", "kind")}
    found = search_indications(asked["q"], prefecture=asked["prefecture"], kind=asked["kind"])
    page = Paginator(found, 60).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "page": page,
        "prefectures": prefectures(),
        "map_values": register.indications_by_prefecture(),
    }
    return render(request, "registry/indications.html", context)


def indication(request: HttpRequest, code: str) -> HttpResponse:
    page = register.indication_page(code)
    return render(request, "registry/indication.html", {"page": page, "proofs": proofs_of([f"indication:{code}"])})


def enterprise(request: HttpRequest, uscc: str) -> HttpResponse:
    page = register.enterprise_page(uscc)
    subjects = [f"enterprise:{page.enterprise.uscc}"] + [f"authorisation:{row.code}" for row in page.authorisations]
    return render(request, "registry/enterprise.html", {"page": page, "proofs": proofs_of(subjects)})


def zones(request: HttpRequest) -> HttpResponse:
    return render(request, "registry/zones.html", {"zones": register.all_zones()})


def zone(request: HttpRequest, code: str) -> HttpResponse:
    page = register.zone_page(code)
    return render(request, "registry/zone.html", {"page": page, "proofs": proofs_of([f"zone:{code}"])})


def law(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate(now_of(request))
    return render(request, "registry/law.html", {"citations": register.citations_on(today), "today": today})


def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "registry/privacy.html")
