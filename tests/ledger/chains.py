"""A real chain for a test: ganache on a free port, with the contract on it."""

from __future__ import annotations

import importlib.util
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from gi_trace import chain
from gi_trace.node import installed_packages

needs_node = pytest.mark.skipif(installed_packages() is None, reason="Node or its packages are not installed")
needs_web3 = pytest.mark.skipif(importlib.util.find_spec("web3") is None, reason="the extra `chain` is not installed")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")

OWNER, STRANGER = f"0x{'11' * 32}", f"0x{'22' * 32}"


class LocalChain:
    """Mines a block for every transaction, unless told to stop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind((chain.HOST, 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://{chain.HOST}:{self.port}"
        self.start()
        self.contract = chain.deploy(self.url)

    def start(self) -> None:
        self._process = chain.start(port=self.port, folder=self.folder, keys=[OWNER, STRANGER])
        chain.wait_until_ready(self._process, self.url)

    def stop(self) -> None:
        chain.stop(self._process)

    def ask(self, method: str, *arguments: Any) -> Any:
        return chain.call(self.url, method, *arguments)

    def mine(self, count: int = 1) -> None:
        for _ in range(count):
            self.ask("evm_mine")

    def anchor(self, size: int, root: bytes, *, sender: int = 0) -> str:
        """Call the contract as any wallet would; returns the transaction's hash."""
        # keccak256("anchor(uint256,bytes32)")[:4], as in the artefact's own dispatch.
        data = f"0x{SELECTOR}{size:064x}{root.hex()}"
        account = self.ask("eth_accounts")[sender]
        return str(
            self.ask("eth_sendTransaction", {"from": account, "to": self.contract, "data": data, "gas": "0x30000"})
        )


def use_key(settings: Settings, folder: Path, key: str) -> None:
    """Name a key file of the right mode in the settings."""
    path = folder / "account.key"
    path.touch(mode=0o600)
    path.write_text(key)
    settings.CHAIN_KEY_FILE = str(path)


def _selector() -> str:
    from ledger.verifier.evidence.keccak import keccak256

    return keccak256(b"anchor(uint256,bytes32)")[:4].hex()


SELECTOR = _selector()
