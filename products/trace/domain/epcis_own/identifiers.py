"""How our own things are called in EPCIS events."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

# Where GS1 resolves identifiers whose brand owner runs no resolver of its own (GS1 Digital Link URI Syntax 1.3).
DIGITAL_LINK: Final = "https://id.gs1.org"


def lot_class(*, code: str, gtin: str, lot: str) -> str:
    """The class-level identifier of a lot: GTIN and lot as a Digital Link, or the UUID of a lot without a GTIN.

    A GTIN and a lot are what others read on the pack; a UUID is a URN that CBV 2.0 admits for classes (section 8.3).
    """
    if not gtin:
        return f"urn:uuid:{code}"
    return f"{DIGITAL_LINK}/01/{gtin.zfill(14)}/10/{quote(lot, safe='')}"


def party(base: str, uscc: str) -> str:
    """An organisation, and the place it works at, by its 统一社会信用代码: the address of its page in the register."""
    return f"{base}/enterprises/{uscc}"


def run_document(base: str, run: str) -> str:
    """The issue of a run of labels, as a business document."""
    return f"{base}/label-runs/{run}"


def public_batch(base: str, code: str) -> str:
    """The page on which anybody sees a batch and its certificate."""
    return f"{base}/b/{code}"


def statement(base: str, index: int) -> str:
    """The entry of the log that an event was made from."""
    return f"{base}/ledger/entries/{index}"


def namespace(base: str) -> str:
    """What the prefix `gi:` stands for."""
    return f"{base}/epcis/vocabulary#"


def context_address(base: str) -> str:
    """Where the JSON-LD context of the vocabulary lies."""
    return f"{base}/epcis/context/gi.jsonld"
