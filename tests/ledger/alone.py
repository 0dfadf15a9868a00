"""Settings of a process that runs the log and nothing else; it starts fast and shows that the log stands alone."""

from __future__ import annotations

from gi_trace.settings import *  # noqa: F403

INSTALLED_APPS = ["ledger"]
MIDDLEWARE = []
TEMPLATES = []
ROOT_URLCONF = "ledger.urls"
