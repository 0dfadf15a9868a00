"""Runs measurements one after the other, each in a fresh instance and within its time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench.databases import NONE, POSTGRESQL, ROOT, SQLITE, about_server, instance
from bench.figures import Result

# What each measurement is taken on.
MEASUREMENTS: Final[dict[str, tuple[str, ...]]] = {
    "labels": (NONE,),
    "ledger": (SQLITE, POSTGRESQL),
    "scan": (SQLITE, POSTGRESQL),
    "browser": (NONE,),
    "issue": (SQLITE, POSTGRESQL),
    "trace": (SQLITE, POSTGRESQL),
    "epcis": (SQLITE, POSTGRESQL),
    "lineage": (SQLITE, POSTGRESQL),
}
LIMIT: Final = 150.0  # seconds for one measurement on one database


class NotMeasured(Exception):
    """A measurement failed or took too long; nothing is known."""


def run(measurement: str, database: str, *, size: str = "full", limit: float = LIMIT) -> Result:
    """Measure in a fresh instance. Raises NotMeasured."""
    try:
        with instance(database) as environment:
            result = _run(measurement, size, environment, limit=limit)
            about = about_server(environment) if database else ""
    except RuntimeError as error:
        raise NotMeasured(str(error)) from error
    note = (f"{database}: {about}.",) if about else ()
    return replace(result, notes=(*result.notes, *note))


def _run(measurement: str, size: str, environment: dict[str, str], *, limit: float) -> Result:
    target = Path(environment["GI_TRACE_VAR"]) / "result.json"
    command = [sys.executable, "-m", "bench.worker", measurement, size, str(target)]
    # Into a file: a pipe stays open for as long as anything the measurement started holds it.
    said = target.with_name("said.txt")
    with said.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, start_new_session=True, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        process.wait(timeout=limit)
    except subprocess.TimeoutExpired:
        raise NotMeasured(f"not done within {limit:.0f} s\n{said.read_text(errors='replace')}") from None
    finally:
        _end_group(process)
    if process.returncode or not target.exists():
        raise NotMeasured(said.read_text(errors="replace").strip())
    return Result.from_json(target.read_text(encoding="utf-8"))


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Whatever the measurement started and left behind: it leads a group of its own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()
