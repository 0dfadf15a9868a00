"""The page of a recall: what it covers, what has become of it, and who still scans what was recalled."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from products.access import Role
from products.http import actor_of, page_for
from products.proofs import proofs_of
from products.registry.queries.regions import region_name
from products.scans.recall_counts import scan_sums, scans_after
from products.trace.queries.recall_page import recall_page

READERS = (Role.PRODUCER, Role.ASSOCIATION, Role.INSPECTOR, Role.AUDITOR, Role.ADMIN)
SHOWN = 200


@never_cache
@page_for(*READERS)
def recall(request: HttpRequest, code: UUID) -> HttpResponse:
    """One recall, to each reader the rows that are theirs."""
    page = recall_page(actor=actor_of(request), code=code)
    sums = scan_sums(scans_after(page.covered))
    english = (get_language() or "").startswith("en")
    context = {
        "page": page,
        "recall": page.recall,
        "rows": page.covered[:SHOWN],
        "more": max(0, len(page.covered) - SHOWN),
        "sums": sums,
        "scans_by_batch": {row.pk: count for row, count in sums.by_batch},
        "regions": [
            (region_name(region, english=english) if region else _("地区不明"), count)
            for region, count in sums.by_region
        ],
        "proofs": proofs_of([f"recall:{code}"]),
    }
    return render(request, "scans/recall.html", context)
