"""A log with a database of its own, run by real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

from django.db import connection

from gi_trace.settings import BASE_DIR


class Process:
    """A child whose complete lines are collected as they come."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.lines: list[str] = []
        self.has_spoken = Event()
        self._process = subprocess.Popen(
            command, cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._readers = [Thread(target=self._read_lines), Thread(target=self._read_errors)]
        self.errors = ""
        for reader in self._readers:
            reader.start()

    def end(self, number: signal.Signals) -> int:
        """Send the signal and wait; returns the exit status."""
        self._process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        status = self._process.wait(timeout=60)
        for reader in self._readers:
            reader.join()
        return status

    def _read_lines(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            # A line cut off by a kill was never said.
            if line.endswith("\n"):
                self.lines.append(line[:-1])
                self.has_spoken.set()

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        self.errors = self._process.stderr.read()


class Instance:
    """Commands against one database and one key."""

    def __init__(self, *, folder: Path, database_url: str, origin: str) -> None:
        self.folder = folder
        self.environment = os.environ | {
            "GI_TRACE_VAR": str(folder),
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "tests.ledger.alone",
            "GI_TRACE_LEDGER_ORIGIN": origin,
        }

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "django", *arguments]
        return subprocess.run(
            command, cwd=BASE_DIR, env=self.environment, capture_output=True, text=True, check=False, timeout=60
        )

    def sequencer(self, *arguments: str) -> Process:
        return Process([sys.executable, "-m", "django", "ledger_run", *arguments], self.environment)

    def producer_once(self, count: int) -> None:
        """Queue so many statements and come back."""
        script = f"from tests.ledger.helpers import queue; queue({count})"
        done = self.manage("shell", "-v0", "-c", script)
        assert done.returncode == 0, done.stderr

    def producer(self, name: str) -> Process:
        return Process([sys.executable, "-m", "tests.ledger.producer", name], self.environment)


@contextmanager
def new_instance(
    folder: Path,
    *,
    key: bytes | None = None,
    origin: str = "log.example/processes",
    steps: Sequence[list[str]] = (["migrate", "-v0"], ["ledger_init"]),
) -> Iterator[Instance]:
    """A migrated database with an empty log, of the kind the suite runs on; `key` is a key file's contents."""
    if key is not None:
        (folder / "ledger.key").write_bytes(key)
        (folder / "ledger.key").chmod(0o600)
    name = f"ledger_{uuid.uuid4().hex}"
    if connection.vendor == "sqlite":
        url = f"sqlite:///{folder / 'log.sqlite3'}"
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    instance = Instance(folder=folder, database_url=url, origin=origin)
    try:
        for command in steps:
            done = instance.manage(*command)
            assert done.returncode == 0, done.stderr
        yield instance
    finally:
        if connection.vendor != "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
