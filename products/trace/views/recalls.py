"""Recalls and holds of everything downstream: what would be covered, the act, its end, and who got what."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from products.access import Actor, Role
from products.errors import DomainError, Forbidden, NotFound
from products.http import actor_of, now_of, page_for, paginate
from products.trace.forms.recalls import AnswerForm, OutcomeForm, RecallForm
from products.trace.queries.consignees import Consignees, consignees_of, consignees_of_lots, may_see_consignees
from products.trace.queries.downstream import is_entitled
from products.trace.queries.recall_page import find_recall, labels_of, list_recalls, may_manage, open_notices
from products.trace.queries.recall_plan import RecallPlan, plan_recall
from products.trace.queries.recall_roots import find_candidates
from products.trace.services import recalls as services
from products.trace.services.consignee_answers import record_consignee_answer
from products.trace.spreadsheets.consignees import consignees_csv, consignees_workbook

READERS = (Role.PRODUCER, Role.ASSOCIATION, Role.INSPECTOR, Role.AUDITOR, Role.ADMIN)
ACTORS = (Role.PRODUCER, Role.INSPECTOR)
CONSIGNEE_READERS = (*ACTORS, Role.AUDITOR)
A_PAGE, SHOWN = 25, 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@page_for(*READERS)
def recall_list(request: HttpRequest) -> HttpResponse:
    """Every recall the reader has to do with; first what was referred to them and is still on sale."""
    actor = actor_of(request)
    rows, following = paginate(list_recalls(actor=actor), cursor=request.GET.get("cursor", ""), limit=A_PAGE)
    text = request.GET.get("q", "")
    context = {
        "recalls": rows,
        "next": following,
        "notices": open_notices(actor=actor),
        "text": text,
        "candidates": find_candidates(actor=actor, text=text),
    }
    return render(request, "trace/recall_list.html", context)


@never_cache
@page_for(*ACTORS)
def recall_new(request: HttpRequest) -> HttpResponse:
    """What would be covered, and the form below it; sent, it is done if nothing has changed since."""
    actor, root = actor_of(request), request.GET.get("root", "")
    form = RecallForm(request.POST or None, initial={"kind": request.GET.get("kind") or "hold"})
    if request.method == "POST" and form.is_valid():
        try:
            row = services.open_recall(
                actor=actor, recall=form.new(root), preview_sha256=form.cleaned_data["seen"], now=now_of(request)
            )
        except NotFound:
            raise
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("已执行。下列批次的扫码页现在就会提示。"))
            return redirect("recall", row.code)
    return _preview(request, plan_recall(actor=actor, root=root), form)


def _preview(request: HttpRequest, plan: RecallPlan, form: RecallForm) -> HttpResponse:
    actor = actor_of(request)
    labels = labels_of([batch.pk for batch in plan.covered])
    context: dict[str, Any] = {
        "plan": plan,
        "form": form,
        "rows": [(batch, labels[batch.pk]) for batch in plan.covered[:SHOWN]],
        "more": max(0, len(plan.covered) - SHOWN),
        "issued": sum(each.issued for each in labels.values()),
        "activated": sum(each.activated for each in labels.values()),
        "consignees": _consignees_ahead(actor, plan),
    }
    return render(request, "trace/recall_new.html", context, status=422 if form.errors else 200)


def _consignees_ahead(actor: Actor, plan: RecallPlan) -> Consignees:
    """Who got something of it so far, of what the actor's own batches and lots are."""
    return consignees_of_lots(actor=actor, lots=[*plan.covered_lots, *plan.lots])


@require_POST
@page_for(*ACTORS)
def recall_extend(request: HttpRequest, code: UUID) -> HttpResponse:
    """Cover what turned up since."""
    count = services.extend_recall(actor=actor_of(request), code=code, now=now_of(request))
    text = ngettext("已补充 %(count)s 项。", "已补充 %(count)s 项。", count) % {"count": count}
    messages.success(request, text)
    return redirect("recall", code)


@never_cache
@page_for(*ACTORS)
def recall_close(request: HttpRequest, code: UUID) -> HttpResponse:
    """End it."""
    actor = actor_of(request)
    recall = find_recall(actor=actor, code=code)
    if not may_manage(actor, recall):
        raise Forbidden(_("只有发起的单位，或它的上级、所在地的市场监管部门可以办理。"))
    form = OutcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            count = services.close_recall(
                actor=actor, code=code, outcome=form.cleaned_data["outcome"], now=now_of(request)
            )
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _closed(count, is_hold=recall.kind == "hold"))
            return redirect("recall", code)
    return render(
        request, "trace/recall_close.html", {"recall": recall, "form": form}, status=422 if form.errors else 200
    )


def _closed(count: int, *, is_hold: bool) -> str:
    if not is_hold:
        return _("召回已结束。已召回的批次保持“已召回”。")
    text = ngettext("已结束，%(count)s 个批次恢复销售。", "已结束，%(count)s 个批次恢复销售。", count)
    return text % {"count": count}


@never_cache
@page_for(*CONSIGNEE_READERS)
def consignees(request: HttpRequest, code: UUID) -> HttpResponse:
    """Who got what, and what they answered."""
    return _consignee_page(request, code)


@require_POST
@page_for(*ACTORS)
def consignee_answer(request: HttpRequest, code: UUID, operation: UUID) -> HttpResponse:
    """Note a consignee's answer."""
    form = AnswerForm(request.POST, auto_id=f"{operation}_%s")
    if form.is_valid():
        try:
            record_consignee_answer(
                actor=actor_of(request),
                recall_code=code,
                operation_code=operation,
                now=now_of(request),
                **form.cleaned_data,
            )
        except NotFound:
            raise
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("收货方的答复已登记。"))
            return redirect("recall-consignees", code)
    return _consignee_page(request, code, refused={operation: form})


def _consignee_page(request: HttpRequest, code: UUID, *, refused: dict[UUID, AnswerForm] | None = None) -> HttpResponse:
    actor = actor_of(request)
    recall = find_recall(actor=actor, code=code)
    found, refused = consignees_of(recall, actor=actor), refused or {}
    rows = [
        (
            row,
            refused.get(row.operation.code)
            or _answer_form(row.operation.code, today=timezone.localdate(now_of(request)))
            if recall.is_open and is_entitled(actor, row.operation.enterprise)
            else None,
        )
        for row in found.rows
    ]
    context = {"recall": recall, "found": found, "rows": rows}
    return render(request, "trace/recall_consignees.html", context, status=422 if refused else 200)


def _answer_form(operation: UUID, *, today: date) -> AnswerForm:
    return AnswerForm(auto_id=f"{operation}_%s", initial={"notified_on": today})


@never_cache
@require_safe
@page_for(*CONSIGNEE_READERS)
def consignee_file(request: HttpRequest, code: UUID, kind: str) -> HttpResponse:
    """The list as a file for a spreadsheet."""
    actor = actor_of(request)
    if not may_see_consignees(actor):
        raise Forbidden(_("此页不对您的角色开放。"))
    found = consignees_of(find_recall(actor=actor, code=code), actor=actor)
    content = consignees_workbook(found) if kind == "xlsx" else consignees_csv(found)
    headers = {"Content-Disposition": f'attachment; filename="consignees-{str(code)[:8]}.{kind}"'}
    return HttpResponse(content, content_type=XLSX if kind == "xlsx" else "text/csv; charset=utf-8", headers=headers)
