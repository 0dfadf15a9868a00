"""The producer's label pages."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from products.access import Role
from products.errors import DomainError
from products.http import actor_of, now_of, page_for
from products.labels.forms import (
    MarkForm,
    PreviewForm,
    PrintForm,
    RangeForm,
    RunForm,
    VoidForm,
    initial_mass,
    service_error,
)
from products.labels.models.label_run import LabelRun
from products.labels.queries.runs import (
    find_run,
    labelled_mass_in_year_g,
    newest_run_of,
    next_waiting_range,
    run_summary,
    visible_runs,
)
from products.labels.services.artefacts import code_list, mark_version, one_label
from products.labels.services.label_runs import activate_labels, issue_label_run, void_labels
from products.labels.services.marks import store_mark_image
from products.labels.services.permission import reason_against
from products.labels.services.print_files import find_print_file, is_ready, open_print_file, request_print_file
from products.proofs import proofs_of
from products.registry.queries.authorisations import quota_of
from products.templatetags.gi import mass
from products.trace.queries.batches import find_batch, issued_mass_g

RANGES_SHOWN = 50
A_FEW_SHEETS = 210
CONTENT_TYPES = {"png": "image/png", "svg": "image/svg+xml"}


@page_for(Role.PRODUCER, Role.ASSOCIATION)
def run_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(visible_runs(actor=actor_of(request)).prefetch_related("ranges"), 30).get_page(
        request.GET.get("page")
    )
    rows = [(run, run_summary(run)) for run in page]
    return render(request, "labels/run_list.html", {"page": page, "rows": rows})


@page_for(Role.PRODUCER)
def run_new(request: HttpRequest, code: UUID) -> HttpResponse:
    """How many labels the batch and the quota still allow, and the form to take some."""
    actor = actor_of(request)
    batch = find_batch(actor=actor, code=code)
    last = newest_run_of(actor=actor)
    form = RunForm(request.POST or None, initial=initial_mass(last.unit_mass_g) if last else None)
    if request.method == "POST" and form.is_valid():
        try:
            run = issue_label_run(
                actor=actor,
                batch_code=code,
                quantity=form.cleaned_data["quantity"],
                unit_mass_g=form.cleaned_data["unit_mass"],
                now=now_of(request),
            )
            messages.success(
                request,
                _("已领取 %(count)s 枚标签，每件 %(each)s，共占用 %(all)s。")
                % {"count": f"{run.quantity:,}", "each": mass(run.unit_mass_g), "all": mass(run.mass_g)},
            )
            return redirect("run", code=run.code)
        except DomainError as error:
            service_error(form, error, unit_mass_g="unit_mass")
    quota = quota_of(authorisation_id=batch.authorisation_id, year=batch.produced_on.year)
    used = labelled_mass_in_year_g(authorisation_id=batch.authorisation_id, year=batch.produced_on.year)
    # A field that was refused is gone from the cleaned data, but its arithmetic is what the page explains.
    taken = form.taken if form.is_bound else {}
    left_in_batch_g = max(0, batch.net_mass_g - issued_mass_g(batch))
    left_in_quota_g = max(0, quota.quota_g - used) if quota else 0
    context = {
        "form": form,
        "batch": batch,
        "reason_against": reason_against(batch, on=localdate(now_of(request))),
        "quota": quota,
        "left_in_batch_g": left_in_batch_g,
        "left_in_quota_g": left_in_quota_g,
        **_arithmetic(
            left_g=min(left_in_batch_g, left_in_quota_g),
            quantity=taken.get("quantity"),
            unit_mass_g=taken.get("unit_mass") or (last.unit_mass_g if last else None),
        ),
    }
    return render(request, "labels/run_new.html", context, status=422 if form.errors else 200)


def _arithmetic(*, left_g: int, quantity: int | None, unit_mass_g: object) -> dict[str, object]:
    """What the form says in words: how many packs of this size are left, and how much was asked for."""
    if not isinstance(unit_mass_g, int) or not unit_mass_g:
        return {}
    return {
        "pack_g": unit_mass_g,
        "most": left_g // unit_mass_g,
        "quantity": quantity,
        "asked_g": quantity * unit_mass_g if quantity else None,
    }


def _run_page(request: HttpRequest, run: LabelRun, forms: dict[str, object], status: int = 200) -> HttpResponse:
    waiting = next_waiting_range(run)
    first, last = waiting or (1, run.quantity)
    preview = PreviewForm(request.GET if "serial" in request.GET else None, initial={"serial": 1}, auto_id="preview_%s")
    serial = preview.cleaned_data["serial"] if preview.is_bound and preview.is_valid() else 1
    ranges = sorted(run.ranges.all(), key=lambda row: row.at, reverse=True)
    context = {
        "run": run,
        "summary": run_summary(run),
        "waiting": waiting,
        "ranges": ranges[:RANGES_SHOWN],
        "earlier_count": max(0, len(ranges) - RANGES_SHOWN),
        "files": run.print_files.all()[:20],
        "is_own": actor_of(request).uscc == run.batch.authorisation.enterprise.uscc,
        "reason_against": reason_against(run.batch, on=localdate(now_of(request))),
        "mark_version": mark_version(run.batch.authorisation.enterprise.uscc),
        "preview_form": preview,
        "serial": min(serial, run.quantity),
        "activate_form": RangeForm(initial={"first_serial": first, "last_serial": last}, auto_id="activate_%s"),
        "void_form": VoidForm(auto_id="void_%s"),
        "print_form": PrintForm(
            initial={"first_serial": 1, "last_serial": min(run.quantity, A_FEW_SHEETS)}, auto_id="print_%s"
        ),
        "mark_form": MarkForm(auto_id="mark_%s"),
        "proofs": proofs_of([f"run:{run.code}"]),
        **forms,
    }
    return render(request, "labels/run.html", context, status=status)


@page_for(Role.PRODUCER, Role.ASSOCIATION)
def run(request: HttpRequest, code: str) -> HttpResponse:
    return _run_page(request, find_run(actor=actor_of(request), code=code), {})


@require_POST
@page_for(Role.PRODUCER)
def activate(request: HttpRequest, code: str) -> HttpResponse:
    form = RangeForm(request.POST, auto_id="activate_%s")
    if form.is_valid():
        try:
            activate_labels(actor=actor_of(request), run_code=code, now=now_of(request), **form.cleaned_data)
            messages.success(request, _("已启用。现在扫这些码会显示结果。"))
            return redirect("run", code=code)
        except DomainError as error:
            service_error(form, error)
    return _run_page(request, find_run(actor=actor_of(request), code=code), {"activate_form": form}, 422)


@require_POST
@page_for(Role.PRODUCER)
def void(request: HttpRequest, code: str) -> HttpResponse:
    form = VoidForm(request.POST, auto_id="void_%s")
    if form.is_valid():
        try:
            void_labels(actor=actor_of(request), run_code=code, now=now_of(request), **form.cleaned_data)
            messages.success(request, _("已作废。作废的码不能恢复。"))
            return redirect("run", code=code)
        except DomainError as error:
            service_error(form, error)
    return _run_page(request, find_run(actor=actor_of(request), code=code), {"void_form": form}, 422)


@require_POST
@page_for(Role.PRODUCER)
def print_new(request: HttpRequest, code: str) -> HttpResponse:
    form = PrintForm(request.POST, auto_id="print_%s")
    if form.is_valid():
        try:
            row = request_print_file(actor=actor_of(request), run_code=code, now=now_of(request), **form.cleaned_data)
            return redirect("print-file", code=row.code)
        except DomainError as error:
            service_error(form, error)
    return _run_page(request, find_run(actor=actor_of(request), code=code), {"print_form": form}, 422)


@require_POST
@page_for(Role.PRODUCER)
def mark(request: HttpRequest, code: str) -> HttpResponse:
    form = MarkForm(request.POST, request.FILES, auto_id="mark_%s")
    if form.is_valid():
        try:
            store_mark_image(actor=actor_of(request), content=form.cleaned_data["mark"].read(), now=now_of(request))
            messages.success(request, _("标志图片已保存，新的标签会带上它。"))
            return redirect("run", code=code)
        except DomainError as error:
            service_error(form, error)
    return _run_page(request, find_run(actor=actor_of(request), code=code), {"mark_form": form}, 422)


@page_for(Role.PRODUCER)
def print_file(request: HttpRequest, code: UUID) -> HttpResponse:
    """How far the file is; the page reloads itself until it is done."""
    row = find_print_file(actor=actor_of(request), code=code, now=now_of(request))
    return render(request, "labels/print_file.html", {"file": row, "is_ready": is_ready(row, now=now_of(request))})


@page_for(Role.PRODUCER)
def print_file_download(request: HttpRequest, code: UUID) -> FileResponse:
    row, stream = open_print_file(actor=actor_of(request), code=code, now=now_of(request))
    return FileResponse(
        stream, as_attachment=True, filename=f"{row.run.code}-{row.first_serial}-{row.last_serial}.{row.kind}"
    )


@page_for(Role.PRODUCER)
def label(request: HttpRequest, code: str, serial: int, form: str) -> HttpResponse:
    """One label as a picture. Every making is noted in the ledger, so that the browser keeps it for a while."""
    content = one_label(actor=actor_of(request), run_code=code, serial=serial, form=form, now=now_of(request))
    response = HttpResponse(content, content_type=CONTENT_TYPES[form])
    patch_cache_control(response, private=True, max_age=3600)
    return response


@page_for(Role.PRODUCER)
def codes(request: HttpRequest, code: str) -> HttpResponse | StreamingHttpResponse:
    """The whole run's codes as CSV, streamed."""
    run = find_run(actor=actor_of(request), code=code)
    pieces = code_list(actor=actor_of(request), run_code=code, now=now_of(request))
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{run.code}.csv"'
    return response
