"""An instance behind a real web server."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from tests.ledger.instance import Instance


@contextmanager
def serving(instance: Instance, *options: str) -> Iterator[str]:
    """A real web server (granian, with these options) on the instance's database; yields the address of its log."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--port",
        str(port),
        *options,
        "gi_trace.wsgi:application",
    ]
    server = subprocess.Popen(
        command, env=instance.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/vkey").close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def run(instance: Instance, *arguments: str) -> str:
    done = instance.manage(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def read(address: str) -> str:
    with urllib.request.urlopen(address) as answer:
        return str(answer.read().decode()).rstrip("\n")
