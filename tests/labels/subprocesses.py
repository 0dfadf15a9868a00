"""Processes of our own against the test database."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection


def environment() -> dict[str, str]:
    """The environment of a child that works in this test's database with this session's keys."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    return os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "gi_trace.settings",
        "GI_TRACE_FIELD_KEYS_FILE": str(settings.FIELD_KEYS_FILE),
        "PYTHONUNBUFFERED": "1",
    }
