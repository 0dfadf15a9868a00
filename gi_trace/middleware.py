"""Around every request: a log line, one effect for one key, refusals as pages."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from gi_trace.api import problem, storage_failure
from gi_trace.uploads import body_of
from products.accounts.services import idempotency
from products.errors import DomainError
from products.http import actor_of, now_of
from products.trace.epcis_http.problems import problem_of

Handler = Callable[[HttpRequest], HttpResponse]
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
# Other logs post here (c2sp.org/tlog-witness). The witness answers only after a commit of its own, which a transaction
# around the request would put off, and an answer from before must never be replayed: what it cosigned may have grown.
WITNESS = "/ledger/witness/add-checkpoint"
log = logging.getLogger("gi_trace.requests")


class RequestLog:
    """One line for each request. Of a scan address only the form is logged, never the code."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.handler(request)
        match = request.resolver_match
        log.info(
            "request",
            extra={
                "event": {
                    "method": request.method,
                    "route": match.route if match else "",
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - start) * 1000, 1),
                }
            },
        )
        return response


class NoNulls:
    """An address with a NUL character is a probe, and PostgreSQL cannot even look it up."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return problem(400, "bad_request", _("网址中有不允许的字符，请核对后重试。"))
        return self.handler(request)


class LanguageLink:
    """`?lang=en` shows the page in that language and remembers it: a plain link, no script, no form."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = request.GET.get("lang", "")
        known = language in dict(settings.LANGUAGES)
        if known:
            request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = language
        response = self.handler(request)
        if known:
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax")
        return response


class Idempotency:
    """A POST with an Idempotency-Key (or a form's hidden key) takes effect once for each user and key."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == WITNESS:
            return self.handler(request)
        try:
            # A multipart body can be read as bytes only before it is read as fields.
            body = body_of(request) if request.method == "POST" else b""
        except DomainError as error:
            return refuse(request, error)
        fields = request.POST if request.content_type in FORMS else None
        key = self._key(request, fields)
        user_id = actor_of(request).user_id if key else None
        if user_id is None:
            return self.handler(request)
        # A browser that sends a form again draws a new boundary: what counts is the fields.
        said = body if fields is None else self._said(fields, request)
        digest = idempotency.request_digest(request.method or "", request.get_full_path(), said)
        try:
            with transaction.atomic():
                row, is_new = idempotency.claim(user_id=user_id, key=key, digest=digest, now=now_of(request))
                if not is_new:
                    return idempotency.replay(row)
                response = self.handler(request)
                if response.status_code >= 400 or response.streaming:
                    # A refusal wrote nothing and may be tried again with the same key.
                    transaction.set_rollback(True)
                else:
                    idempotency.remember(row, response)
                return response
        except (DomainError, OperationalError) as error:
            # The commit itself may fail, after the view has answered.
            return refuse(request, error)

    @staticmethod
    def _key(request: HttpRequest, fields: QueryDict | None) -> str:
        if request.method != "POST":
            return ""
        return request.headers.get("Idempotency-Key", "") or (fields.get("idempotency_key", "") if fields else "")

    @staticmethod
    def _said(fields: QueryDict, request: HttpRequest) -> bytes:
        files = sorted(
            (name, file.name or "", file.size) for name in request.FILES for file in request.FILES.getlist(name)
        )
        said = {name: values for name, values in fields.lists() if name != "csrfmiddlewaretoken"}
        return repr((sorted(said.items()), files)).encode()


def refuse(request: HttpRequest, error: DomainError | OperationalError) -> HttpResponse:
    """A refusal as people or machines read it."""
    if isinstance(error, OperationalError):
        error = storage_failure(error)
    if request.path.startswith("/epcis/"):
        return problem_of(error)
    if request.path.startswith("/api/"):
        response = problem(error.status, error.code, error.text)
    else:
        response = render(request, "refusal.html", {"error": error}, status=error.status)
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    return response


class Refusals:
    """A DomainError that a view did not turn into a form error becomes a page that says what to do."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.handler(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refuse(request, error) if isinstance(error, DomainError | OperationalError) else None
