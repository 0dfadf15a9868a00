"""`make chain`: a local Ethereum chain with the anchor contract on it, to try anchoring without money or network."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import Any

from gi_trace.demo import end_with_parent, say
from gi_trace.node import CONTRACTS, MODULES, NoNode, require_packages

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("GI_TRACE_VAR", ROOT / "var"))
HOST, PORT = "127.0.0.1", int(os.environ.get("CHAIN_PORT", "8545"))
READY_WITHIN = 60  # seconds
_BALANCE = hex(1000 * 10**18)  # wei
_GAS = hex(1_000_000)


class ChainError(Exception):
    """The node did not do as asked."""


def call(url: str, method: str, *arguments: Any) -> Any:
    """One JSON-RPC call. Raises ChainError, or OSError while nobody answers."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": arguments}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        reply = json.load(answer)
    if "error" in reply:
        raise ChainError(f"{method}: {reply['error'].get('message')}")
    return reply["result"]


def start(*, port: int, folder: Path, keys: list[str], block_seconds: int = 0, stop_with_us: bool = True) -> Any:
    """A ganache process that keeps its blocks in `folder`; it mines at once, or every `block_seconds`."""
    command = ["node", str(MODULES / "ganache" / "dist" / "node" / "cli.js"), "--logging.quiet"]
    command += ["--server.host", HOST, "--server.port", str(port), "--database.dbPath", str(folder)]
    command += [part for key in keys for part in ("--wallet.accounts", f"{key},{_BALANCE}")]
    if block_seconds:
        command += ["--miner.blockTime", str(block_seconds)]
    return subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.DEVNULL, start_new_session=True, preexec_fn=end_with_parent if stop_with_us else None
    )


def wait_until_ready(process: Any, url: str) -> None:
    """Raises ChainError when the node has ended, or does not answer in time."""
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ChainError(f"ganache ended at once (exit status {process.returncode})")
        try:
            call(url, "eth_blockNumber")
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise ChainError(f"ganache did not answer within {READY_WITHIN} s")


def stop(process: Any) -> None:
    """Ask it to end, so that it closes its database; make it after ten seconds."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def deploy(url: str, *, known: str = "") -> str:
    """The contract's address, deployed from the node's first account unless `known` already is there."""
    if known and call(url, "eth_getCode", known, "latest") != "0x":
        return known
    bytecode = json.loads((CONTRACTS / "CheckpointAnchor.json").read_text(encoding="utf-8"))["bytecode"]
    sender = call(url, "eth_accounts")[0]
    sent = call(url, "eth_sendTransaction", {"from": sender, "data": bytecode, "gas": _GAS})
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if (receipt := call(url, "eth_getTransactionReceipt", sent)) is not None:
            return str(receipt["contractAddress"])
        time.sleep(0.1)
    raise ChainError("the contract was not mined")


def prepare_key(path: Path) -> str:
    """The owner's private key; made at the first start."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(f"0x{secrets.token_hex(32)}\n", encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def main() -> None:
    signal.signal(signal.SIGTERM, _raise_exit)
    with socket.socket() as probe:
        if probe.connect_ex((HOST, PORT)) == 0:
            sys.exit(f"Port {PORT} is taken. Try: make chain CHAIN_PORT=8546")
    try:
        require_packages()
    except NoNode as reason:
        sys.exit(f"A local chain needs Node. {reason}")
    url, address_file = f"http://{HOST}:{PORT}", VAR / "chain.contract"
    key = prepare_key(VAR / "chain.key")
    process = start(port=PORT, folder=VAR / "chain", keys=[key], block_seconds=1)
    try:
        wait_until_ready(process, url)
        known = address_file.read_text(encoding="ascii").strip() if address_file.exists() else ""
        contract = deploy(url, known=known)
        address_file.write_text(f"{contract}\n", encoding="ascii")
        say(f"\n本地链已就绪 / a local chain is ready: {url}, contract {contract}\n")
        say(f"  export GI_TRACE_CHAIN_URL={url}")
        say(f"  export GI_TRACE_CHAIN_CONTRACT={contract}")
        say(f"  export GI_TRACE_CHAIN_KEY_FILE={VAR / 'chain.key'}")
        say("  export GI_TRACE_CHAIN_CONFIRMATIONS=3")
        say("  .venv/bin/python manage.py ledger_anchor --wait 60\n\n  Ctrl-C 停止 stops it.")
        process.wait()
        sys.exit(f"ganache ended (exit status {process.returncode})")
    except KeyboardInterrupt:
        say("\n停止 stopping")
    except ChainError as reason:
        sys.exit(str(reason))
    finally:
        stop(process)


def _raise_exit(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
