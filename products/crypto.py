"""Encryption at rest for run keys and contacts, under keys of the deployment that can be rotated."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@cache
def _fernet(path: Path) -> MultiFernet:
    if not path.exists():
        raise ImproperlyConfigured(f"no field keys at {path}: run 'manage.py init_secrets'")
    return MultiFernet([Fernet(line) for line in path.read_text().split()])


def encrypt(plain: bytes) -> bytes:
    """A Fernet token under the first key of the file."""
    return _fernet(settings.FIELD_KEYS_FILE).encrypt(plain)


def decrypt(token: bytes) -> bytes:
    """The plain bytes; any key of the file will do. Raises ValueError where none fits."""
    try:
        return _fernet(settings.FIELD_KEYS_FILE).decrypt(bytes(token))
    except InvalidToken as error:
        raise ValueError("not encrypted under any key of this deployment") from error


def create_secret(path: Path, content: str) -> bool:
    """Write a new file that only its owner can read; False if it is there already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w") as file:
        file.write(content)
    return True
