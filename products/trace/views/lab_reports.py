"""The page on which a producer enters a laboratory report, and its file."""

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
from products.errors import DomainError
from products.http import actor_of, now_of, page_for
from products.registry.domain.limits import OverallVerdict
from products.trace.domain.verdict import asked_for, grades_of
from products.trace.forms.lab_reports import LabReportForm, initial_from
from products.trace.models.batch import Batch
from products.trace.models.lab_report import LabReport
from products.trace.queries.batches import find_batch
from products.trace.queries.lab import batch_verdict, find_report, limit_rows, rules_of
from products.trace.queries.lab_words import OVERALL, measured_names
from products.trace.services.lab_reports import record_lab_report
from products.trace.services.report_files import download_name, read_report_file

FILE_ROLES = (Role.PRODUCER, Role.ASSOCIATION, Role.INSPECTOR, Role.AUDITOR)


@never_cache
@page_for(Role.PRODUCER)
def lab_new(request: HttpRequest, code: UUID) -> HttpResponse:
    """Enter a report."""
    return _form_page(request, find_batch(actor=actor_of(request), code=code), None)


@never_cache
@page_for(Role.PRODUCER)
def lab_correct(request: HttpRequest, code: UUID, report: UUID) -> HttpResponse:
    """Enter the report that takes a wrong one's place."""
    actor = actor_of(request)
    wrong = find_report(actor=actor, batch_code=code, code=report)
    return _form_page(request, find_batch(actor=actor, code=code), wrong)


@never_cache
@require_safe
@page_for(*FILE_ROLES)
def lab_file(request: HttpRequest, code: UUID, report: UUID) -> HttpResponse:
    """The file of a report, to be saved: never shown inside a page of ours."""
    row, content = read_report_file(actor=actor_of(request), batch_code=code, code=report)
    headers = {"Content-Disposition": f'attachment; filename="{download_name(row)}"'}
    return HttpResponse(content, content_type=row.file_type, headers=headers)


def _form_page(request: HttpRequest, batch: Batch, wrong: LabReport | None) -> HttpResponse:
    if batch.state == Batch.State.DRAFT:
        messages.warning(request, _("草稿还不能录入检验报告。请先登记批次。"))
        return redirect("batch", batch.code)
    rules = rules_of(batch)
    asked = asked_for(rules)
    form = LabReportForm(
        request.POST or None,
        request.FILES or None,
        initial=initial_from(wrong, asked) if wrong else _as_last_time(request, batch),
        asked=asked,
        names=measured_names(limit_rows(batch)),
        grades=grades_of(rules),
        replaces=wrong,
    )
    if request.method == "POST" and form.is_valid():
        try:
            record_lab_report(
                actor=actor_of(request),
                batch_code=batch.code,
                report=form.report(),
                replaces=wrong.code if wrong else None,
                reason=form.cleaned_data.get("reason", ""),
                now=now_of(request),
            )
            _say(request, batch)
            return redirect("batch", batch.code)
        except DomainError as error:
            form.refuse(error)
    context: dict[str, Any] = {"form": form, "batch": batch, "wrong": wrong, "asked": asked}
    return render(request, "trace/lab_new.html", context, status=422 if form.errors else 200)


def _say(request: HttpRequest, batch: Batch) -> None:
    verdict = batch_verdict(batch).overall
    text = _("检验报告已录入。本批次：%(verdict)s。") % {"verdict": OVERALL[verdict][0]}
    if verdict is OverallVerdict.FAILED and batch.state == Batch.State.RELEASED:
        text += _("产品已经放行，请立即暂停销售或召回。")
    (messages.error if verdict is OverallVerdict.FAILED else messages.success)(request, text)


def _as_last_time(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    """The laboratory and its certificate, from the newest report of the same maker."""
    last = (
        LabReport.objects.filter(batch__authorisation__enterprise=batch.authorisation.enterprise)
        .order_by("-pk")
        .first()
    )
    names = ("laboratory", "cma_number", "cma_from", "cma_to")
    return {name: getattr(last, name) for name in names} if last else {}
