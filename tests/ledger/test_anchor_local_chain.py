"""`make chain` as a process: a chain with the contract on it, the same one at every start, gone with Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gi_trace import chain
from gi_trace.settings import BASE_DIR
from tests.ledger.chains import needs_node

pytestmark = needs_node


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((chain.HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process once it says that it is ready, and what it said."""
    environment = {**os.environ, "GI_TRACE_VAR": str(folder), "CHAIN_PORT": str(port), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "gi_trace.chain"], cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = ""
    try:
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        yield process, said
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def contract_in(said: str) -> str:
    found = re.search(r"GI_TRACE_CHAIN_CONTRACT=(0x[0-9a-f]{40})", said)
    assert found, said
    return found[1]


def test_it_says_what_to_set_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, port) as (process, said):
        contract = contract_in(said)
        assert f"GI_TRACE_CHAIN_URL=http://127.0.0.1:{port}" in said
        assert chain.call(f"http://127.0.0.1:{port}", "eth_getCode", contract, "latest") != "0x"
        assert (tmp_path / "chain.key").stat().st_mode & 0o777 == 0o600
        with running(tmp_path, port) as (second, _):
            assert second.wait(timeout=60) == 1
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    with socket.socket() as probe:
        assert probe.connect_ex((chain.HOST, port)) != 0

    with running(tmp_path, free_port()) as (process, said):
        assert contract_in(said) == contract
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


def test_a_key_of_its_own_and_kept(tmp_path: Path) -> None:
    key = chain.prepare_key(tmp_path / "a" / "chain.key")

    assert re.fullmatch(r"0x[0-9a-f]{64}", key)
    assert chain.prepare_key(tmp_path / "a" / "chain.key") == key
    assert chain.prepare_key(tmp_path / "b" / "chain.key") != key


def test_a_node_that_refuses_is_an_error_in_words(tmp_path: Path) -> None:
    with running(tmp_path, port := free_port()) as (process, _):
        with pytest.raises(chain.ChainError, match="no_such_method"):
            chain.call(f"http://127.0.0.1:{port}", "no_such_method")
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
