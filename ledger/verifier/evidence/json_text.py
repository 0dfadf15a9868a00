"""Reading JSON that a stranger wrote."""

from __future__ import annotations

import json
import re
from typing import Any

from ledger.verifier.errors import VerificationError

# Nothing that is read here nests deeper. Python's own limit may have been raised, and its parser then ends the process.
MAX_DEPTH = 64
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")


def read_json(data: bytes, *, what: str) -> Any:
    """The value of a UTF-8 JSON text without floating-point numbers. Raises VerificationError `bad_json`."""
    try:
        text = data.decode()
        _require_shallow(text)
        return json.loads(text, parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, RecursionError) as error:
        raise VerificationError("bad_json", f"{what} is not JSON as it should be") from error


def _require_shallow(text: str) -> None:
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            raise ValueError("nested too deeply")


def _no_float(text: str) -> float:
    raise ValueError(text)
