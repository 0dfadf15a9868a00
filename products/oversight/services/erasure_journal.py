"""The file beside the database that remembers what was erased, so that a restored backup can forget it again."""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from products.audit import timestamp
from products.errors import InvalidInput


def note(path: Path, *, kind: str, key: str, now: datetime) -> None:
    """Append `<time> <kind> <key>` and wait until the disk has it. Only identifiers, never what was erased."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # A line cut short by a crash must not swallow the next one.
        size = os.fstat(handle).st_size
        start = "\n" if size and os.pread(handle, 1, size - 1) != b"\n" else ""
        os.write(handle, f"{start}{timestamp(now)} {kind} {key}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    # The file's name is durable only with its folder.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read(path: Path, *, kinds: Collection[str]) -> list[tuple[str, str]]:
    """(kind, key) of every line, the oldest first, each once. Raises InvalidInput with the number of a broken line."""
    found: dict[tuple[str, str], None] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        parts = line.split()
        if not parts:
            continue
        if len(parts) != 3 or parts[1] not in kinds:
            raise InvalidInput(f"{path}: line {number} is not '<time> <kind> <key>'")
        found[parts[1], parts[2]] = None
    return list(found)
