"""Events as they are handed out: the characters they came in, with what the repository adds to them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from products.trace.domain.epcis.context import DEFAULT_CONTEXT
from products.trace.domain.epcis.reading import Members, members_of
from products.trace.domain.epcis.times import hashed_time


def handed_out(text: str, *, event_id: str, record_time: datetime, context: str = "") -> str:
    """The event with its id, the time it was recorded here and, where it needs one of its own, its @context.

    A record time that the sender wrote is replaced, as EPCIS 2.0 section 7.4.1.2 has it. All else keeps its characters.
    """
    added = []
    own: Members = members_of(text)
    if context and "@context" not in own:
        added.append(f'"@context":{context}')
    if "eventID" not in own:
        added.append(f'"eventID":{_text(event_id)}')
    stamp = _text(hashed_time(record_time))
    if "recordTime" in own:
        start, end = own["recordTime"]
        text = text[:start] + stamp + text[end:]
    else:
        added.append(f'"recordTime":{stamp}')
    # An event has members of its own: a comma always follows.
    return "{" + ",".join([*added, text[1:]]) if added else text


def query_document(events: Iterable[str], *, context: str, at: datetime, name: str) -> str:
    """An EPCISQueryDocument around events that are JSON already."""
    listed = ",".join(events)
    return (
        f'{{"@context":{context or _text(DEFAULT_CONTEXT)},"type":"EPCISQueryDocument","schemaVersion":"2.0",'
        f'"creationDate":{_text(hashed_time(at))},"epcisBody":{{"queryResults":{{"queryName":{_text(name)},'
        f'"resultsBody":{{"eventList":[{listed}]}}}}}}}}'
    )


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
