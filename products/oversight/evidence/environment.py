"""Where a bundle was made: software, database and clock, from what the machine itself can tell."""

from __future__ import annotations

import platform
import sqlite3
import tomllib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import django
from django.conf import settings
from django.db import connection

from products.audit import timestamp
from products.proofs import log_check

# Written by systemd-timesyncd each time it has set the clock; other daemons leave nothing that can be read so plainly.
_SYNCHRONISED: Final = Path("/run/systemd/timesync/synchronized")


def environment() -> dict[str, Any]:
    """Facts for the manifest. What is not known says so."""
    check = log_check()
    return {
        "software": f"GI Trace {_version()}",
        "runtime": f"Python {platform.python_version()}, Django {django.get_version()}, {platform.system()}",
        "database": _database(),
        "clock": "server clock, UTC",
        "clock_synchronisation": _synchronisation(),
        "last_log_check": None
        if check.finished_at is None
        else {
            "at": timestamp(check.finished_at),
            "size": check.size,
            "differences": check.difference_count,
        },
        "append_only_triggers_missing": check.missing_triggers,
    }


@cache
def _version() -> str:
    with (Path(settings.BASE_DIR) / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def _database() -> str:
    if connection.vendor != "postgresql":
        return f"SQLite {sqlite3.sqlite_version}"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        row = cursor.fetchone()
    return f"PostgreSQL {row[0] if row else ''}"


def _synchronisation() -> str:
    try:
        at = datetime.fromtimestamp(_SYNCHRONISED.stat().st_mtime, UTC)
    except OSError:
        return "unknown"
    return f"systemd-timesyncd, last at {timestamp(at)}"
