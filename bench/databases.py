"""A database of its own for each measurement, thrown away afterwards."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
NONE = ""


def name_of(vendor: str) -> str:
    """Django's word for a database, as people write it."""
    return {"sqlite": SQLITE, "postgresql": POSTGRESQL}[vendor]


@contextmanager
def instance(database: str) -> Iterator[dict[str, str]]:
    """The environment of a fresh instance: its own folder, keys and an empty, migrated database with a log.

    `database` is SQLITE, POSTGRESQL or NONE (a folder alone). Raises whatever keeps the server from starting.
    """
    with TemporaryDirectory(prefix="gi-trace-bench-") as folder:
        environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("GI_TRACE_", "TEST_", "PYTEST_"))
            },
            "GI_TRACE_VAR": folder,
            "SECRET_KEY": secrets.token_urlsafe(32),
            "DJANGO_SETTINGS_MODULE": "gi_trace.settings",
        }
        for name in ("DATABASE_URL", "DEBUG", "ALLOWED_HOSTS", "LOG_LEVEL"):
            environment.pop(name, None)
        if database == NONE:
            yield environment
        elif database == SQLITE:
            _prepare(environment)
            yield environment
        else:
            with _postgresql_database() as url:
                environment["DATABASE_URL"] = url
                _prepare(environment)
                yield environment


def manage(environment: dict[str, str], *arguments: str) -> None:
    """Run one management command; its words are shown only when it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")


def _prepare(environment: dict[str, str]) -> None:
    manage(environment, "init_secrets")
    manage(environment, "migrate", "--verbosity", "0", "--skip-checks")
    manage(environment, "ledger_init", "--skip-checks")


@contextmanager
def _postgresql_database() -> Iterator[str]:
    """A new, empty database on the test server, dropped at the end."""
    import psycopg

    from tests.postgres import start

    server = start()
    name = f"gi_trace_bench_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def about_server(environment: dict[str, str]) -> str:
    """Version and the settings that decide what a commit is worth."""
    if "DATABASE_URL" not in environment:
        return "journal WAL, synchronous FULL"
    import psycopg

    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        facts = [
            connection.execute(f"SHOW {name}".encode()).fetchone() or ("?",)
            for name in ("server_version", "fsync", "synchronous_commit", "shared_buffers")
        ]
    version, fsync, commit, buffers = (str(row[0]).split(" ")[0] for row in facts)
    return f"{version}, fsync {fsync}, synchronous_commit {commit}, shared_buffers {buffers}"
