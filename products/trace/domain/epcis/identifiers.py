"""GS1 identifiers as EPC URI or GS1 Digital Link, brought to one canonical form with their check digits looked at.

Sources: EPC Tag Data Standard 2.0 section 6 (URN forms), GS1 Digital Link URI Syntax 1.2 section 4.11 (canonical
form), CBV 2.0 section 8.9 (the finest identification alone), GS1 General Specifications 7.9.1 (check digits).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote

STEM: Final = "https://id.gs1.org/"
# What the names of the lineage hold.
MAX_LENGTH: Final = 200

# Of an EPC URN and of a Digital Link's part: characters as they are, or percent-encoded.
_SERIAL: Final = r"(?:%[0-9A-Fa-f]{2}|[!'()*+,\-.0-9:;=A-Z_a-z\"<>?])"
_URN_PART: Final = re.compile(rf"{_SERIAL}{{1,30}}")
_NUMBER: Final = re.compile(r"[0-9]+")
_ENCODED: Final = str.maketrans({"!": "%21", "(": "%28", ")": "%29", "*": "%2A", "+": "%2B", ",": "%2C", ":": "%3A"})


class Kind(Enum):
    """What an identifier names: one thing, a class or lot of things, a place or party, or something GS1 does not know."""

    INSTANCE = "instance"
    CLASS = "class"
    PLACE = "place"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Identifier:
    """`canonical` is a GS1 Digital Link under id.gs1.org, or the URI itself where it is no GS1 identifier."""

    canonical: str
    kind: Kind


class BadIdentifier(ValueError):
    """`code` is `bad_identifier` or `check_digit_fails`."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def check_digit(digits: str) -> str:
    """The check digit behind `digits`, the last of which has weight three."""
    total = 3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))
    return str(-total % 10)


@dataclass(frozen=True, slots=True)
class _Scheme:
    """A scheme of EPC URN: company prefix and reference give `digits` digits; `first` of the reference goes in front."""

    key: str
    digits: int
    kind: Kind
    indicator: bool = False
    lead: str = ""
    qualifier: str = ""
    # What follows the reference: nothing, a part of its own, or one that goes straight behind the key.
    tail: str = "none"


_URNS: Final = {
    "id:sgtin": _Scheme("01", 13, Kind.INSTANCE, indicator=True, qualifier="21", tail="part"),
    "id:upui": _Scheme("01", 13, Kind.INSTANCE, indicator=True, qualifier="235", tail="part"),
    "id:sscc": _Scheme("00", 17, Kind.INSTANCE, indicator=True),
    "id:sgln": _Scheme("414", 12, Kind.PLACE, qualifier="254", tail="part"),
    "id:pgln": _Scheme("417", 12, Kind.PLACE),
    "id:grai": _Scheme("8003", 12, Kind.INSTANCE, lead="0", tail="joined"),
    "id:gdti": _Scheme("253", 12, Kind.INSTANCE, tail="joined"),
    "id:sgcn": _Scheme("255", 12, Kind.INSTANCE, tail="joined"),
    "id:gsrn": _Scheme("8018", 17, Kind.INSTANCE),
    "id:gsrnp": _Scheme("8017", 17, Kind.INSTANCE),
    "id:gsin": _Scheme("402", 16, Kind.INSTANCE),
    "class:lgtin": _Scheme("01", 13, Kind.CLASS, indicator=True, qualifier="10", tail="part"),
    "idpat:sgtin": _Scheme("01", 13, Kind.CLASS, indicator=True, tail="any"),
    "idpat:upui": _Scheme("01", 13, Kind.CLASS, indicator=True, tail="any"),
    "idpat:grai": _Scheme("8003", 12, Kind.CLASS, lead="0", tail="any"),
    "idpat:gdti": _Scheme("253", 12, Kind.CLASS, tail="any"),
    "idpat:sgcn": _Scheme("255", 12, Kind.CLASS, tail="any"),
}
# Schemes whose key has no check digit: prefix and reference simply follow each other.
_PLAIN: Final = {"id:giai": ("8004", 30), "id:ginc": ("401", 30)}

# Short names of GS1 Digital Link 1.1, which are still met.
_SHORT: Final = {
    "gtin": "01", "itip": "8006", "cpid": "8010", "gln": "414", "party": "417", "gsrnp": "8017", "gsrn": "8018",
    "gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402", "grai": "8003", "giai": "8004",
    "cpv": "22", "lot": "10", "ser": "21",
}  # fmt: skip
# key: (shape, digits of it that end in a check digit, kind without a qualifier).
_KEYS: Final = {
    "00": (re.compile(r"[0-9]{18}"), 18, Kind.INSTANCE),
    "01": (re.compile(r"[0-9]{8}|[0-9]{12,14}"), 14, Kind.CLASS),
    "253": (re.compile(rf"[0-9]{{13}}{_SERIAL}{{0,17}}"), 13, Kind.INSTANCE),
    "255": (re.compile(r"[0-9]{13,25}"), 13, Kind.INSTANCE),
    "401": (re.compile(rf"{_SERIAL}{{1,30}}"), 0, Kind.INSTANCE),
    "402": (re.compile(r"[0-9]{17}"), 17, Kind.INSTANCE),
    "414": (re.compile(r"[0-9]{13}"), 13, Kind.PLACE),
    "417": (re.compile(r"[0-9]{13}"), 13, Kind.PLACE),
    "8003": (re.compile(rf"[0-9]{{14}}{_SERIAL}{{0,16}}"), 14, Kind.INSTANCE),
    "8004": (re.compile(rf"[0-9]{{4}}{_SERIAL}{{1,26}}"), 0, Kind.INSTANCE),
    "8006": (re.compile(r"[0-9]{18}"), 14, Kind.CLASS),
    "8010": (re.compile(r"(?:%23|%2[Ff]|[\-0-9A-Z]){1,60}"), 0, Kind.CLASS),
    "8017": (re.compile(r"[0-9]{18}"), 18, Kind.INSTANCE),
    "8018": (re.compile(r"[0-9]{18}"), 18, Kind.INSTANCE),
}
# Which qualifier identifies most finely, first; and what it makes of the kind.
_QUALIFIERS: Final = {
    "01": (("21", Kind.INSTANCE), ("235", Kind.INSTANCE), ("10", Kind.CLASS)),
    "8006": (("21", Kind.INSTANCE), ("10", Kind.CLASS)),
    "8010": (("8011", Kind.INSTANCE),),
    "414": (("254", Kind.PLACE),),
}
_ALLOWED: Final = {"01": {"22", "10", "21", "235"}, "8006": {"22", "10", "21"}, "8010": {"8011"}, "414": {"254"}}
_LENGTHS: Final = {"8003": 14, "253": 13, "255": 13}
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s\"<>\\^`{|}\x00-\x20\x7f\ud800-\udfff]+")


def identify(text: object) -> Identifier:
    """The identifier that a URI is. Raises BadIdentifier for what is none, or a GS1 key with a wrong check digit."""
    if not isinstance(text, str) or len(text) > MAX_LENGTH:
        raise BadIdentifier("bad_identifier", "no URI")
    return _identify(text)


@lru_cache(maxsize=1 << 14)
def _identify(text: str) -> Identifier:
    if text.startswith("urn:epc:"):
        return _from_urn(text)
    if _SCHEME.fullmatch(text) is None:
        raise BadIdentifier("bad_identifier", text)
    if text.startswith(("https://", "http://")):
        found = _from_link(text)
        if found is not None:
            return found
    return Identifier(text, Kind.OTHER)


def _from_urn(text: str) -> Identifier:
    # urn:epc:id:sgtin:0614141.107346.2018
    parts = text.split(":", 4)
    if len(parts) != 5:
        raise BadIdentifier("bad_identifier", text)
    name, value = f"{parts[2]}:{parts[3]}", parts[4]
    scheme = _URNS.get(name)
    if scheme is None:
        return _from_rare_urn(text, name, value)
    prefix, _dot, rest = value.partition(".")
    reference, dot, tail = rest.partition(".")
    key = _key_of(scheme, prefix, reference)
    if scheme.tail == "none":
        if dot:
            raise BadIdentifier("bad_identifier", text)
        return Identifier(key, scheme.kind)
    if scheme.tail == "any":
        if tail != "*":
            raise BadIdentifier("bad_identifier", text)
        return Identifier(key, scheme.kind)
    if _URN_PART.fullmatch(tail) is None:
        raise BadIdentifier("bad_identifier", text)
    tail = _encoded(tail)
    if scheme.tail == "joined":
        return Identifier(key + tail, scheme.kind)
    # An SGLN without extension is the place itself.
    if scheme.key == "414" and tail == "0":
        return Identifier(key, scheme.kind)
    return Identifier(f"{key}/{scheme.qualifier}/{tail}", scheme.kind)


@lru_cache(maxsize=4096)
def _key_of(scheme: _Scheme, prefix: str, reference: str) -> str:
    """The key's address with its check digit; the goods of one document have few prefixes and references."""
    digits = prefix + reference
    usual = 6 <= len(prefix) <= 12 and (reference or not scheme.indicator)
    if not usual or len(digits) != scheme.digits or not (digits.isascii() and digits.isdigit()):
        raise BadIdentifier("bad_identifier", f"{prefix}.{reference}")
    if scheme.indicator:
        digits = reference[0] + prefix + reference[1:]
    digits = scheme.lead + digits
    return f"{STEM}{scheme.key}/{digits}{check_digit(digits)}"


def _from_rare_urn(text: str, name: str, value: str) -> Identifier:
    prefix, dot, rest = value.partition(".")
    if name in _PLAIN:
        key, longest = _PLAIN[name]
        whole = prefix + rest
        if not dot or not _is_prefix(prefix) or len(whole) > longest or _URN_PART.fullmatch(rest) is None:
            raise BadIdentifier("bad_identifier", text)
        return Identifier(f"{STEM}{key}/{prefix}{_encoded(rest)}", Kind.INSTANCE)
    if name in ("id:cpi", "idpat:cpi"):
        part, dot, serial = rest.rpartition(".")
        last = serial == "*" if name == "idpat:cpi" else _NUMBER.fullmatch(serial) is not None and len(serial) <= 12
        if not dot or not last or not _is_prefix(prefix) or _KEYS["8010"][0].fullmatch(part) is None:
            raise BadIdentifier("bad_identifier", text)
        address = f"{STEM}8010/{prefix}{part}"
        return (
            Identifier(address, Kind.CLASS) if serial == "*" else Identifier(f"{address}/8011/{serial}", Kind.INSTANCE)
        )
    if name in ("id:itip", "idpat:itip"):
        reference, piece, total, serial = (*rest.split(".", 3), "", "", "", "")[:4]
        key = _key_of(_URNS["class:lgtin"], prefix, reference).replace("/01/", "/8006/")
        pieces = f"{piece}{total}"
        if not (len(piece) == len(total) == 2 and pieces.isascii() and pieces.isdigit()):
            raise BadIdentifier("bad_identifier", text)
        if serial == "*" and name == "idpat:itip":
            return Identifier(key + pieces, Kind.CLASS)
        if name == "idpat:itip" or _URN_PART.fullmatch(serial) is None:
            raise BadIdentifier("bad_identifier", text)
        return Identifier(f"{key}{pieces}/21/{_encoded(serial)}", Kind.INSTANCE)
    # Schemes of others than GS1 (DoD, ADI, BIC, IMO, GID) stay as they are.
    if _SCHEME.fullmatch(text) is None:
        raise BadIdentifier("bad_identifier", text)
    return Identifier(text, Kind.CLASS if name.startswith(("class:", "idpat:")) else Kind.OTHER)


def _encoded(part: str) -> str:
    """Percent-encoded as Digital Links are (section 7.1), however it was written before."""
    if "%" in part:
        return quote(unquote(part, errors="surrogateescape"), safe="';=", errors="surrogateescape")
    return part.translate(_ENCODED)


def _is_prefix(text: str) -> bool:
    return 6 <= len(text) <= 12 and text.isascii() and text.isdigit()


def _from_link(text: str) -> Identifier | None:
    """None where the address is no GS1 Digital Link. Under id.gs1.org whatever is not one is a mistake."""
    path = text.split("?", 1)[0].split("#", 1)[0].rstrip("/").split("/")
    for place in range(3, len(path) - 1):
        key = _SHORT.get(path[place], path[place])
        shape = _KEYS.get(key)
        if shape is None or shape[0].fullmatch(path[place + 1]) is None:
            continue
        found = _qualified(key, path[place + 1], path[place + 2 :])
        if found is not None:
            return found
    if text.startswith(STEM):
        raise BadIdentifier("bad_identifier", text)
    return None


def _qualified(key: str, value: str, rest: list[str]) -> Identifier | None:
    _shape, checked, kind = _KEYS[key]
    pairs = {_SHORT.get(name, name): part for name, part in zip(rest[::2], rest[1::2], strict=False)}
    if len(rest) % 2 or not pairs.keys() <= _ALLOWED.get(key, set()):
        return None
    if not all(_URN_PART.fullmatch(part) for part in pairs.values()):
        return None
    if key == "01":
        value = value.zfill(14)
    if checked and not _is_checked(value[:checked]):
        raise BadIdentifier("check_digit_fails", value)
    if _LENGTHS.get(key) == len(value):
        kind = Kind.CLASS
    address = f"{STEM}{key}/{value}"
    for name, finer in _QUALIFIERS.get(key, ()):
        if name in pairs:
            return Identifier(f"{address}/{name}/{_encoded(pairs[name])}", finer)
    return Identifier(address, kind)


@lru_cache(maxsize=4096)
def _is_checked(digits: str) -> bool:
    return check_digit(digits[:-1]) == digits[-1]
