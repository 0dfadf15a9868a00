"""The contract: built from its source byte for byte, and what it refuses."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator

import pytest

from gi_trace.chain import ChainError
from gi_trace.node import CONTRACTS, MODULES
from ledger.verifier.evidence.ethereum import storage_key
from ledger.verifier.evidence.keccak import keccak256
from tests.ledger.chains import SELECTOR, LocalChain, needs_node

pytestmark = [needs_node, pytest.mark.same_everywhere]
ROOT = b"\x00" * 3 + b"\xab" * 29


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalChain]:
    chain = LocalChain(tmp_path_factory.mktemp("chain"))
    yield chain
    chain.stop()


@pytest.fixture(autouse=True)
def _fresh(node: LocalChain) -> Iterator[None]:
    before = node.ask("evm_snapshot")
    yield
    node.ask("evm_revert", before)


def read(node: LocalChain, signature: str, *words: int) -> str:
    data = keccak256(signature.encode())[:4].hex() + "".join(f"{word:064x}" for word in words)
    return str(node.ask("eth_call", {"to": node.contract, "data": f"0x{data}"}, "latest"))


def is_good(node: LocalChain, transaction: str) -> bool:
    return bool(node.ask("eth_getTransactionReceipt", transaction)["status"] == "0x1")


def test_the_artefact_is_its_source_compiled() -> None:
    done = subprocess.run(
        ["node", str(CONTRACTS / "compile.cjs")],
        env={**os.environ, "NODE_PATH": str(MODULES)},
        capture_output=True,
        check=True,
        timeout=120,
    )

    assert done.stdout == (CONTRACTS / "CheckpointAnchor.json").read_bytes()


def test_versions_are_exact_and_no_registry_is_recorded() -> None:
    package = json.loads((CONTRACTS / "package.json").read_text())

    assert all(version.replace(".", "").isdigit() for version in package["devDependencies"].values())
    assert f"pragma solidity {package['devDependencies']['solc']};" in (CONTRACTS / "CheckpointAnchor.sol").read_text()
    assert sorted(path.name for path in CONTRACTS.iterdir()) == [
        "CheckpointAnchor.json",
        "CheckpointAnchor.sol",
        "compile.cjs",
        "package.json",
    ]
    assert not [path.name for path in CONTRACTS.iterdir() if "://" in path.read_text()]


def test_a_root_is_kept_and_announced(node: LocalChain) -> None:
    transaction = node.anchor(7, ROOT)

    assert is_good(node, transaction)
    assert read(node, "rootOf(uint256)", 7) == f"0x{ROOT.hex()}"
    assert int(read(node, "newestSize()"), 16) == 7
    (log,) = node.ask("eth_getTransactionReceipt", transaction)["logs"]
    assert log["topics"] == [f"0x{keccak256(b'Anchored(uint256,bytes32)').hex()}", f"0x{7:064x}"]
    assert log["data"] == f"0x{ROOT.hex()}"
    # The place the verifier looks at; leading zeroes of a number are not shown.
    stored = node.ask("eth_getStorageAt", node.contract, f"0x{storage_key(7).hex()}", "latest")
    assert int(stored, 16) == int(ROOT.hex(), 16)


def test_sizes_grow_and_roots_stay(node: LocalChain) -> None:
    node.anchor(7, ROOT)

    for size in (0, 6, 7):
        assert not is_good(node, node.anchor(size, b"\xcd" * 32))
    assert is_good(node, node.anchor(8, b"\xcd" * 32))
    assert read(node, "rootOf(uint256)", 7) == f"0x{ROOT.hex()}"
    assert read(node, "rootOf(uint256)", 6) == f"0x{0:064x}"


def test_nobody_but_the_owner_anchors(node: LocalChain) -> None:
    owner, stranger = node.ask("eth_accounts")

    assert not is_good(node, node.anchor(7, ROOT, sender=1))
    assert read(node, "owner()")[-40:] == owner[2:]
    call = {"from": stranger, "to": node.contract, "data": f"0x{SELECTOR}{7:064x}{ROOT.hex()}"}
    with pytest.raises(ChainError, match="revert"):
        node.ask("eth_call", call, "latest")


def test_a_root_of_zeroes_is_refused(node: LocalChain) -> None:
    assert not is_good(node, node.anchor(7, b"\x00" * 32))
    assert int(read(node, "newestSize()"), 16) == 0
