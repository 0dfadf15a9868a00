"""What the log holds of an event instead of the event."""

from __future__ import annotations

import hashlib


def text_digest(text: str) -> str:
    """SHA-256 of a text as it was received; "" of none."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def concern_digest(uscc: str, text: str) -> str:
    """Whose goods an event is about: who deals with whom is not for those who do not know the event."""
    return hashlib.sha256(f"{uscc}\n{text}".encode()).hexdigest()
