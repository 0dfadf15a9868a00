"""Keys of label runs: random for each run, encrypted at rest."""

from __future__ import annotations

import secrets

from products.crypto import decrypt, encrypt
from products.labels.models.label_run import LabelRun

KEY_BYTES = 32


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def seal_key(key: bytes) -> bytes:
    return encrypt(key)


def open_key(run: LabelRun) -> bytes:
    """The run's key. Whoever holds it can make every code of the run: never show it, never log it."""
    return decrypt(bytes(run.key))
