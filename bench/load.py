"""Load on 127.0.0.1 with `wrk`, and the figures it gives."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SCRIPT: Final = Path(__file__).with_name("requests.lua")
_GRACE = 20


@dataclass(frozen=True)
class Load:
    """What one spell of load gave: answers a second, and milliseconds of the median and the slowest hundredth."""

    answers: int
    per_second: float
    median_ms: float
    slowest_ms: float
    refused: int  # answers of status 400 and above, and connections that failed


def missing_wrk(*, may_install: bool = False) -> str:
    """Why there is no `wrk`; empty when there is. Installs it where we are root on Debian or Ubuntu and may."""
    if shutil.which("wrk"):
        return ""
    if not may_install or os.geteuid() != 0 or not shutil.which("apt-get"):
        return "`wrk` is not installed, and only root on Debian or Ubuntu can have it installed"
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "wrk"]):
        subprocess.run(
            command, env=environment, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120
        )
    return "" if shutil.which("wrk") else "`wrk` is not installed, and apt-get could not install it"


def apply_load(base_url: str, *, paths: Path, accept: str, connections: int, seconds: int) -> Load:
    """Ask for the paths of a file (one a line) at random, each time as another visitor, over kept connections."""
    threads = min(2, connections)
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency"]
    command += ["-s", str(SCRIPT), base_url, "--", str(paths), accept]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + _GRACE)
    facts = json.loads(done.stdout.rsplit("RESULT ", 1)[1])
    return Load(
        answers=facts["answers"],
        per_second=facts["answers"] / (facts["microseconds"] / 1e6),
        median_ms=facts["median"] / 1e3,
        slowest_ms=facts["slowest"] / 1e3,
        refused=facts["refused"],
    )
