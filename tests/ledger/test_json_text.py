"""JSON from a stranger: refused before it can end the process."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from ledger.verifier.errors import VerificationError
from ledger.verifier.evidence.json_text import MAX_DEPTH, read_json


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[",
        b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
        b'{"a":' * 100_000,
        b"[1.5]",
        b"[NaN]",
        b'["' + b"\\" * 99_999,
    ],
)
def test_what_is_refused(data: bytes) -> None:
    with pytest.raises(VerificationError) as caught:
        read_json(data, what="it")

    assert caught.value.code == "bad_json"


@pytest.mark.parametrize("value", [[], {"a": ["[[[", '"{{{\\']}, ["\\", "]" * 999, "\\\\"], "a" * 10])
def test_brackets_in_strings_do_not_count(value: object) -> None:
    deep: object = value
    for _ in range(MAX_DEPTH - 3):
        deep = [deep]

    assert read_json(json.dumps(deep).encode(), what="it") == deep


def test_a_raised_recursion_limit_does_not_end_the_process() -> None:
    script = (
        "import sys; sys.setrecursionlimit(10**9)\n"
        "from ledger.verifier.errors import VerificationError\n"
        "from ledger.verifier.evidence.json_text import read_json\n"
        "try: read_json(b'[' * 10**6, what='it')\n"
        "except VerificationError as error: print(error.code)\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "bad_json\n")
