"""The button that makes a bundle of evidence, and the page where it is fetched."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from products.access import Role
from products.http import actor_of, now_of, page_for
from products.oversight.evidence_http import client_of, evidence_file
from products.oversight.services.evidence import export_evidence, open_evidence
from products.oversight.views.common import OFFICES

EXPORTERS = (Role.PRODUCER, *OFFICES)


@require_POST
@page_for(*EXPORTERS)
def export(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    made = export_evidence(
        actor=actor_of(request), kind=kind, code=code, client=client_of(request), now=now_of(request)
    )
    text = _("证据包已生成：%(count)s 条记录，导出已写入账本。") % {"count": f"{made.entry_count:,}"}
    if made.waiting_count:
        text += _("另有 %(count)s 条等待入账，不在包内。") % {"count": f"{made.waiting_count:,}"}
    messages.success(request, text, extra_tags="good")
    return redirect("evidence", made.sha256)


@never_cache
@page_for(*EXPORTERS)
def bundle(request: HttpRequest, sha256: str) -> HttpResponse:
    """Hash, size, download, and how to check it."""
    file, byte_count = open_evidence(actor=actor_of(request), sha256=sha256)
    file.close()
    return render(request, "oversight/evidence.html", {"sha256": sha256, "byte_count": byte_count})


@never_cache
@page_for(*EXPORTERS)
def bundle_file(request: HttpRequest, sha256: str) -> FileResponse:
    return evidence_file(request, sha256)
