"""What may stand in a field of an event, whichever field that is: each check raises EventFault with the field's path."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

from products.trace.domain.epcis.faults import EventFault
from products.trace.domain.epcis.identifiers import BadIdentifier, identify
from products.trace.domain.epcis.times import OFFSET, read_time
from products.trace.domain.epcis.vocabulary import ACTIONS, Words

Check = Callable[[Any, str], None]


def is_object(value: Any, path: str) -> None:
    if not isinstance(value, dict):
        raise EventFault("bad_value", path, value)


def is_list(value: Any, path: str) -> None:
    if not isinstance(value, list):
        raise EventFault("bad_value", path, value)


def is_uri(value: Any, path: str) -> None:
    try:
        identify(value)
    except BadIdentifier as error:
        raise EventFault(error.code, path, value) from None


def are_uris(value: Any, path: str) -> None:
    is_list(value, path)
    for place, each in enumerate(value):
        is_uri(each, f"{path}[{place}]")


def is_uri_or_uris(value: Any, path: str) -> None:
    (are_uris if isinstance(value, list) else is_uri)(value, path)


def is_time(value: Any, path: str) -> None:
    try:
        read_time(value)
    except ValueError:
        raise EventFault("bad_time", path, value) from None


def is_event_time(value: Any, path: str) -> None:
    if not isinstance(value, str):
        raise EventFault("bad_event_time", path, value)


def is_offset(value: Any, path: str) -> None:
    if not isinstance(value, str) or OFFSET.fullmatch(value) is None:
        raise EventFault("bad_offset", path, value)


def is_number(value: Any, path: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise EventFault("bad_value", path, value)


def is_quantity(value: Any, path: str) -> None:
    is_number(value, path)
    if value < 0:
        raise EventFault("bad_value", path, value)


def is_boolean(value: Any, path: str) -> None:
    if not isinstance(value, bool):
        raise EventFault("bad_value", path, value)


def is_text(value: Any, path: str) -> None:
    if not isinstance(value, str) or not _is_storable(value):
        raise EventFault("bad_value", path, value)


def _is_storable(text: str) -> bool:
    # A NUL is stored by no column, half of a surrogate pair by no encoding.
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def is_word(words: Words, code: str) -> Check:
    def check(value: Any, path: str) -> None:
        if not isinstance(value, str) or len(value) > 200 or not words.bare(value):
            raise EventFault(code, path, value)
        if ":" in value:
            is_uri(value, path)

    return check


def is_action(value: Any, path: str) -> None:
    if not isinstance(value, str) or value not in ACTIONS:
        raise EventFault("bad_action", path, value)


def has_members(known: Mapping[str, Check], *, required: Collection[str] = (), closed: bool = False) -> Check:
    """An object with these members; `closed` where it has no room for names of others."""

    def check(value: Any, path: str) -> None:
        is_object(value, path)
        for name, each in value.items():
            if name in known:
                known[name](each, f"{path}.{name}")
            elif closed:
                raise EventFault("unknown_field", f"{path}.{name}")
        for name in required:
            if name not in value:
                raise EventFault("field_missing", f"{path}.{name}")

    return check


def each_one(check: Check) -> Check:
    def check_all(value: Any, path: str) -> None:
        is_list(value, path)
        for place, each in enumerate(value):
            check(each, f"{path}[{place}]")

    return check_all


def not_empty(check: Check) -> Check:
    def check_all(value: Any, path: str) -> None:
        check(value, path)
        if not value:
            raise EventFault("field_missing", path)

    return check_all
