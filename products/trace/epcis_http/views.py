"""The addresses of EPCIS 2.0: capture, events, resources, named queries."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from products.errors import NotFound
from products.http import actor_of, now_of
from products.trace.domain.epcis.vocabulary import EVENT_TYPES
from products.trace.epcis_errors import EpcisInvalid, EpcisNotImplemented
from products.trace.epcis_http.answers import (
    address_of,
    collection,
    dumped,
    events_answer,
    job,
    next_link,
    page_token,
    parameters_in,
    per_page,
)
from products.trace.epcis_http.protocol import json_response
from products.trace.queries.epcis import PER_PAGE, find_event, find_events
from products.trace.queries.epcis_resources import captures_page, find_capture, values_page
from products.trace.services.epcis.capture import capture_document, capture_event
from products.trace.services.epcis.named import create_query, delete_query, find_query, own_queries, parameters_of

# The name of a resource and the parameter that its value is looked for with.
RESOURCES = {
    "eventTypes": "eventType",
    "epcs": "MATCH_any",
    "bizSteps": "EQ_bizStep",
    "bizLocations": "EQ_bizLocation",
    "readPoints": "EQ_readPoint",
    "dispositions": "EQ_disposition",
}


def top_level(request: HttpRequest) -> HttpResponse:
    return collection(request, ["capture", "events", "queries", *RESOURCES])


def post_capture(request: HttpRequest) -> HttpResponse:
    behaviour = request.headers.get("GS1-Capture-Error-Behaviour", "rollback").strip()
    if behaviour not in ("rollback", "proceed"):
        raise EpcisInvalid(
            _("GS1-Capture-Error-Behaviour 只能是 rollback 或 proceed。"), field="GS1-Capture-Error-Behaviour"
        )
    capture = capture_document(actor=actor_of(request), content=request.body, behaviour=behaviour, now=now_of(request))
    return HttpResponse(status=202, headers={"Location": f"/epcis/capture/{capture.code}"})


def list_captures(request: HttpRequest) -> HttpResponse:
    rows, token = captures_page(actor=actor_of(request), per_page=per_page(request), token=page_token(request))
    return json_response(dumped([job(row) for row in rows]), headers=next_link(request, token))


def read_capture(request: HttpRequest, code: UUID) -> HttpResponse:
    return json_response(dumped(job(find_capture(actor=actor_of(request), code=code))))


def post_event(request: HttpRequest) -> HttpResponse:
    event = capture_event(actor=actor_of(request), content=request.body, now=now_of(request))
    return HttpResponse(status=201, headers={"Location": address_of(event)})


def list_events(request: HttpRequest) -> HttpResponse:
    page = find_events(
        actor=actor_of(request),
        parameters=parameters_in(request),
        per_page=per_page(request),
        token=page_token(request),
    )
    return events_answer(request, page.events, token=page.next_token)


def read_event(request: HttpRequest, event_id: str) -> HttpResponse:
    # The hash's version stands behind a question mark, which not everybody encodes.
    query = request.META.get("QUERY_STRING", "")
    whole = f"{event_id}?{query}" if query.startswith("ver=") and "?" not in event_id else event_id
    rows = find_event(actor=actor_of(request), event_id=whole)
    if not rows:
        raise NotFound(_("没有这个事件，或您无权查看。"))
    return events_answer(request, rows)


def list_values(request: HttpRequest, resource: str) -> HttpResponse:
    if resource == "eventTypes":
        return collection(request, EVENT_TYPES)
    values, token = values_page(
        actor=actor_of(request), resource=resource, per_page=per_page(request), token=page_token(request)
    )
    return collection(request, values, token=token)


def read_value(request: HttpRequest, resource: str, value: str) -> HttpResponse:
    # Whether there are any events is for the next address to say: a value that is not there is no mistake.
    return collection(request, ["events"])


def list_events_of(request: HttpRequest, resource: str, value: str) -> HttpResponse:
    parameters = {**parameters_in(request), RESOURCES[resource]: [value]}
    page = find_events(
        actor=actor_of(request), parameters=parameters, per_page=per_page(request), token=page_token(request)
    )
    return events_answer(request, page.events, token=page.next_token)


def post_query(request: HttpRequest) -> HttpResponse:
    row = create_query(actor=actor_of(request), content=request.body, now=now_of(request))
    return HttpResponse(status=201, headers={"Location": f"/epcis/queries/{row.name}"})


def list_queries(request: HttpRequest) -> HttpResponse:
    rows = own_queries(actor=actor_of(request))
    return json_response(dumped([{"name": row.name, "query": row.query} for row in rows]))


def read_query(request: HttpRequest, name: str) -> HttpResponse:
    row = find_query(actor=actor_of(request), name=name)
    return json_response(dumped({"name": row.name, "query": row.query}))


def remove_query(request: HttpRequest, name: str) -> HttpResponse:
    delete_query(actor=actor_of(request), name=name)
    return HttpResponse(status=204)


def list_events_of_query(request: HttpRequest, name: str) -> HttpResponse:
    row = find_query(actor=actor_of(request), name=name)
    size = per_page(request) if "perPage" in request.GET else PER_PAGE
    page = find_events(
        actor=actor_of(request), parameters=parameters_of(row.query), per_page=size, token=page_token(request)
    )
    return events_answer(request, page.events, token=page.next_token, name=row.name)


def no_subscriptions(request: HttpRequest, **_kwargs: str) -> HttpResponse:
    raise EpcisNotImplemented(_("暂不支持订阅。请按 GE_recordTime 定时查询 /epcis/events。"))
