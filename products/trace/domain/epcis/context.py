"""What prefixes stand for: the part of a JSON-LD @context that names of user extensions need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

DEFAULT_CONTEXT: Final = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
# What the context of EPCIS itself declares.
DEFAULT_PREFIXES: Final[Mapping[str, str]] = {
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": "https://ref.gs1.org/cbv/",
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "gs1": "https://gs1.org/voc/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
}


def prefixes_of(context: Any, known: Mapping[str, str] = DEFAULT_PREFIXES) -> Mapping[str, str]:
    """`known` and what `context` declares in its own objects. Contexts at other addresses are never fetched."""
    found: dict[str, str] = {}
    for part in context if isinstance(context, list) else [context]:
        if not isinstance(part, dict):
            continue
        for name, meaning in part.items():
            address = meaning.get("@id") if isinstance(meaning, dict) else meaning
            # Half a surrogate pair can be hashed by nobody: what has one declares nothing.
            if isinstance(address, str) and not name.startswith("@") and _is_text(name + address):
                found[name] = address
    return {**known, **found} if found else known


def _is_text(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def expanded_name(name: str, prefixes: Mapping[str, str]) -> str:
    """`{namespace}local` of `prefix:local`; the name itself where nothing declares its prefix."""
    prefix, colon, local = name.partition(":")
    if colon and prefix in prefixes and not local.startswith("//"):
        return f"{{{prefixes[prefix]}}}{local}"
    return name


def expanded_value(value: str, prefixes: Mapping[str, str]) -> str:
    """The URI that a compact one stands for; anything else as it is."""
    prefix, colon, local = value.partition(":")
    if colon and prefix in prefixes and not local.startswith("//"):
        return f"{prefixes[prefix]}{local}"
    return value
