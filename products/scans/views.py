"""The consumer's pages: the answer to a scan, and reports."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from products.errors import DomainError
from products.http import now_of
from products.labels.domain.unit_code import format_unit_code
from products.proofs import pinned_policy
from products.scans import presentation, queries
from products.scans.errors import NotACode
from products.scans.forms import ReportForm
from products.scans.services.complaints import file_complaint
from products.scans.services.scans import answer_scan, read_code
from products.scans.services.visitors import Visitor
from products.scans.wording import REASONS, VERDICTS


def visitor_of(request: HttpRequest) -> Visitor:
    """What the request tells about the visitor; headers count only where the deployment trusts them."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.ADDRESS_HEADER:
        # The last address is the proxy's own finding; what stands before it came from the visitor.
        address = request.headers.get(settings.ADDRESS_HEADER, address).rpartition(",")[2].strip()
    region = request.headers.get(settings.REGION_HEADER, "") if settings.REGION_HEADER else ""
    known = len(region) == 6 and region.isascii() and region.isdigit()
    return Visitor(
        address=address,
        agent=request.headers.get("User-Agent", "")[:400],
        region=f"{region[:4]}00" if known else "",
    )


def is_counted(request: HttpRequest) -> bool:
    """A HEAD request or a browser's prefetch is nobody looking."""
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return request.method == "GET" and "prefetch" not in purpose


def wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


@never_cache
@require_safe
def scan(request: HttpRequest, code: str) -> HttpResponse:
    """The answer to a code, as a page or as JSON."""
    try:
        answer = answer_scan(
            text=code, visitor=visitor_of(request), now=now_of(request), is_counted=is_counted(request)
        )
    except NotACode as error:
        if wants_json(request):
            return JsonResponse(
                {"code": code[:80], "error": {"code": error.code, "text": error.text}}, status=error.status
            )
        return render(request, "scans/not_a_code.html", {"text": code[:80], "error": error}, status=error.status)
    if wants_json(request):
        return JsonResponse(presentation.as_json(answer), status=answer.status)
    # Functions are called by the parts that need them, which are rendered seldom.
    context = {
        "answer": answer,
        "words": VERDICTS[answer.verdict],
        "reasons": [REASONS[reason] for reason in answer.reasons],
        "checks": partial(presentation.run_checks, answer),
        "unit_checks": presentation.unit_checks(answer),
        "place": partial(presentation.place, answer),
        "seen_region": presentation.seen_region(answer),
        "lab": partial(presentation.laboratory, answer),
        "stop": presentation.stop(answer),
        "told": partial(presentation.told, answer),
        "policy": pinned_policy(),
    }
    return render(request, "scans/scan.html", context, status=answer.status)


@require_safe
def scan_form(request: HttpRequest) -> HttpResponse:
    """Type a code by hand."""
    text = request.GET.get("code", "")
    if not text:
        return render(request, "scans/scan_form.html")
    try:
        return redirect("scan", code=format_unit_code(read_code(text)))
    except NotACode as error:
        return render(request, "scans/scan_form.html", {"text": text[:80], "error": error}, status=error.status)


@never_cache
def report(request: HttpRequest, code: str) -> HttpResponse:
    """Report what is wrong with a pack; needs no account."""
    plain = format_unit_code(read_code(code))
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if data["website"]:
            return redirect("scan", code=plain)
        try:
            complaint = file_complaint(
                code_text=plain,
                text=f"{data['kind']}：{data['text']}",
                bought_at=data["bought_at"],
                contact=data["contact"],
                visitor=visitor_of(request),
                now=now_of(request),
            )
            return redirect("report-status", number=complaint.number)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.text)
    return render(request, "scans/report.html", {"form": form, "code": plain}, status=422 if form.errors else 200)


@never_cache
@require_safe
def report_status(request: HttpRequest, number: str) -> HttpResponse:
    """How far a report is, for whoever knows its number."""
    return render(request, "scans/report_status.html", {"complaint": queries.followed_complaint(number)})
