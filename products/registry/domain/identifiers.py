"""Numbers that organisations, standards, announcements, trademarks and goods go by.

Sources: GB 32100-2015 (统一社会信用代码), GB 11714-1997 (organisation code), GS1 General Specifications (GTIN).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from stdnum import ean
from stdnum.cn import uscc as stdnum_uscc

_USCC_LENGTH: Final = 18
# GB 32100-2015: no I, O, S, V, Z, which look like digits or each other.
_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)


class InvalidUscc(ValueError):
    """Not a code at all. `reason` is empty, wrong_length, wrong_character or division_not_digits."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class UsccVerdict(StrEnum):
    """A failed check digit is a warning: early pilot codes are lawful and fail it; a reviewer sees the licence."""

    VALID = "valid"
    CHECK_DIGIT_FAILS = "check_digit_fails"


class OrganisationKind(StrEnum):
    """What the first two characters say of the organisation; a hint, not proof."""

    COMPANY = "company"
    SOLE_TRADER = "sole_trader"
    COOPERATIVE = "cooperative"
    RURAL_COLLECTIVE = "rural_collective"
    SOCIAL_ORGANISATION = "social_organisation"
    PUBLIC_INSTITUTION = "public_institution"
    GOVERNMENT = "government"
    OTHER = "other"


_KINDS: Final = {
    "91": OrganisationKind.COMPANY,
    "92": OrganisationKind.SOLE_TRADER,
    "93": OrganisationKind.COOPERATIVE,
    "N1": OrganisationKind.RURAL_COLLECTIVE,
    "N2": OrganisationKind.RURAL_COLLECTIVE,
    "N3": OrganisationKind.RURAL_COLLECTIVE,
    "51": OrganisationKind.SOCIAL_ORGANISATION,
    "52": OrganisationKind.SOCIAL_ORGANISATION,
    "53": OrganisationKind.SOCIAL_ORGANISATION,
    "12": OrganisationKind.PUBLIC_INSTITUTION,
    "11": OrganisationKind.GOVERNMENT,
}


@dataclass(frozen=True, slots=True)
class UsccAssessment:
    """A well-formed code: `uscc` normalised; `division` is the registering office's GB/T 2260 code, not the seat's proof."""

    uscc: str
    verdict: UsccVerdict
    kind: OrganisationKind
    division: str
    organisation_code: str
    organisation_check_ok: bool


def _plain(text: str) -> str:
    """Full-width to half-width, no white space or invisible characters, upper case."""
    wide = unicodedata.normalize("NFKC", text)
    return "".join(c for c in wide if not c.isspace() and unicodedata.category(c) != "Cf").upper()


def assess_uscc(text: str) -> UsccAssessment:
    """Read a 统一社会信用代码 as people type it. Raises InvalidUscc for what can be no code."""
    code = _plain(text)
    if not code:
        raise InvalidUscc("empty", "no code given")
    for place, character in enumerate(code, start=1):
        if character not in _USCC_ALPHABET:
            raise InvalidUscc("wrong_character", f"character {place} is {character!r}, which no code contains")
    if len(code) != _USCC_LENGTH:
        raise InvalidUscc("wrong_length", f"{len(code)} characters, not {_USCC_LENGTH}")
    division = code[2:8]
    if not division.isdigit():
        raise InvalidUscc("division_not_digits", f"characters 3 to 8 are {division!r}, not a division's digits")
    # The check sum alone: the library's own `validate` also refuses codes that begin with a letter, as those of
    # rural collectives lawfully do.
    ok = stdnum_uscc.calc_check_digit(code[:-1]) == code[-1]
    organisation = code[8:17]
    return UsccAssessment(
        uscc=code,
        verdict=UsccVerdict.VALID if ok else UsccVerdict.CHECK_DIGIT_FAILS,
        kind=_KINDS.get(code[:2], OrganisationKind.OTHER),
        division=division,
        organisation_code=organisation,
        organisation_check_ok=organisation_check(organisation[:8]) == organisation[8],
    )


def organisation_check(first_eight: str) -> str:
    """The ninth character of an organisation code (GB 11714-1997, modulus 11): a digit, or X for ten."""
    total = sum(weight * int(c, 36) for weight, c in zip(_ORGANISATION_WEIGHTS, first_eight, strict=True))
    rest = (11 - total % 11) % 11
    return "X" if rest == 10 else str(rest)


@dataclass(frozen=True, slots=True)
class StandardNo:
    """A standard's number: `GB/T`, `22211`, 2008 (`year` 0 when not given); str() is the official spelling."""

    series: str
    number: str
    year: int

    def __str__(self) -> str:
        return f"{self.series} {self.number}" + (f"-{self.year}" if self.year else "")


_STANDARD: Final = re.compile(
    r"(?<![A-Z0-9/])(?P<series>(?:GB|DB\d{2,6}|NY|LY|SB|QB|SN|GH|HJ)(?:/[TZ])?|T/[A-Z]{2,10})\s*"
    r"(?P<number>\d{1,6}(?:\.\d{1,3})?)(?:\s*[-‐‑‒–—―−]\s*(?P<year>(?:19|20)\d{2}))?(?![\d.])"
)


def find_standard_nos(text: str) -> list[StandardNo]:
    """Every standard number in running text, in order."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return [
        StandardNo(found["series"], found["number"], int(found["year"] or 0)) for found in _STANDARD.finditer(plain)
    ]


def parse_standard_no(text: str) -> StandardNo:
    """One standard number and nothing else, in any usual spelling; ValueError otherwise."""
    plain = unicodedata.normalize("NFKC", text).upper().strip()
    found = _STANDARD.fullmatch(plain)
    if not found:
        raise ValueError(f"no standard number: {text!r}")
    return StandardNo(found["series"], found["number"], int(found["year"] or 0))


@dataclass(frozen=True, slots=True)
class AnnouncementNo:
    """`质检总局2010年第144号`: `year` is 0 for running numbers such as `国家知识产权局公告第354号`."""

    issuer: str
    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.issuer}{f'{self.year}年' if self.year else ''}第{self.number}号"


_ANNOUNCEMENT: Final = re.compile(
    r"(?P<issuer>[^\d第()]{2,20}?)(?:公告)?(?:(?P<year>(?:19|20)\d{2})年)?(?:公告)?第(?P<number>\d{1,5})号(?:公告)?"
)


def parse_announcement_no(text: str) -> AnnouncementNo:
    """An announcement's number; a remark in brackets after it is dropped. ValueError otherwise."""
    plain = re.sub(r"\([^)]*\)$", "", _plain(text))
    found = _ANNOUNCEMENT.fullmatch(plain)
    if not found:
        raise ValueError(f"no announcement number: {text!r}")
    return AnnouncementNo(found["issuer"], int(found["year"] or 0), int(found["number"]))


_TRADEMARK: Final = re.compile(r"(?:第)?(?P<number>G?\d{4,9}[A-Z]?)(?:号)?")
_AGI: Final = re.compile(r"AGI(?:19|20)\d{2}-\d{2}-\d{3,5}")


def parse_trademark_no(text: str) -> str:
    """A trademark registration number, `第1234567号` or bare, as 1234567; only its shape can be checked."""
    found = _TRADEMARK.fullmatch(_plain(text))
    if not found:
        raise ValueError(f"no trademark registration number: {text!r}")
    return found["number"]


def parse_agi_no(text: str) -> str:
    """The number of an agricultural indication's control specification, `AGI2012-02-869`; only its shape is checked."""
    plain = re.sub(r"[‐‑‒–—―−]", "-", _plain(text))
    if not _AGI.fullmatch(plain):
        raise ValueError(f"no AGI number: {text!r}")
    return plain


class InvalidGtin(ValueError):
    """`reason` is wrong_length, wrong_character or check_digit_fails."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


def parse_gtin(text: str) -> str:
    """A GTIN-8, -12, -13 or -14 with its check digit verified, filled with zeros to 14 digits as GS1 Digital Link wants."""
    digits = _plain(text).replace("-", "")
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidGtin("wrong_character", f"{text!r} is not all digits")
    if len(digits) not in (8, 12, 13, 14):
        raise InvalidGtin("wrong_length", f"{len(digits)} digits, not 8, 12, 13 or 14")
    if ean.calc_check_digit(digits[:-1]) != digits[-1]:
        raise InvalidGtin("check_digit_fails", f"the last digit of {digits} does not fit the others")
    return digits.zfill(14)
