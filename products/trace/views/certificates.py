"""Issuing, printing and showing conformity certificates (承诺达标合格证)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from products.access import Role
from products.errors import DomainError, NotFound
from products.http import actor_of, now_of, page_for
from products.proofs import proofs_of
from products.registry.domain.limits import OverallVerdict
from products.trace.forms.certificates import CertificateForm, CollectForm
from products.trace.queries.batches import find_batch
from products.trace.queries.certificates import (
    certificate_start,
    certificates_of,
    collected_of,
    find_lot,
    mixed_lots,
    standing_certificate,
)
from products.trace.queries.history import batch_history
from products.trace.queries.history_items import subjects_of, with_proofs
from products.trace.queries.lab import batch_verdict
from products.trace.queries.lab_page import lab_page
from products.trace.queries.public_batch import public_batch
from products.trace.queries.recall_page import stop_of
from products.trace.services.certificate_files import certificate_file
from products.trace.services.certificates import collect_certificate, issue_certificate, require_promisable

READERS = (Role.PRODUCER, Role.ASSOCIATION, Role.INSPECTOR, Role.AUDITOR, Role.ADMIN)
PUBLIC_ITEMS = 24


@never_cache
@page_for(Role.PRODUCER)
def certificate_new(request: HttpRequest, code: UUID) -> HttpResponse:
    """Issue a certificate, or issue it again with a reason; one tap from the batch's page where all is known."""
    batch = find_batch(actor=actor_of(request), code=code)
    standing = standing_certificate(batch)
    start = certificate_start(batch, has_passed=batch_verdict(batch).overall is OverallVerdict.PASSED)
    initial = {"product_kind": start.product_kind, "contact": start.contact, "basis": list(start.basis)}
    form = CertificateForm(request.POST or None, initial=initial, replaces=standing.row if standing else None)
    if request.method == "GET":
        try:
            require_promisable(batch)
        except DomainError as error:
            messages.error(request, error.text)
            return redirect("batch", code)
    elif form.is_valid():
        try:
            row = issue_certificate(
                actor=actor_of(request), batch_code=code, now=now_of(request), **_given(form.cleaned_data)
            )
            messages.success(request, _("合格证 %(number)s 已开具。请打印后随产品附上。") % {"number": row.number})
            return redirect("batch", code)
        except DomainError as error:
            form.refuse(error)
    context = {"form": form, "batch": batch, "standing": standing, "start": start, "mixed": mixed_lots(batch)}
    return render(request, "trace/certificate_new.html", context, status=422 if form.errors else 200)


def _given(data: dict[str, Any]) -> dict[str, Any]:
    names = ("product_kind", "contact", "basis")
    return {name: data[name] for name in names} | {"reason": data.get("reason", "")}


@never_cache
@page_for(Role.PRODUCER)
def certificate_collect(request: HttpRequest, code: UUID) -> HttpResponse:
    """Keep the seller's certificate with a purchased lot; `batch` leads back to where the lot went in."""
    actor = actor_of(request)
    lot = find_lot(actor=actor, code=code)
    back = request.GET.get("batch", "")
    form = CollectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = collect_certificate(actor=actor, lot_code=code, now=now_of(request), **form.cleaned_data)
            messages.success(request, _("卖方的合格证 %(number)s 已收存。") % {"number": row.number})
            return redirect("batch", UUID(back)) if _is_uuid(back) else redirect("certificate-collect", code)
        except DomainError as error:
            form.refuse(error)
    context = {"form": form, "lot": lot, "kept": collected_of(actor=actor, lot_code=code)}
    return render(request, "trace/certificate_collect.html", context, status=422 if form.errors else 200)


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


@never_cache
@require_safe
@page_for(*READERS)
def certificate_print(request: HttpRequest, code: UUID) -> HttpResponse:
    """The standing certificate as PDF, on the paper and as often as asked for."""
    copies = request.GET.get("copies", "8").strip()
    try:
        view, content = certificate_file(
            actor=actor_of(request),
            batch_code=code,
            layout=request.GET.get("layout", "a4_8"),
            copies=int(copies) if copies.isdecimal() and len(copies) < 6 else 0,
        )
    except DomainError as error:
        if error.status == NotFound.status:
            raise
        messages.error(request, error.text)
        return redirect("batch", code)
    headers = {"Content-Disposition": f'inline; filename="certificate-{view.row.number}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@never_cache
@require_safe
def public(request: HttpRequest, code: UUID) -> HttpResponse:
    """The page behind the QR code of a certificate: what anybody may know of the batch."""
    batch = public_batch(code)
    lab, views = lab_page(batch), certificates_of(batch)
    items = batch_history(batch, certificates=views, reports=[each.row for each in reversed(lab.reports)])
    hidden = max(0, len(items) - PUBLIC_ITEMS)
    shown = [*items[:4], *items[4 + hidden :]] if hidden else items
    context = {
        "batch": batch,
        "certificate": next((view for view in views if view.is_standing), None),
        "lab": lab,
        "history": with_proofs(shown, proofs_of(subjects_of(shown))),
        "hidden": hidden,
        "stop": stop_of(batch),
    }
    return render(request, "trace/public_batch.html", context)


def public_short(request: HttpRequest, code: str) -> HttpResponse:
    """The same page at the address that certificates carry: the code's 32 digits."""
    return public(request, UUID(code))
