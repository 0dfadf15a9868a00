"""What every address under /epcis does: who asks, versions and formats, OPTIONS, refusals, headers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final

from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja.throttling import AnonRateThrottle, AuthRateThrottle

from products.access import Scope, require_scope
from products.errors import DomainError, StorageUnavailable
from products.http import actor_of
from products.trace.domain.epcis.reading import MAX_BYTES, MAX_EVENTS
from products.trace.epcis_errors import EpcisInvalid, EpcisMediaType, EpcisNotAcceptable
from products.trace.epcis_http.problems import problem, problem_of

View = Callable[..., HttpResponse]

VERSION: Final = "2.0.0"
JSON: Final = ("application/json", "application/ld+json")
_SPOKEN: Final = {"GS1-EPCIS-Version": VERSION, "GS1-CBV-Version": VERSION}
_OPTIONS: Final = {
    **_SPOKEN,
    "GS1-EPCIS-Min": VERSION,
    "GS1-EPCIS-Max": VERSION,
    "GS1-CBV-Min": VERSION,
    "GS1-CBV-Max": VERSION,
    "GS1-EPC-Format": "Never_Translates",
    "GS1-CBV-XML-Format": "Never_Translates",
    "GS1-Vendor-Version": "gi-trace-1",
}
CAPTURE_OPTIONS: Final = {
    "GS1-EPCIS-Capture-Limit": str(MAX_EVENTS),
    "GS1-EPCIS-Capture-File-Size-Limit": str(MAX_BYTES),
    "GS1-Capture-Error-Behaviour": "all",
}
_VERSION: Final = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,3}))?(?:\.[0-9]{1,3})*")
_THROTTLES: Final = (AnonRateThrottle("120/m"), AuthRateThrottle("1200/m"))


def resource(methods: Mapping[str, View], *, options: Mapping[str, str] | None = None) -> View:
    """One address: a view for each method, OPTIONS for all. Machines come with a bearer token; a session may only read."""

    @csrf_exempt
    @wraps(next(iter(methods.values())))
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            response = _answer(request, methods, options or {}, kwargs)
        except DomainError as error:
            response = problem_of(error)
        except OperationalError:
            # The database is away or busy beyond its patience; the transaction is gone, and may be repeated.
            response = problem_of(StorageUnavailable(_("系统暂时无法保存，这次没有生效。请稍后再试。")))
        except DataError:
            # PostgreSQL stores no NUL character and no number beyond its column; the checks before should have said so.
            response = problem_of(EpcisInvalid(_("请求中有无法保存的字符或过大的数字，请改正后重试。")))
        for name, value in _SPOKEN.items():
            response.setdefault(name, value)
        return response

    return answer


def _answer(
    request: HttpRequest, methods: Mapping[str, View], options: Mapping[str, str], kwargs: Mapping[str, Any]
) -> HttpResponse:
    allowed = ", ".join(["OPTIONS", *methods])
    method = request.method or ""
    actor = actor_of(request)
    has_token = "Authorization" in request.headers
    if not actor.role or (method not in ("GET", "OPTIONS") and not has_token):
        return _unauthenticated()
    request.auth = str(actor.user_id)  # type: ignore[attr-defined]
    for throttle in _THROTTLES:
        if not throttle.allow_request(request):
            response = problem(429, "too_many_requests", _("请求过于频繁，请稍后再试。"))
            response["Retry-After"] = str(int(throttle.wait() or 60))
            return response
    _check_versions(request)
    if method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": allowed, **_OPTIONS, **options})
    view = methods.get(method)
    if view is None:
        response = problem(405, "method_not_allowed", _("此地址不支持该方法。允许的方法见 Allow。"))
        response["Allow"] = allowed
        return response
    if method == "GET":
        require_scope(actor, Scope.READ)
        _check_accept(request)
    if method == "POST" and request.content_type not in JSON:
        raise EpcisMediaType(_("只接受 JSON（application/json 或 application/ld+json），不接受 XML。"))
    return view(request, **kwargs)


def _unauthenticated() -> HttpResponse:
    response = problem(401, "unauthenticated", _("请在 Authorization 中带上有效的令牌。"))
    response["WWW-Authenticate"] = "Bearer"
    return response


def _check_versions(request: HttpRequest) -> None:
    for family in ("EPCIS", "CBV"):
        exact, low, high = (_version(request, f"GS1-{family}-{end}") for end in ("Version", "Min", "Max"))
        if (exact or (2, 0)) != (2, 0) or (low or (2, 0)) > (2, 0) or (high or (2, 0)) < (2, 0):
            raise EpcisNotAcceptable(_("只支持 EPCIS 2.0 与 CBV 2.0。请修改版本头。"), field=f"GS1-{family}-Version")
    for name in ("GS1-EPC-Format", "GS1-CBV-XML-Format"):
        if request.headers.get(name, "No_Preference") not in ("No_Preference", "Never_Translates"):
            raise EpcisNotAcceptable(_("标识按采集时的写法给出，不作转换。请去掉该请求头。"), field=name)


def _version(request: HttpRequest, name: str) -> tuple[int, int] | None:
    said = request.headers.get(name)
    if said is None:
        return None
    found = _VERSION.fullmatch(said.strip())
    if found is None:
        raise EpcisNotAcceptable(_("版本头须为版本号，例如 2.0.0。"), field=name)
    return int(found[1]), int(found[2] or 0)


def _check_accept(request: HttpRequest) -> None:
    if not any(request.accepts(kind) for kind in JSON):
        raise EpcisNotAcceptable(_("只提供 JSON。请在 Accept 中写 application/json 或 application/ld+json。"))


def json_response(text: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="application/json", headers=dict(headers or {}))
