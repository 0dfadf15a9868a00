"""EPCIS documents and single events as they are sent."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.trace.domain.epcis.context import prefixes_of
from products.trace.domain.epcis.events import parse
from products.trace.domain.epcis.faults import DocumentFault
from products.trace.domain.epcis.reading import read_document, read_event
from products.trace.epcis_errors import EpcisEventRefused, EpcisInvalid, EpcisTooLarge
from products.trace.models.epcis import EpcisCapture, EpcisEvent
from products.trace.services.epcis.store import ROLLBACK, store_events
from products.trace.services.epcis.words import in_words

_TOO_LARGE = frozenset({"too_large", "too_many_events"})


def capture_document(*, actor: Actor, content: bytes, behaviour: str, now: datetime) -> EpcisCapture:
    """Capture an EPCISDocument; whatever is kept is kept when this returns, with the errors of the other events.

    Raises Forbidden, EpcisInvalid or EpcisTooLarge, having written nothing.
    """
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    try:
        document = read_document(content)
    except DocumentFault as fault:
        raise _refusal(fault) from fault
    return store_events(actor=actor, events=document.events, context=document.context, behaviour=behaviour, now=now)


@transaction.atomic
def capture_event(*, actor: Actor, content: bytes, now: datetime) -> EpcisEvent:
    """Capture one event; the same event again gives the one that is there.

    Raises as `capture_document`, and EpcisEventRefused with the event's fault.
    """
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    try:
        event = read_event(content)
    except DocumentFault as fault:
        raise _refusal(fault) from fault
    capture = store_events(actor=actor, events=[event], behaviour=ROLLBACK, now=now)
    if capture.errors:
        refusal = EpcisEventRefused(_("事件有误，未采集。请按 errors 逐项改正后重新发送。"))
        refusal.entries = [
            {"field": error["field"], "code": error["code"], "text": in_words(error["code"])}
            for error in capture.errors
        ]
        raise refusal
    if capture.kept_count:
        return EpcisEvent.objects.get(capture=capture)
    return _known(actor, content, now)


def _known(actor: Actor, content: bytes, now: datetime) -> EpcisEvent:
    """The event that was there already, whoever of the enterprise sent it."""
    event = parse(read_event(content), prefixes=prefixes_of(None), now=now)
    return EpcisEvent.objects.get(event_id=event.event_id, enterprise__uscc=actor.uscc, is_error=event.is_error)


def _refusal(fault: DocumentFault) -> EpcisInvalid | EpcisTooLarge:
    text = in_words(fault.code)
    refusal = EpcisTooLarge(text) if fault.code in _TOO_LARGE else EpcisInvalid(text)
    refusal.entries = [{"field": "", "code": fault.code, "text": fault.detail or text}]
    return refusal
