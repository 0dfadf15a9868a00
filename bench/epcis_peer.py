"""quartet-epcis (PyPI, Django, XML of EPCIS 1.2) beside us: in an environment and a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.databases import ROOT

PACKAGES: Final = (
    "quartet-epcis==4.1.5",
    # What it imports and does not name.
    "quartet-capture",
    "haikunator",
    "djangorestframework",
    "django-filter",
    "psycopg[binary]",
)
ENVIRONMENT: Final = ROOT / "var" / "bench" / "quartet"
DRIVER: Final = Path(__file__).with_name("epcis_peer_driver.py")
_INSTALLED_WITHIN: Final = 240


class PeerMissing(Exception):
    """It cannot be installed or does not start; nothing is known of its speed."""


@dataclass
class Peer:
    """A running peer. `about` says what it is."""

    process: subprocess.Popen[str]
    about: str

    def capture(self, shape: tuple[int, int], batch: int) -> float:
        """Seconds for a document of (events, EPCs each) whose serial numbers begin with `batch`."""
        answer = self._ask({"events": shape[0], "epcs": shape[1], "batch": batch})
        if answer["kept"] != shape[0]:
            raise RuntimeError(f"the peer kept {answer['kept']} of {shape[0]} events")
        return float(answer["seconds"])

    def _ask(self, question: dict[str, int]) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(question), file=self.process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self.process.stdout.readline() or "{}")
        if "seconds" not in answer:
            raise RuntimeError("the peer did not answer")
        return answer

    def close(self) -> None:
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait(timeout=30)


def start_peer(database: dict[str, Any], vendor: str) -> Peer:
    """On the same kind of database as ours, and on the same server. Raises PeerMissing."""
    python = _installed()
    if vendor == "postgresql":
        settings = {name: database[name] for name in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")}
        settings["NAME"] = f"{database['NAME']}_peer"
        # A server behind a socket is named among the options.
        settings["HOST"] = settings["HOST"] or database["OPTIONS"].get("host", "")
    else:
        folder = Path(os.environ["GI_TRACE_VAR"])
        settings = {"ENGINE": database["ENGINE"], "NAME": str(folder / "peer.sqlite3")}
    with (Path(os.environ["GI_TRACE_VAR"]) / "peer.txt").open("w") as said:
        process = subprocess.Popen(
            [str(python), str(DRIVER), json.dumps(settings, default=str)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            cwd=os.environ["GI_TRACE_VAR"],
        )
    assert process.stdout
    ready = process.stdout.readline().strip()
    if not ready.startswith("ready "):
        process.kill()
        raise PeerMissing((Path(os.environ["GI_TRACE_VAR"]) / "peer.txt").read_text()[-300:])
    return Peer(process, ready.removeprefix("ready "))


def _installed() -> Path:
    """Its Python, with the packages put in once and kept."""
    python = ENVIRONMENT / "bin" / "python"
    if (ENVIRONMENT / "complete").exists():
        return python
    try:
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES],
            check=True,
            capture_output=True,
            text=True,
            timeout=_INSTALLED_WITHIN,
        )
    except (subprocess.SubprocessError, OSError) as error:
        output = getattr(error, "stderr", "") or str(error)
        raise PeerMissing(f"it cannot be installed: {output[-300:]}") from error
    (ENVIRONMENT / "complete").touch()
    return python


if __name__ == "__main__":
    print(_installed(), file=sys.stderr)
