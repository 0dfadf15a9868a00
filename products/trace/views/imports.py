"""The pages on which a producer brings in batches from a sheet."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from products.access import Role
from products.errors import DomainError
from products.http import actor_of, now_of, page_for
from products.registry.queries.authorisations import usable_authorisations
from products.trace.forms.batches import ImportForm
from products.trace.models.batch_import import BatchImport
from products.trace.queries.workplace import workplace_of
from products.trace.services.import_files import plan_of
from products.trace.services.import_plan import CREATE, DIFFERS, ERROR, SAME, Plan, name_batches
from products.trace.services.imports import check_again, confirm_import, find_import, own_imports, start_import
from products.trace.spreadsheets.filling import filling_for
from products.trace.spreadsheets.grid import MAX_BYTES
from products.trace.spreadsheets.template import csv_template, workbook_template

ROWS_A_PAGE: Final = 50
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@page_for(Role.PRODUCER)
def new(request: HttpRequest) -> HttpResponse:
    """Templates to fill in, and the form that takes a filled-in one."""
    actor, now = actor_of(request), now_of(request)
    today = timezone.localdate(now)
    if not usable_authorisations(actor=actor, on=today).exists():
        work = workplace_of(actor=actor, today=today)
        return render(request, "trace/batch_refused.html", {"work": work})
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            content = file.read(MAX_BYTES + 1)
            row = start_import(actor=actor, content=content, name=file.name or "", now=now)
            return redirect("import", row.code)
        except DomainError as error:
            form.add_error("file", error.text)
    context = {"form": form, "imports": own_imports(actor=actor, now=now)[:10]}
    return render(request, "trace/import_new.html", context, status=422 if form.errors else 200)


@never_cache
@page_for(Role.PRODUCER)
def one(request: HttpRequest, code: UUID) -> HttpResponse:
    """How far an import is; what it found; what came of it. Reloads itself while work is under way."""
    row = find_import(actor=actor_of(request), code=code, now=now_of(request))
    return _page(request, row)


@require_POST
@page_for(Role.PRODUCER)
def confirm(request: HttpRequest, code: UUID) -> HttpResponse:
    """Register what was shown."""
    row = confirm_import(
        actor=actor_of(request), code=code, plan_sha256=request.POST.get("plan", ""), now=now_of(request)
    )
    return redirect("import", row.code)


@require_POST
@page_for(Role.PRODUCER)
def again(request: HttpRequest, code: UUID) -> HttpResponse:
    """Check the kept file once more."""
    row = check_again(actor=actor_of(request), code=code, now=now_of(request))
    messages.success(request, _("已重新检查。"))
    return redirect("import", row.code)


@never_cache
@page_for(Role.PRODUCER)
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The template with this producer's products and counties, as `xlsx` or `csv`."""
    filling = filling_for(actor=actor_of(request), today=timezone.localdate(now_of(request)))
    if kind == "csv":
        response = HttpResponse(csv_template(filling), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(workbook_template(filling), content_type=_XLSX)
    name = "batches" if filling.english else "pici-moban"
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _page(request: HttpRequest, row: BatchImport) -> HttpResponse:
    plan = None if row.is_under_way else plan_of(row)
    context: dict[str, object] = {"row": row, "plan": plan}
    if plan:
        shown = request.GET.get("show", "")
        if shown not in {CREATE, SAME, DIFFERS, ERROR}:
            shown = next((each for each in (ERROR, DIFFERS, CREATE) if plan.count(each)), SAME)
        rows = [each for each in plan.rows if each.action == shown]
        page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
        name_batches(list(page))
        context |= {"shown": shown, "page": page, "tabs": _tabs(plan)}
    return render(request, "trace/import.html", context)


def _tabs(plan: Plan) -> list[tuple[str, str, int]]:
    words = ((ERROR, _("要改正的行")), (DIFFERS, _("内容不同，不登记")), (CREATE, _("新批次")), (SAME, _("已登记过")))
    return [(action, word, plan.count(action)) for action, word in words if plan.count(action)]
