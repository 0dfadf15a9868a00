"""A real granian with two workers, on 127.0.0.1."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.databases import ROOT

WORKERS: Final = 2
THREADS: Final = 4  # a worker, as in the demonstration
_READY_WITHIN = 40


@contextmanager
def running() -> Iterator[str]:
    """The address of a server that answers; it is stopped at the end. Raises RuntimeError when it does not start."""
    port = _free_port()
    command = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", str(WORKERS), "--blocking-threads", str(THREADS)]
    command += ["--no-ws", "--log-level", "warning", "bench.wsgi:application"]
    # In the group of this process: whoever stops the measurement stops the server as well.
    process = subprocess.Popen(command, cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(process, address)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def fetch(url: str, accept: str) -> bytes:
    """One answer of status 200. Raises RuntimeError for any other."""
    request = urllib.request.Request(url, headers={"Accept": accept})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            body: bytes = answer.read()
            return body
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{url} answers {error.code}: {error.read()[:500]!r}") from error


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("granian does not answer")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
