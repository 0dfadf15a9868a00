"""Settings of a process that runs the log and nothing else; it starts fast and shows that the log stands alone."""

from __future__ import annotations

from gi_trace.settings import (  # noqa: F401
    DATABASES,
    DEFAULT_AUTO_FIELD,
    LEDGER_KEY_FILE,
    LEDGER_ORIGIN,
    SECRET_KEY,
    TIME_ZONE,
    USE_TZ,
    VAR_DIR,
)

INSTALLED_APPS = ["ledger"]
ROOT_URLCONF = "ledger.urls"
