"""The regulator's first page, and the lists behind its numbers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from products.access import Actor
from products.errors import InvalidInput
from products.http import actor_of, page_for
from products.oversight.domain.chart import step_chart
from products.oversight.queries.changes import changes_since_yesterday
from products.oversight.queries.enterprises import enterprise_use
from products.oversight.queries.findings import RULES, findings
from products.oversight.queries.mark_use import MarkUse, mark_use, sorted_use, totals, users
from products.oversight.queries.records import find_records, read_asked, read_year
from products.oversight.queries.scope import region_names
from products.oversight.queries.targets import TargetProgress, find_target, target_progress, target_records
from products.oversight.views.common import READERS, day_asked, page_of, today_of
from products.oversight.views.tables import RECORD_COLUMNS, RECORD_TITLES, TARGET_COLUMNS, USE_COLUMNS, as_csv, fill
from products.proofs import proofs_of
from products.registry.queries.authorisations import pending_applications
from products.registry.queries.regions import prefectures
from products.registry.queries.versions import waiting_reviews
from products.trace.queries.recall_page import open_notices

FIRST_FINDINGS, FIRST_USERS = 10, 10


@never_cache
@page_for(*READERS)
def regulator(request: HttpRequest) -> HttpResponse:
    """The newspaper: targets, what is new, what doesn't add up, who uses the mark."""
    actor, today = actor_of(request), today_of(request)
    found = findings(actor=actor, today=today)
    context = {
        "today": today,
        "regions": region_names(actor),
        "targets": [(one, _chart(one)) for one in target_progress(actor=actor, today=today)],
        "changes": changes_since_yesterday(actor=actor, today=today),
        "pending": pending_applications(actor=actor).count(),
        "standards": waiting_reviews(actor=actor).count(),
        "recall_notices": len(open_notices(actor=actor)),
        "findings": found[:FIRST_FINDINGS],
        "finding_count": len(found),
        "prefecture_names": {region.code: region for region in prefectures()},
    }
    return render(request, "oversight/front.html", context | _use(request, actor, size=FIRST_USERS))


def _chart(target: TargetProgress) -> object:
    return step_chart(target.months, begin=target.baseline_on, goal=target.goal, due_on=target.due_on)


def _use(request: HttpRequest, actor: Actor, size: int) -> dict[str, object]:
    """The table of the mark's users as the address asks for it."""
    year = _year(request)
    sort = request.GET.get("sort", "-issued")
    rows = _rows_of_use(request, actor, year)
    return {
        "year": year,
        "years": range(today_of(request).year, 2020, -1),
        "sort": sort,
        "q": request.GET.get("q", ""),
        "region": request.GET.get("region", ""),
        "page": page_of(request, rows, size),
        "totals": totals(rows),
    }


def _rows_of_use(request: HttpRequest, actor: Actor, year: int) -> list[MarkUse]:
    asked = users(actor=actor, text=request.GET.get("q", ""), region=request.GET.get("region", ""))
    return sorted_use(mark_use(actor=actor, enterprises=asked, year=year), request.GET.get("sort", "-issued"))


def _year(request: HttpRequest) -> int:
    try:
        return read_year(request.GET.get("year", "")) or today_of(request).year
    except ValueError as error:
        raise InvalidInput(_("年度应为四位数字，例如 2026。"), field="year") from error


@never_cache
@page_for(*READERS)
def mark_use_table(request: HttpRequest) -> HttpResponse:
    """The whole table, or the same rows as a file with `format=csv`."""
    actor = actor_of(request)
    if request.GET.get("format") == "csv":
        year = _year(request)
        return as_csv(fill(USE_COLUMNS, _rows_of_use(request, actor, year)), f"mark-use-{year}")
    context = {"prefectures": prefectures(), "regions": region_names(actor)}
    return render(request, "oversight/mark_use.html", context | _use(request, actor, size=25))


@never_cache
@page_for(*READERS)
def target(request: HttpRequest, metric: str) -> HttpResponse:
    """The records that a number of a target was counted from."""
    actor, today = actor_of(request), today_of(request)
    until = day_asked(request, "until") or today
    prefecture = request.GET.get("prefecture", "")
    rows = target_records(actor=actor, metric=metric, until=until, prefecture=prefecture)
    if request.GET.get("format") == "csv":
        return as_csv(fill(TARGET_COLUMNS[metric], rows), metric)
    page = page_of(request, rows, 50)
    context = {
        "target": find_target(metric),
        "until": until,
        "prefecture": next((row for row in prefectures() if prefecture and row.code.startswith(prefecture[:4])), None),
        "page": page,
        "table": fill(TARGET_COLUMNS[metric], page),
    }
    return render(request, "oversight/target.html", context)


@never_cache
@page_for(*READERS)
def records(request: HttpRequest, kind: str) -> HttpResponse:
    """The rows behind a number of the workplace."""
    asked = read_asked(request.GET.dict())
    found = find_records(actor=actor_of(request), kind=kind, asked=asked)
    if request.GET.get("format") == "csv":
        return as_csv(fill(RECORD_COLUMNS[kind], found.rows), kind)
    page = page_of(request, found.rows, 50)
    context = {
        "kind": kind,
        "title": RECORD_TITLES[kind],
        "asked": asked,
        "records": found,
        "page": page,
        "table": fill(RECORD_COLUMNS[kind], page),
    }
    return render(request, "oversight/records.html", context)


@never_cache
@page_for(*READERS)
def finding_list(request: HttpRequest) -> HttpResponse:
    """Everything that doesn't add up, or one kind of it."""
    kind = request.GET.get("kind", "")
    found = findings(actor=actor_of(request), today=today_of(request), kind=kind)
    kinds = [rule.__name__ for rule in RULES]
    context = {"page": page_of(request, found, 50), "kind": kind, "kinds": kinds, "count": len(found)}
    return render(request, "oversight/findings.html", context)


@never_cache
@page_for(*READERS)
def enterprise(request: HttpRequest, uscc: str) -> HttpResponse:
    """One enterprise's use of the mark."""
    year = _year(request)
    found = enterprise_use(actor=actor_of(request), uscc=uscc, year=year)
    subjects = [f"enterprise:{found.enterprise.uscc}", *(f"authorisation:{row.code}" for row in found.authorisations)]
    context = {
        "found": found,
        "year": year,
        "years": range(today_of(request).year, 2020, -1),
        "proofs": proofs_of(subjects),
    }
    return render(request, "oversight/enterprise.html", context)
