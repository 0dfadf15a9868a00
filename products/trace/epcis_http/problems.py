"""Refusals as EPCIS 2.0 names them: problem documents (RFC 9457) of its exception types, with our own codes beside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpResponse

from products.errors import DomainError

_TYPES: Final[Mapping[str, str]] = {
    "epcis_invalid": "ValidationException",
    "epcis_event_refused": "ValidationException",
    "epcis_too_large": "CaptureLimitExceededException",
    "epcis_media_type": "UnsupportedMediaTypeException",
    "epcis_not_acceptable": "NotAcceptableException",
    "epcis_query_invalid": "QueryParameterException",
    "epcis_query_unknown": "QueryParameterException",
    "epcis_query_too_large": "QueryTooLargeException",
    "epcis_query_exists": "ResourceAlreadyExistsException",
    "forbidden": "SecurityException",
    "unauthenticated": "SecurityException",
    "not_found": "NoSuchResourceException",
}


def problem(status: int, code: str, text: str, errors: list[dict[str, Any]] | None = None) -> HttpResponse:
    """`errors` has one entry for each fault, with its field and code."""
    body: dict[str, Any] = {
        "type": f"epcisException:{_TYPES.get(code, 'ImplementationException')}",
        "title": code,
        "status": status,
        "detail": text,
        "code": code,
    }
    if errors:
        body["errors"] = errors
    # A name of a stranger's may hold half a surrogate pair, which no encoding has.
    content = json.dumps(body, ensure_ascii=False).encode(errors="replace")
    return HttpResponse(content, status=status, content_type="application/problem+json")


def problem_of(error: DomainError) -> HttpResponse:
    one = [{"field": error.field, "code": error.code, "text": error.text}] if error.field else None
    response = problem(error.status, error.code, error.text, error.entries or one)
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def fault_as_problem(error: Mapping[str, Any], text: str) -> dict[str, Any]:
    """One of a capture's errors, as the capture job lists it."""
    return {
        "type": "epcisException:ValidationException",
        "title": error["code"],
        "status": 400,
        "detail": text,
        "code": error["code"],
        "event": error["event"],
        "eventID": error["eventID"],
        "field": error["field"],
        "value": error["value"],
    }
