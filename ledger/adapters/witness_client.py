"""Asking a witness over HTTP (c2sp.org/tlog-witness)."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from urllib.parse import urlsplit

# An answer is a few signature lines, or a number.
_MAX_ANSWER_BYTES = 100_000
_TIMEOUT_SECONDS = 5.0


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
    parts = urlsplit(url)
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    if parts.scheme not in kinds or not parts.hostname:
        raise WitnessUnreachable(f"{url} is not an http or https address")
    try:
        connection = kinds[parts.scheme](parts.hostname, parts.port, timeout=_TIMEOUT_SECONDS)
        try:
            path = f"{parts.path.rstrip('/')}/add-checkpoint"
            connection.request("POST", path, body=request, headers={"Content-Type": "text/plain; charset=utf-8"})
            response = connection.getresponse()
            body = response.read(_MAX_ANSWER_BYTES + 1)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise WitnessUnreachable(str(error) or type(error).__name__) from error
    if len(body) > _MAX_ANSWER_BYTES:
        raise WitnessUnreachable("the answer is too long")
    return WitnessAnswer(status=response.status, body=body.decode("utf-8", "replace"))
