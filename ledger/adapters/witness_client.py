"""Asking a witness over HTTP (c2sp.org/tlog-witness)."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from threading import Timer
from urllib.parse import urlsplit

# An answer is a few signature lines, or a number.
_MAX_ANSWER_BYTES = 100_000
_TIMEOUT_SECONDS = 5.0
# For all of it: a witness that sends a byte now and then never runs into the timeout of one read.
_PATIENCE_SECONDS = 10.0


class WitnessUnreachable(Exception):
    """No usable answer; says why. To be tried again."""


@dataclass(frozen=True)
class WitnessAnswer:
    """`body` is cosignature lines with status 200, a size with 409, words otherwise."""

    status: int
    body: str


def ask_witness(url: str, request: bytes) -> WitnessAnswer:
    """Post an add-checkpoint request below the witness's submission prefix. Raises WitnessUnreachable.

    Redirects are not followed: the prefix was configured by somebody who knew it.
    """
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    try:
        parts = urlsplit(url)
        if parts.scheme not in kinds or not parts.hostname:
            raise WitnessUnreachable(f"{url} is not an http or https address")
        connection = kinds[parts.scheme](parts.hostname, parts.port)
        path = f"{parts.path.rstrip('/')}/add-checkpoint"
        with _connected(connection), closing(connection):
            connection.request("POST", path, body=request, headers={"Content-Type": "text/plain; charset=utf-8"})
            response = connection.getresponse()
            body = response.read(_MAX_ANSWER_BYTES + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise WitnessUnreachable(str(error) or type(error).__name__) from error
    if len(body) > _MAX_ANSWER_BYTES:
        raise WitnessUnreachable("the answer is too long")
    return WitnessAnswer(status=response.status, body=body.decode("utf-8", "replace"))


@contextmanager
def _connected(connection: http.client.HTTPConnection) -> Iterator[None]:
    """Inside, the connection is open. Raises WitnessUnreachable when what happens inside, or the handshake, takes too long."""
    link = socket.create_connection((connection.host, connection.port), timeout=_TIMEOUT_SECONDS)
    if isinstance(connection, http.client.HTTPSConnection):
        context = ssl.create_default_context()
        link = context.wrap_socket(link, server_hostname=connection.host, do_handshake_on_connect=False)
    is_over: list[bool] = []

    def end() -> None:
        is_over.append(True)
        with suppress(OSError):
            # Past the TLS layer, which another thread is waiting in.
            socket.socket.shutdown(link, socket.SHUT_RDWR)

    watch = Timer(_PATIENCE_SECONDS, end)
    watch.daemon = True
    watch.start()
    try:
        if isinstance(link, ssl.SSLSocket):
            link.do_handshake()
        connection.sock = link
        yield
    finally:
        watch.cancel()
        link.close()
        if is_over:
            raise WitnessUnreachable(f"no whole answer within {_PATIENCE_SECONDS:g} seconds")
