"""The anchor contract on an Ethereum chain, spoken to through any node's JSON-RPC. Needs the extra `chain`."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from ledger.errors import NotAnchored
from ledger.verifier.evidence.ethereum import FORMAT, storage_key

try:
    import rlp  # type: ignore[import-untyped, unused-ignore]
    from eth_account import Account
    from requests import RequestException
    from web3 import HTTPProvider, Web3
    from web3.exceptions import ContractLogicError, TransactionNotFound
except ImportError as error:  # the extra `chain` is not installed
    MISSING: ImportError | None = error
else:
    MISSING = None

ARTEFACT = Path(__file__).resolve().parent.parent / "contracts" / "CheckpointAnchor.json"
INSTALL = "the packages of the extra `chain` are not installed: pip install 'gi-trace[chain]', or pip install web3"
_TIMEOUT_SECONDS = 15
# A replacement must offer at least a tenth more than what it replaces (geth's rule); a quarter is on the safe side.
_BUMP = (5, 4)
# A header's fields in their order (Yellow Paper, 4.4, then each fork's additions), as JSON-RPC names them.
_HEADER = (
    *("parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom", "difficulty"),
    *("number", "gasLimit", "gasUsed", "timestamp", "extraData", "mixHash", "nonce", "baseFeePerGas"),
    *("withdrawalsRoot", "blobGasUsed", "excessBlobGas", "parentBeaconBlockRoot", "requestsHash"),
)
_NUMBERS = {"difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas", "blobGasUsed", "excessBlobGas"}

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Mined:
    """Where a transaction stands. `is_good` is False when it was reverted."""

    block_number: int
    block_hash: str
    is_good: bool


@dataclass(frozen=True)
class Signed:
    """A transaction ready to be sent; its hash is known before anyone else knows of it."""

    hash: str
    raw: bytes


@contextmanager
def _reasons() -> Iterator[None]:
    """Whatever a node or the library objects to becomes one NotAnchored with the reason."""
    try:
        yield
    except ContractLogicError as error:
        raise NotAnchored(f"the contract refuses: {_refusal(error)}") from error
    except RequestException as error:
        # Never the address itself: it may hold a provider's key, and this is shown on a public page.
        told = type(error).__name__ if error.response is None else f"HTTP {error.response.status_code}"
        raise NotAnchored(f"the node does not answer ({told})") from error
    except NotAnchored:
        raise
    except Exception as error:
        # A node may answer anything, and a loop hangs on this call.
        raise NotAnchored(f"the node objects: {str(error)[:200] or type(error).__name__}") from error


def _explained(call: Callable[P, R]) -> Callable[P, R]:
    @wraps(call)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with _reasons():
            return call(*args, **kwargs)

    return wrapped


class Chain:
    """One contract through one node. Every method raises NotAnchored, and nothing else, when the node does not help."""

    def __init__(self, *, url: str, contract: str, key: str | None) -> None:
        if MISSING is not None:
            raise NotAnchored(INSTALL) from MISSING
        # No retries of its own: whoever calls has a backoff, and a loop must not stand still.
        provider = HTTPProvider(url, {"timeout": _TIMEOUT_SECONDS}, exception_retry_configuration=None)
        self._web3 = Web3(provider)
        with _reasons():
            self._account = None if key is None else Account.from_key(key)
            artefact = json.loads(ARTEFACT.read_bytes())
            self._contract = self._web3.eth.contract(address=Web3.to_checksum_address(contract), abi=artefact["abi"])

    @_explained
    def head(self) -> int:
        """The newest block's number."""
        return int(self._web3.eth.block_number)

    @_explained
    def root_of(self, size: int, *, block: int | None = None) -> bytes | None:
        """What the contract holds for `size`, now or as of a block; None where it holds nothing."""
        root = bytes(self._contract.functions.rootOf(size).call(block_identifier="latest" if block is None else block))
        return root if any(root) else None

    @_explained
    def newest_size(self) -> int:
        """The largest size the contract holds."""
        return int(self._contract.functions.newestSize().call())

    @_explained
    def sign(self, *, size: int, root: bytes, replaces: str = "") -> Signed:
        """Sign the call without sending it; asks the node first whether it would be accepted.

        `replaces` names a transaction that got stuck: its place is taken, at a higher price.
        """
        if self._account is None:
            raise NotAnchored("GI_TRACE_CHAIN_KEY_FILE is not set: there is no account to send from")
        eth, sender = self._web3.eth, self._account.address
        old: Any = self._transaction(replaces) if replaces else None
        tip, base = int(eth.max_priority_fee), int(eth.get_block("latest").get("baseFeePerGas", 0))
        most = 2 * base + tip
        if old is not None:
            tip = max(tip, int(old.get("maxPriorityFeePerGas", old["gasPrice"])) * _BUMP[0] // _BUMP[1] + 1)
            most = max(most, tip, int(old.get("maxFeePerGas", old["gasPrice"])) * _BUMP[0] // _BUMP[1] + 1)
        call = self._contract.functions.anchor(size, root)
        transaction = call.build_transaction(
            {
                "from": sender,
                "chainId": eth.chain_id,
                "nonce": eth.get_transaction_count(sender, "pending") if old is None else old["nonce"],
                "gas": call.estimate_gas({"from": sender}) * 5 // 4,
                "maxPriorityFeePerGas": Web3.to_wei(tip, "wei"),
                "maxFeePerGas": Web3.to_wei(most, "wei"),
            }
        )
        signed = self._account.sign_transaction(transaction)
        return Signed(hash=signed.hash.to_0x_hex(), raw=bytes(signed.raw_transaction))

    @_explained
    def send(self, signed: Signed) -> None:
        """Hand the transaction to the node."""
        self._web3.eth.send_raw_transaction(signed.raw)

    @_explained
    def mined(self, transaction: str) -> Mined | None:
        """Its receipt; None while, or again when, it is in no block."""
        try:
            receipt = self._web3.eth.get_transaction_receipt(transaction)  # type: ignore[arg-type]
        except TransactionNotFound:
            return None
        return Mined(int(receipt["blockNumber"]), receipt["blockHash"].to_0x_hex(), receipt["status"] == 1)

    @_explained
    def is_known(self, transaction: str) -> bool:
        """Whether the node has it at all, mined or waiting."""
        return self._transaction(transaction) is not None

    @_explained
    def block_hash(self, number: int) -> str:
        """The hash of the chain's block at that height."""
        return str(self._block(number)["hash"])

    @_explained
    def evidence(self, *, size: int, root: bytes, block: int) -> tuple[bytes, str]:
        """The verifier's JSON for the state after that block, and the block's hash."""
        header = self._block(block)
        proof = self._call("eth_getProof", [self._contract.address, [_hex(storage_key(size))], hex(block)])
        document = {
            "format": FORMAT,
            "chain_id": int(self._web3.eth.chain_id),
            "contract": self._contract.address.lower(),
            "size": size,
            "root": _hex(root),
            "block_hash": header["hash"],
            "header": _hex(rlp.encode([_field(name, header[name]) for name in _HEADER if name in header])),
            "account_proof": proof["accountProof"],
            "storage_proof": proof["storageProof"][0]["proof"],
        }
        return json.dumps(document, indent=1).encode() + b"\n", str(header["hash"])

    def _transaction(self, transaction: str) -> Any:
        try:
            return self._web3.eth.get_transaction(transaction)  # type: ignore[arg-type]
        except TransactionNotFound:
            return None

    def _block(self, number: int) -> dict[str, Any]:
        block = self._call("eth_getBlockByNumber", [hex(number), False])
        if not isinstance(block, dict):
            raise NotAnchored(f"the node has no block {number}")
        return block

    def _call(self, method: str, arguments: list[Any]) -> Any:
        # The plain JSON: the library's own types would drop what a proof needs bit by bit.
        answer = self._web3.provider.make_request(method, arguments)  # type: ignore[arg-type]
        if "result" not in answer:
            raise NotAnchored(f"the node refuses {method}: {str(answer.get('error'))[:200]}")
        return answer["result"]


def read_account_key(path: Path) -> str:
    """The account's private key in hexadecimal. Raises NotAnchored when others can read it, or it is missing."""
    try:
        mode, text = stat.S_IMODE(path.stat().st_mode), path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise NotAnchored("the file GI_TRACE_CHAIN_KEY_FILE names cannot be read") from error
    if mode & 0o077:
        raise NotAnchored(f"the file GI_TRACE_CHAIN_KEY_FILE names is open to others (mode {mode:04o}); chmod 600 it")
    return text


def _refusal(error: ContractLogicError) -> str:
    """The contract's own error by its name, wherever the node put its four bytes."""
    told = f"{error} {error.data}"
    for name, kinds in (("NotOwner", ""), ("EmptyRoot", ""), ("NotGrowing", "uint256")):
        if bytes(Web3.keccak(text=f"{name}({kinds})")[:4]).hex() in told:
            return name
    return str(error)[:200]


def _field(name: str, value: str) -> bytes:
    if name not in _NUMBERS:
        return bytes.fromhex(value[2:])
    number = int(value, 16)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _hex(data: bytes) -> str:
    return f"0x{data.hex()}"
