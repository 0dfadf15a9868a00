"""The API under /api/v1: its routers, and how every refusal becomes problem+json (RFC 9457)."""

from __future__ import annotations

import json
import logging
from typing import Any

from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.throttling import AnonRateThrottle, AuthRateThrottle

from gi_trace.auth import SessionAuth, TokenAuth
from products.errors import DomainError, StorageUnavailable

log = logging.getLogger("gi_trace.api")

api = NinjaAPI(
    title="GI Trace",
    version="1.0.0",
    description="地理标志产品登记、批次、标签、扫码与账本。Registry, batches, labels, scans and ledger.",
    auth=[TokenAuth(), SessionAuth()],
    throttle=[AnonRateThrottle("120/m"), AuthRateThrottle("1200/m")],
    urls_namespace="api",
)


def problem(status: int, code: str, text: str, errors: list[dict[str, Any]] | None = None) -> HttpResponse:
    """A problem document; `errors` has one entry for each field or row at fault."""
    body: dict[str, Any] = {"type": f"urn:gi-trace:{code}", "title": code, "status": status, "code": code}
    body["detail"] = text
    if errors:
        body["errors"] = errors
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json")


@api.exception_handler(DomainError)
def on_refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    one = [{"field": error.field, "code": error.code, "text": error.text}] if error.field else None
    response = problem(error.status, error.code, error.text, error.entries or one)
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    return response


def storage_failure(error: OperationalError) -> StorageUnavailable:
    """The database is away, busy beyond its patience or out of disk: the transaction is gone, and may be repeated."""
    log.error("the database failed: %s", error)
    return StorageUnavailable(_("系统暂时无法保存，这次没有生效。请稍后再试。"))


@api.exception_handler(OperationalError)
def on_storage_failure(request: HttpRequest, error: OperationalError) -> HttpResponse:
    return on_refusal(request, storage_failure(error))


@api.exception_handler(ValidationError)
def on_bad_shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {"field": ".".join(str(part) for part in item["loc"][1:]), "code": item["type"], "text": item["msg"]}
        for item in error.errors
    ]
    return problem(422, "invalid_input", _("有字段缺失或格式不对，请按 errors 逐项改正。"), errors)


@api.exception_handler(DataError)
def on_unstorable(request: HttpRequest, error: DataError) -> HttpResponse:
    """PostgreSQL stores no NUL character and no number beyond its column: nobody types these by accident."""
    return problem(422, "invalid_input", _("请求中有无法保存的字符或过大的数字，请改正后重试。"))


@api.exception_handler(Http404)
def on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, "not_found", _("没有这条记录，或您无权查看。"))


@api.exception_handler(AuthenticationError)
def on_anonymous(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = problem(401, "unauthenticated", _("请先登录，或在 Authorization 中带上有效的令牌。"))
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Throttled)
def on_throttled(request: HttpRequest, error: Throttled) -> HttpResponse:
    response = problem(429, "too_many_requests", _("请求过于频繁，请稍后再试。"))
    response["Retry-After"] = str(int(error.wait or 60))
    return response


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    code = {400: "bad_request", 403: "csrf_failed"}.get(error.status_code, "http_error")
    return problem(error.status_code, code, str(error))


for module in (
    "accounts.api",
    "registry.api.public",
    "registry.api.office",
    "registry.api.standards",
    "registry.api.standard_steps",
    "trace.api.batches",
    "trace.api.imports",
    "trace.api.lab_reports",
    "trace.api.exchange",
    "trace.api.certificates",
    "trace.api.growers",
    "trace.api.plots",
    "trace.api.batch_plots",
    "trace.api.lots",
    "trace.api.recalls",
    "trace.api.recall_consignees",
    "labels.api",
    "scans.api",
    "scans.recall_api",
    "oversight.api",
    "oversight.balance_api",
    "oversight.evidence_api",
):
    api.add_router("", f"products.{module}.router")
