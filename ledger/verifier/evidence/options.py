"""The command line's part about anchors: what may be asked for, and what is then said, in English and Chinese.

What only some proofs need is imported where it is needed: most are checked without, in half the time.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path

from ledger.verifier.checkpoint import CheckpointText
from ledger.verifier.errors import VerificationError

_TIMEOUT_SECONDS = 20
_MAX_ANSWER_BYTES = 5_000_000


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--anchor", type=Path, metavar="FILE", help="evidence that the checkpoint is on a chain")
    parser.add_argument("--block-hash", metavar="HEX", help="that block's hash, from a node you trust")
    parser.add_argument("--rpc", metavar="URL", help="a node you trust, to be asked for that block")
    parser.add_argument("--timestamp", type=Path, metavar="FILE", help="an RFC 3161 time stamp of the checkpoint")
    parser.add_argument("--tsa-certificates", type=Path, metavar="PEM", help="whom you trust to stamp")


def check_evidence(options: Namespace, *, checkpoint: CheckpointText) -> list[tuple[str, str]]:
    """What the files prove about a verified checkpoint, each in English and Chinese.

    Raises VerificationError, and OSError when a file or the node could not be read.
    """
    said = []
    if options.anchor is not None:
        said += check_anchor(options, options.anchor.read_bytes(), checkpoint=checkpoint)
    if options.timestamp is not None:
        if options.tsa_certificates is None:
            raise OSError("--timestamp needs --tsa-certificates")
        said += check_timestamp(options, options.timestamp.read_bytes(), checkpoint=checkpoint)
    return said


def check_timestamp(options: Namespace, data: bytes, *, checkpoint: CheckpointText) -> list[tuple[str, str]]:
    """Of the token itself, with the certificates the options name. Raises as above."""
    from ledger.verifier.evidence.timestamp import read_roots, verify_timestamp

    roots = read_roots(options.tsa_certificates.read_bytes())
    stamp = verify_timestamp(data, text=str(checkpoint).encode(), roots=roots)
    when = f"{stamp.time:%Y-%m-%dT%H:%M:%SZ}"
    return [
        (
            f"{stamp.authority} stamped this checkpoint at {when}: it existed by then.",
            f"{stamp.authority} 于 {when} 为此检查点加盖时间戳：那时它已存在。",
        )
    ]


def check_anchor(options: Namespace, data: bytes, *, checkpoint: CheckpointText) -> list[tuple[str, str]]:
    """Of the evidence itself, and of its block as far as the options tell. Raises as above."""
    from ledger.verifier.evidence.ethereum import verify_ethereum

    block = verify_ethereum(data, checkpoint=checkpoint)
    contract, found = f"0x{block.contract.hex()}", f"0x{block.hash.hex()}"
    try:
        when = f"{datetime.fromtimestamp(block.time, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (OverflowError, ValueError, OSError):
        when = f"second {block.time}"
    said = [
        (
            f"Contract {contract} held this root in block {block.number} ({when}), hash {found}.",
            f"合约 {contract} 在第 {block.number} 区块（{when}）存有此根哈希，区块哈希 {found}。",
        )
    ]
    known = [hash_ for hash_ in (options.block_hash, options.rpc and _ask(options.rpc, block.number)) if hash_]
    if any(hash_.lower().removeprefix("0x") != block.hash.hex() for hash_ in known):
        raise VerificationError("block_not_on_chain", f"block {block.number} of the chain has another hash")
    if known:
        said.append(("That block's hash is the one you trust.", "该区块哈希与您信任的一致。"))
    else:
        said.append(("Compare that hash with a node you trust.", "请与您信任的节点核对该区块哈希。"))
    return said


def _ask(url: str, number: int) -> str:
    """The hash of the chain's block. Raises OSError."""
    from urllib.request import Request, urlopen

    if not url.startswith(("http://", "https://")):
        raise OSError(f"{url} is not an http address")
    call = {"jsonrpc": "2.0", "id": 1, "method": "eth_getBlockByNumber", "params": [hex(number), False]}
    request = Request(url, json.dumps(call).encode(), {"Content-Type": "application/json", "User-Agent": "verifier"})  # noqa: S310
    try:
        with urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
            block = json.loads(answer.read(_MAX_ANSWER_BYTES))["result"]
            return "none" if block is None else str(block["hash"])
    except OSError as error:
        raise OSError(f"the node does not answer ({error})") from error
    except Exception as error:
        raise OSError("the node's answer is not understood") from error
