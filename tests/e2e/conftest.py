"""A real demonstration and a real Chromium."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium import webdriver

from tests.e2e.walking import chromium

ROOT = Path(__file__).resolve().parent.parent.parent
READY_WITHIN = 180


@dataclass
class Demo:
    """`python -m gi_trace.demo` in a folder of its own."""

    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def facts_file(self) -> Path:
        return self.folder / "demo.json"

    @property
    def log(self) -> str:
        return (self.folder / "demo.log").read_text(encoding="utf-8", errors="replace")

    def says(self, words: str) -> bool:
        return words in self.log

    def start(self) -> None:
        self.facts_file.unlink(missing_ok=True)
        with (self.folder / "demo.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gi_trace.demo"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self) -> dict[str, Any]:
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, self.log
            if self.facts_file.exists():
                facts: dict[str, Any] = json.loads(self.facts_file.read_text(encoding="utf-8"))
                return facts
            time.sleep(0.2)
        raise AssertionError(f"not ready within {READY_WITHIN} s:\n{self.log}")

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def make_demo(folder: Path, name: str) -> Demo:
    """On PostgreSQL when the suite runs there, in a database of its own."""
    kept = {key: value for key, value in os.environ.items() if key not in {"SECRET_KEY", "DJANGO_SETTINGS_MODULE"}}
    environment = kept | {"GI_TRACE_VAR": str(folder), "PORT": str(free_port()), "GI_TRACE_DEMO_SCALE": "0.05"}
    environment.pop("DATABASE_URL", None)
    if os.environ.get("TEST_DATABASE") == "postgres":
        environment["DATABASE_URL"] = fresh_database(f"e2e_{name}_{os.getpid()}")
    return Demo(folder, environment)


def fresh_database(name: str) -> str:
    import psycopg

    from tests.postgres import start

    url = start()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def drop_database(demo: Demo) -> None:
    """The test server outlives us and would collect one database a run."""
    if url := demo.environment.get("DATABASE_URL", ""):
        import psycopg

        from tests.postgres import start

        with psycopg.connect(start(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{urlsplit(url).path[1:]}" WITH (FORCE)')


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = make_demo(tmp_path_factory.mktemp("demo"), "walk")
    running.start()
    try:
        running.wait_until_ready()
        yield running
    finally:
        running.stop()
        drop_database(running)


@pytest.fixture(scope="session")
def facts(demo: Demo) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(demo.facts_file.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="session")
def browser() -> Iterator[webdriver.Chrome]:
    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        pytest.skip("Chromium is not installed: apt-get install chromium chromium-driver")
    driver = chromium()
    yield driver
    driver.quit()
