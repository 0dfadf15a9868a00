"""Stopping before the disk is full: what has been taken in must still find room to be sequenced and signed."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection

from ledger.errors import NoRoom


def require_room() -> None:
    """Raises NoRoom when less than the reserve is left where new entries would go.

    With SQLite that is the database's own disk. A PostgreSQL server's disk cannot be seen from here; when it is full
    its statements fail and the transaction with them. Then what is looked at is the disk of the keys.
    """
    folder = Path(settings.VAR_DIR)
    if connection.vendor == "sqlite" and Path(str(connection.settings_dict["NAME"])).is_absolute():
        folder = Path(str(connection.settings_dict["NAME"])).parent
    free = shutil.disk_usage(folder).free
    if free < settings.RESERVE_BYTES:
        raise NoRoom(f"{free:,} bytes are left in {folder}, {settings.RESERVE_BYTES:,} are kept in reserve")
