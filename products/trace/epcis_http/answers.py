"""Rows as EPCIS 2.0 hands them out: query documents, collections, capture jobs, links to the next page."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from products.http import now_of
from products.trace.domain.epcis.context import DEFAULT_CONTEXT
from products.trace.domain.epcis.times import hashed_time
from products.trace.domain.epcis.writing import handed_out, query_document
from products.trace.epcis_errors import EpcisQueryInvalid
from products.trace.epcis_http.problems import fault_as_problem
from products.trace.epcis_http.protocol import json_response
from products.trace.models.epcis import EpcisCapture, EpcisEvent
from products.trace.queries.epcis import MAX_PER_PAGE, PER_PAGE, FoundEvent, Parameters
from products.trace.services.epcis.words import in_words

# Of an address that we take; a longer list of identifiers is a named query.
MAX_QUERY: Final = 16_000
_PAGING: Final = ("perPage", "nextPageToken")


def parameters_in(request: HttpRequest) -> Parameters:
    """The query's parameters without those of paging; lists are divided by | or repeated. Raises EpcisQueryInvalid."""
    if len(request.META.get("QUERY_STRING", "")) > MAX_QUERY:
        raise EpcisQueryInvalid(_("查询过长。请改用命名查询（POST /epcis/queries）。"))
    return {
        name: [part for value in values for part in value.split("|")]
        for name, values in request.GET.lists()
        if name not in _PAGING
    }


def per_page(request: HttpRequest) -> int:
    text = request.GET.get("perPage", str(PER_PAGE))
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text) > 0):
        raise EpcisQueryInvalid(_("perPage 须为正整数，最大 1000。"), field="perPage")
    return min(int(text), MAX_PER_PAGE)


def page_token(request: HttpRequest) -> str:
    return request.GET.get("nextPageToken", "")


def next_link(request: HttpRequest, token: str) -> dict[str, str]:
    """The header of a page that others follow."""
    if not token:
        return {}
    query = [(name, value) for name, values in request.GET.lists() for value in values if name != "nextPageToken"]
    address = request.build_absolute_uri(request.path) + "?" + urlencode([*query, ("nextPageToken", token)], safe="|")
    return {"Link": f'<{address}>; rel="next"'}


def events_answer(
    request: HttpRequest, rows: Sequence[FoundEvent], *, token: str = "", name: str = "SimpleEventQuery"
) -> HttpResponse:
    """The document's @context is the most frequent one of its events; an event of another carries its own."""
    contexts = Counter(row.context for row in rows if row.context)
    common = contexts.most_common(1)[0][0] if contexts else json.dumps(DEFAULT_CONTEXT)
    events = [
        handed_out(
            row.text,
            event_id=row.event_id,
            record_time=row.record_time,
            context="" if row.context in (common, "") else row.context,
        )
        for row in rows
    ]
    text = query_document(events, context=common, at=now_of(request), name=name)
    return json_response(text, headers=next_link(request, token))


def collection(request: HttpRequest, members: Sequence[str], *, token: str = "") -> HttpResponse:
    body = {"@context": DEFAULT_CONTEXT, "type": "Collection", "member": list(members)}
    return json_response(json.dumps(body, ensure_ascii=False), headers=next_link(request, token))


def job(capture: EpcisCapture) -> dict[str, Any]:
    """A capture job as EPCIS 2.0 has it, and the counts beside. The work is done before the capture is answered."""
    body: dict[str, Any] = {
        "captureID": str(capture.code),
        "createdAt": _stamp(capture.at),
        "running": capture.finished_at is None,
        "success": not capture.error_count,
        "captureErrorBehaviour": capture.behaviour,
        "errors": [fault_as_problem(error, in_words(error["code"])) for error in capture.errors],
        "eventsReceived": capture.sent_count,
        "eventsCaptured": capture.kept_count,
        "eventsKnown": capture.known_count,
        "eventsRefused": capture.error_count,
    }
    if capture.finished_at:
        body["finishedAt"] = _stamp(capture.finished_at)
    return body


def _stamp(moment: datetime) -> str:
    return hashed_time(moment)


def address_of(event: EpcisEvent) -> str:
    return f"/epcis/events/{quote(event.event_id, safe='')}"


def dumped(value: Mapping[str, Any] | Sequence[Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
