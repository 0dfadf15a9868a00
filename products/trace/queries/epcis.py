"""Finding captured events: the standard query parameters of EPCIS 2.0 (section 8.2.7.1), and pages of what they give."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from products.access import Actor
from products.trace.domain.epcis.identifiers import BadIdentifier, Kind, identify
from products.trace.domain.epcis.times import read_time
from products.trace.domain.epcis.vocabulary import ACTIONS, BIZ_STEPS, DISPOSITIONS, EVENT_TYPES, Words
from products.trace.epcis_errors import EpcisQueryInvalid, EpcisQueryTooLarge, EpcisQueryUnknown
from products.trace.models.epcis import EpcisEvent, EpcisEventEpc

PER_PAGE: Final = 30
MAX_PER_PAGE: Final = 1_000
# Values of one parameter: more is a document of its own.
MAX_VALUES: Final = 500
_LATEST: Final = datetime(9999, 12, 31, tzinfo=UTC)

Parameters = Mapping[str, Sequence[str]]
Events = QuerySet[EpcisEvent]


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """What an answer needs of an event; `context` is the JSON text of its document's @context. `key` stays here."""

    key: int
    event_id: str
    text: str
    event_time: datetime
    record_time: datetime
    context: str


# Not whole rows: for the few events of one thing, making them takes longer than finding them.
_COLUMNS: Final = ("pk", "event_id", "text", "event_time", "record_time", "capture__context")


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events in their order; `next_token` leads to those that follow, "" where there are none."""

    events: Sequence[FoundEvent]
    next_token: str = ""


@dataclass(slots=True)
class _Frame:
    """What a query says beside its conditions."""

    order_by: str = ""
    column: str = "event_time"
    descending: bool = True
    limit: int = 0
    at_most: int = 0
    seen: set[str] = field(default_factory=set)


def find_events(*, actor: Actor, parameters: Parameters, per_page: int = PER_PAGE, token: str = "") -> EventPage:
    """A page of the events that the actor may see and that meet every parameter.

    Raises EpcisQueryUnknown, EpcisQueryInvalid or EpcisQueryTooLarge.
    """
    found, frame = _conditions(EpcisEvent.objects.visible_to(actor), parameters)
    if frame.at_most and len(found.order_by()[: frame.at_most + 1].values_list("pk")) > frame.at_most:
        raise EpcisQueryTooLarge(_("结果多于 maxEventCount。请缩小查询范围，或调大 maxEventCount。"))
    size = max(1, min(per_page, MAX_PER_PAGE))
    given = 0
    if token:
        moment, key, given = _read_token(token, frame)
        before, after = (f"{frame.column}__lt", "pk__lt") if frame.descending else (f"{frame.column}__gt", "pk__gt")
        found = found.filter(Q(**{before: moment}) | Q(**{frame.column: moment, after: key}))
    if frame.limit:
        size = min(size, frame.limit - given)
    sign = "-" if frame.descending else ""
    ordered = found.order_by(f"{sign}{frame.column}", f"{sign}pk").values_list(*_COLUMNS)
    rows = [FoundEvent(*row) for row in ordered[: size + 1]]
    is_more = len(rows) > size and not (frame.limit and given + size >= frame.limit)
    rows = rows[:size]
    return EventPage(rows, _token(rows[-1], frame, given + len(rows)) if is_more and rows else "")


def find_event(*, actor: Actor, event_id: str) -> Sequence[FoundEvent]:
    """The events of an id: one's own before others', an error declaration after what it declares wrong."""
    found = EpcisEvent.objects.visible_to(actor).filter(event_id=event_id)
    rows = list(found.values_list("enterprise_id", "enterprise__uscc", *_COLUMNS))
    rows.sort(key=lambda row: (row[1] != actor.uscc, row[2]))
    return [FoundEvent(*row[2:]) for row in rows if row[0] == rows[0][0]]


def check_query(parameters: Parameters) -> None:
    """Raises what running the query would raise for its parameters."""
    _conditions(EpcisEvent.objects.none(), parameters)


def _conditions(events: Events, parameters: Parameters) -> tuple[Events, _Frame]:
    frame = _Frame()
    for name, values in parameters.items():
        if len(values) > MAX_VALUES or not values:
            raise _wrong(name)
        if name in _FRAME:
            if len(values) != 1:
                raise _wrong(name)
            _FRAME[name](frame, values[0])
        elif name in _FILTERS:
            events = events.filter(_FILTERS[name](name, values))
        else:
            raise EpcisQueryUnknown(_("不支持查询参数 %(name)s。") % {"name": name[:80]}, field=name[:80])
    if frame.limit and (frame.at_most or not frame.order_by):
        raise EpcisQueryInvalid(
            _("eventCountLimit 须与 orderBy 同用，且不能与 maxEventCount 同用。"), field="eventCountLimit"
        )
    return events, frame


def _wrong(name: str) -> EpcisQueryInvalid:
    return EpcisQueryInvalid(
        _("查询参数 %(name)s 的值无效。请按 EPCIS 2.0 填写。") % {"name": name[:80]}, field=name[:80]
    )


def _order_by(frame: _Frame, value: str) -> None:
    if value not in ("eventTime", "recordTime"):
        raise _wrong("orderBy")
    frame.order_by, frame.column = value, {"eventTime": "event_time", "recordTime": "record_time"}[value]


def _direction(frame: _Frame, value: str) -> None:
    if value not in ("ASC", "DESC"):
        raise _wrong("orderDirection")
    frame.descending = value == "DESC"


def _count(name: str, attribute: str) -> Callable[[_Frame, str], None]:
    def read(frame: _Frame, value: str) -> None:
        if not (value.isascii() and value.isdigit() and len(value) < 10 and int(value) > 0):
            raise _wrong(name)
        setattr(frame, attribute, int(value))

    return read


_FRAME: Final[Mapping[str, Callable[[_Frame, str], None]]] = {
    "orderBy": _order_by,
    "orderDirection": _direction,
    "eventCountLimit": _count("eventCountLimit", "limit"),
    "maxEventCount": _count("maxEventCount", "at_most"),
}
Filter = Callable[[str, Sequence[str]], Q]


def _one_of(column: str, allowed: frozenset[str]) -> Filter:
    def condition(name: str, values: Sequence[str]) -> Q:
        if not allowed.issuperset(values):
            raise _wrong(name)
        return Q(**{f"{column}__in": values})

    return condition


def _time(column: str) -> Filter:
    def condition(name: str, values: Sequence[str]) -> Q:
        try:
            (text,) = values
            # A plus sign that was not encoded arrives as a space.
            moment = read_time(text.strip().replace(" ", "+"))
        except ValueError:
            raise _wrong(name) from None
        return Q(**{f"{column}__{'gte' if name.startswith('GE_') else 'lt'}": moment})

    return condition


def _word(column: str, words: Words) -> Filter:
    def condition(name: str, values: Sequence[str]) -> Q:
        bare = [words.bare(value) for value in values]
        if not all(bare):
            raise _wrong(name)
        return Q(**{f"{column}__in": bare})

    return condition


def _canonical(name: str, value: str) -> tuple[str, Kind]:
    try:
        found = identify(value)
    except BadIdentifier:
        raise _wrong(name) from None
    return found.canonical, found.kind


def _place(column: str) -> Filter:
    def condition(name: str, values: Sequence[str]) -> Q:
        places = [_canonical(name, value)[0] for value in values]
        found = Q(**{f"{column}__in": places})
        if name.startswith("WD_"):
            # A GLN with an extension lies within the GLN; other places we know no parts of.
            for place in places:
                found |= Q(**{f"{column}__startswith": f"{place}/254/"})
        return found

    return condition


def _match(*fields: str) -> Filter:
    """Events that name one of the identifiers in one of the fields; a class stands for its things and lots, too."""

    def condition(name: str, values: Sequence[str]) -> Q:
        exact, classes = [], []
        for value in values:
            canonical, kind = _canonical(name, value)
            exact.append(canonical)
            if kind is Kind.CLASS and value.startswith("urn:epc:idpat:"):
                classes.append(canonical)
        wanted = Q(epc__in=exact)
        for canonical in classes:
            # GRAI, GDTI and GCN have their serial number straight behind the type.
            wanted |= Q(epc__startswith=canonical if "/01/" not in canonical else f"{canonical}/")
        return Q(pk__in=EpcisEventEpc.objects.filter(wanted, field__in=fields).order_by().values("event_id"))

    return condition


def _event_ids(name: str, values: Sequence[str]) -> Q:
    return Q(event_id__in=values)


def _is_error(name: str, values: Sequence[str]) -> Q:
    if list(values) not in (["true"], ["false"]):
        raise _wrong(name)
    return Q(is_error=values[0] == "true")


_ANY: Final = ("epcList", "childEPCs", "parentID", "inputEPCList", "outputEPCList")
_ANY_CLASS: Final = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
ALL_FIELDS: Final = (*_ANY, *_ANY_CLASS)
_FILTERS: Final[Mapping[str, Filter]] = {
    "eventType": _one_of("type", frozenset(EVENT_TYPES)),
    **dict.fromkeys(("GE_eventTime", "LT_eventTime"), _time("event_time")),
    **dict.fromkeys(("GE_recordTime", "LT_recordTime"), _time("record_time")),
    "EQ_action": _one_of("action", ACTIONS),
    "EQ_bizStep": _word("biz_step", BIZ_STEPS),
    "EQ_disposition": _word("disposition", DISPOSITIONS),
    **dict.fromkeys(("EQ_readPoint", "WD_readPoint"), _place("read_point")),
    **dict.fromkeys(("EQ_bizLocation", "WD_bizLocation"), _place("biz_location")),
    "EQ_transformationID": _match("transformationID"),
    "EQ_eventID": _event_ids,
    "EXISTS_errorDeclaration": _is_error,
    "MATCH_epc": _match("epcList", "childEPCs"),
    "MATCH_parentID": _match("parentID"),
    "MATCH_inputEPC": _match("inputEPCList"),
    "MATCH_outputEPC": _match("outputEPCList"),
    "MATCH_anyEPC": _match(*_ANY),
    "MATCH_epcClass": _match("quantityList", "childQuantityList"),
    "MATCH_inputEPCClass": _match("inputQuantityList"),
    "MATCH_outputEPCClass": _match("outputQuantityList"),
    "MATCH_anyEPCClass": _match(*_ANY_CLASS),
    # Ours, behind /epcis/epcs/<epc>/events: things and classes alike.
    "MATCH_any": _match(*ALL_FIELDS),
}


def _token(row: FoundEvent, frame: _Frame, given: int) -> str:
    moment = getattr(row, frame.column)
    return _encode([frame.column, moment.isoformat(), row.key, given])


def _encode(parts: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _read_token(token: str, frame: _Frame) -> tuple[datetime, int, int]:
    try:
        column, moment, key, given = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if column != frame.column or type(key) is not int or type(given) is not int or not 0 < key < 1 << 62:
            raise ValueError("of another query")
        found = datetime.fromisoformat(moment).astimezone(UTC)
        if not 0 <= given < 1 << 62:
            raise ValueError("no time")
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError) as error:
        raise EpcisQueryInvalid(_("nextPageToken 无效。请使用上一页 Link 中的地址。"), field="nextPageToken") from error
    return found, key, given
