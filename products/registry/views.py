"""The public register: search, indications, enterprises, zones, the law, data protection."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from products.registry.queries import citations, enterprises, indications as indication_reads, zones as zone_reads


def home(request: HttpRequest) -> HttpResponse:
    pass
