"""Loaded before the settings are read (`-p tests.environment`): what is tested keeps to a folder of its own."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# setdefault: parallel workers inherit what the first process chose.
os.environ.setdefault("GI_TRACE_VAR", tempfile.mkdtemp(prefix="gi-trace-test-"))
# whitenoise warns about a missing folder.
(Path(os.environ["GI_TRACE_VAR"]) / "static").mkdir(parents=True, exist_ok=True)
os.environ.setdefault("SECRET_KEY", "tests-only-0123456789")
if os.environ.get("TEST_DATABASE") == "postgres" and "DATABASE_URL" not in os.environ:
    from tests.postgres import start

    os.environ["DATABASE_URL"] = start()


if __name__ == "__main__":
    # `python -m tests.environment manage.py ...` runs a command against the folder above.
    import runpy
    import sys

    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
