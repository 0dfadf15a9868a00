"""Keccak, RLP, Patricia trees and Ethereum evidence: known answers, comparison with definitions, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.verifier.checkpoint import CheckpointText
from ledger.verifier.errors import VerificationError
from ledger.verifier.evidence.der import SEQUENCE, parse_der
from ledger.verifier.evidence.ethereum import FORMAT, MAX_EVIDENCE_BYTES, storage_key, verify_ethereum
from ledger.verifier.evidence.keccak import keccak256
from ledger.verifier.evidence.patricia import read_proven
from ledger.verifier.evidence.rlp import Item, decode_rlp
from ledger.verifier.evidence.timestamp import verify_timestamp
from tests.ledger.tries import compact, encode, root_and_proof, structure

SIZE, ROOT, CONTRACT = 41, bytes(2) + b"\x5a" * 30, b"\xc0" * 20
CHECKPOINT = CheckpointText(origin="log.example/gi", size=SIZE, root=ROOT)


def code_of(call: Any) -> str:
    with pytest.raises(VerificationError) as caught:
        call()
    return caught.value.code


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        # Yellow Paper, 4.1: KEC of nothing, the code hash of an account without code.
        (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        # Yellow Paper, 4.1: KEC(RLP(())), the root of an empty tree.
        (b"\x80", "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"),
        # Yellow Paper, 4.4: KEC(RLP([])), the hash of no uncles, in every block since the merge.
        (b"\xc0", "1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"),
        (b"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
    ],
)
def test_keccak(data: bytes, digest: str) -> None:
    assert keccak256(data).hex() == digest


def test_keccak_at_the_edges_of_a_block() -> None:
    library = pytest.importorskip("Crypto.Hash.keccak", reason="the extra `chain` is not installed")
    for length in (1, 71, 134, 135, 136, 137, 271, 272, 273, 1000):
        data = bytes(number % 251 for number in range(length))
        assert keccak256(data) == library.new(digest_bits=256, data=data).digest()


# ethereum/tests, RLPTests/rlptest.json, and the examples of Yellow Paper, appendix B.
RLP: list[tuple[Item, str]] = [
    (b"", "80"),
    (b"\x00", "00"),
    (b"\x7f", "7f"),
    (b"\x80", "8180"),
    (b"dog", "83646f67"),
    ((1024).to_bytes(2, "big"), "820400"),
    ([], "c0"),
    ([b"cat", b"dog"], "c88363617483646f67"),
    ([[], [[]], [[], [[]]]], "c7c0c1c0c3c0c1c0"),
    (
        b"Lorem ipsum dolor sit amet, consectetur adipisicing elit",
        "b838" + b"Lorem ipsum dolor sit amet, consectetur adipisicing elit".hex(),
    ),
]


@pytest.mark.parametrize(("item", "encoded"), RLP)
def test_rlp(item: Item, encoded: str) -> None:
    assert decode_rlp(bytes.fromhex(encoded)) == item
    assert encode(item).hex() == encoded


# ethereum/tests, RLPTests/invalidRLPTest.json: lengths too long, too large, or with leading zeroes.
@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "8100",
        "817f",
        "b800",
        "b90001",
        "b83701",
        "bf0f000000000000021111",
        "f80180",
        "f90000",
        "8363",
        "c883636174",
        "c0c0",
        "8080",
        "b8",
        "ff",
        "c1" * 20 + "c0",
    ],
)
def test_rlp_has_one_spelling(encoded: str) -> None:
    assert code_of(lambda: decode_rlp(bytes.fromhex(encoded))) == "bad_rlp"


items = st.recursive(st.binary(max_size=70), lambda inner: st.lists(inner, max_size=5), max_leaves=12)


@given(item=items)
def test_rlp_reads_what_the_definition_writes(item: Item) -> None:
    try:
        assert decode_rlp(encode(item)) == item
    except VerificationError:
        assert depth(item) > 8


def depth(item: Item) -> int:
    return 0 if isinstance(item, bytes) else 1 + max((depth(part) for part in item), default=0)


# ethereum/tests, TrieTests/trieanyorder.json.
@pytest.mark.parametrize(
    ("pairs", "root"),
    [
        (
            {"do": "verb", "horse": "stallion", "doge": "coin", "dog": "puppy"},
            "5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84",
        ),
        (
            {"doe": "reindeer", "dog": "puppy", "dogglesworth": "cat"},
            "8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3",
        ),
        ({"foo": "bar", "food": "bass"}, "17beaa1648bafa633cda809c90c04af50fc8aed3cb40d16efbddee6fdf63c4c3"),
    ],
)
def test_the_definition_compared_with_builds_known_trees(pairs: dict[str, str], root: str) -> None:
    found = structure(sorted((key.encode().hex(), value.encode()) for key, value in pairs.items()))

    assert keccak256(encode(found)).hex() == root


@given(
    pairs=st.dictionaries(
        st.binary(min_size=1, max_size=4), st.binary(min_size=1, max_size=40), min_size=1, max_size=40
    ),
    data=st.data(),
)
@settings(max_examples=60, deadline=None)
def test_every_value_of_a_tree_is_proven_and_nothing_else(pairs: dict[bytes, bytes], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(pairs)))
    root, nodes = root_and_proof(pairs, key)

    assert read_proven(root=root, key=key, nodes=nodes) == pairs[key]
    absent = b"absent" + key
    for wrong in (
        lambda: read_proven(root=bytes(32), key=key, nodes=nodes),
        lambda: read_proven(root=root, key=absent, nodes=root_and_proof(pairs, absent)[1]),
        lambda: read_proven(root=root, key=key, nodes=[*nodes, nodes[0]]),
        lambda: read_proven(root=root, key=key, nodes=nodes[:-1]),
    ):
        assert code_of(wrong) == "bad_state_proof"


def test_small_nodes_stand_inside_their_parents() -> None:
    # A root short enough to hold its leaf's place itself is still named by its hash.
    path = keccak256(b"k").hex()
    leaf: Item = [compact(path[63:], is_leaf=True), b"v"]
    nothing: Item = b""
    branch: list[Item] = [leaf if nibble == path[62] else nothing for nibble in "0123456789abcdef"]
    branch.append(nothing)
    top = encode([compact(path[:62], is_leaf=False), keccak256(encode(branch))])

    assert read_proven(root=keccak256(top), key=b"k", nodes=[top, encode(branch)]) == b"v"


def test_nodes_that_lead_nowhere_end() -> None:
    empty = encode([compact("", is_leaf=False), b"\x00" * 32])

    assert code_of(lambda: read_proven(root=keccak256(empty), key=b"k", nodes=[empty])) == "bad_state_proof"
    assert code_of(lambda: read_proven(root=bytes(32), key=b"k", nodes=[b"\x80"] * 100)) == "bad_state_proof"


def header(*, state_root: bytes) -> list[Item]:
    """Mainnet's first block, but for the state root."""
    empty = keccak256(encode(b""))
    extra = bytes.fromhex("11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa")
    start: list[Item] = [bytes(32), keccak256(encode([])), bytes(20), state_root, empty, empty, bytes(256)]
    return [*start, bytes.fromhex("0400000000"), b"", b"\x13\x88", b"", b"", extra, bytes(32), bytes(7) + b"\x42"]


def test_a_known_header() -> None:
    # The genesis block of Ethereum's main network.
    state_root = bytes.fromhex("d7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544")

    found = keccak256(encode(header(state_root=state_root)))

    assert found.hex() == "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"


def evidence(*, stored: bytes = ROOT, size: int = SIZE, account: Item | None = None) -> dict[str, Any]:
    """A block whose state holds one contract, which holds `stored` for a size, among other accounts and sizes."""
    storage = {storage_key(number): encode(bytes([number])) for number in range(1, 20)}
    storage[storage_key(size)] = encode(stored.lstrip(b"\x00"))
    storage_root, storage_proof = root_and_proof(storage, storage_key(SIZE))
    whole: Item = [b"\x01", b"", storage_root, keccak256(b"code")] if account is None else account
    accounts = {bytes([number]) * 20: encode([b"\x09", b"\x01" * 8, bytes(32), bytes(32)]) for number in range(30)}
    accounts[CONTRACT] = encode(whole)
    state_root, account_proof = root_and_proof(accounts, CONTRACT)
    block = encode(header(state_root=state_root))
    return {
        "format": FORMAT,
        "chain_id": 1,
        "contract": f"0x{CONTRACT.hex()}",
        "size": SIZE,
        "root": f"0x{ROOT.hex()}",
        "block_hash": f"0x{keccak256(block).hex()}",
        "header": f"0x{block.hex()}",
        "account_proof": [f"0x{node.hex()}" for node in account_proof],
        "storage_proof": [f"0x{node.hex()}" for node in storage_proof],
    }


GOOD = evidence()


def check(document: object) -> Any:
    return verify_ethereum(json.dumps(document).encode(), checkpoint=CHECKPOINT)


def test_good_evidence() -> None:
    block = check(GOOD)

    assert (block.number, block.time, block.contract, block.chain_id) == (0, 0, CONTRACT, 1)
    assert f"0x{block.hash.hex()}" == GOOD["block_hash"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"size": SIZE + 1}, "anchor_other_checkpoint"),
        ({"root": f"0x{'00' * 32}"}, "anchor_other_checkpoint"),
        ({"block_hash": f"0x{'00' * 32}"}, "block_hash_mismatch"),
        ({"contract": f"0x{'c1' * 20}"}, "bad_state_proof"),
        ({"contract": "0xc0"}, "bad_state_proof"),
        ({"account_proof": []}, "bad_state_proof"),
        ({"storage_proof": GOOD["account_proof"]}, "bad_state_proof"),
        ({"storage_proof": ["0x80"] * 66}, "bad_anchor"),
        ({"header": "0x80"}, "block_hash_mismatch"),
        ({"header": "0x80", "block_hash": f"0x{keccak256(bytes([0x80])).hex()}"}, "bad_anchor"),
        ({"header": GOOD["header"].upper()}, "bad_anchor"),
        ({"header": ""}, "bad_anchor"),
        ({"header": 7}, "bad_anchor"),
        ({"format": "other"}, "bad_anchor"),
        ({"more": 1}, "bad_anchor"),
        ({"size": True}, "bad_anchor"),
        ({"chain_id": -1}, "bad_anchor"),
        ({"chain_id": 2**70}, "bad_anchor"),
    ],
)
def test_bad_evidence(change: dict[str, object], code: str) -> None:
    assert code_of(lambda: check(GOOD | change)) == code


def test_a_contract_that_holds_something_else() -> None:
    assert code_of(lambda: check(evidence(stored=b"\x5b" * 32))) == "anchored_root_mismatch"
    assert code_of(lambda: check(evidence(size=SIZE + 1))) == "bad_state_proof"
    assert code_of(lambda: check(evidence(account=b"no account"))) == "bad_anchor"


def test_what_is_no_document_is_refused() -> None:
    for data in (b"", b"\xff", b"[]", b"null", b"[" * 100_000, b"1" * 5000, bytes(MAX_EVIDENCE_BYTES + 1)):
        assert code_of(lambda data=data: verify_ethereum(data, checkpoint=CHECKPOINT)) in {"bad_anchor", "bad_utf8"}


@given(data=st.binary(max_size=200))
def test_readers_end_in_one_way(data: bytes) -> None:
    for read in (
        lambda: decode_rlp(data),
        lambda: parse_der(data, tag=SEQUENCE).parts(),
        lambda: verify_timestamp(data, text=b"x", roots=[]),
        lambda: verify_ethereum(data, checkpoint=CHECKPOINT),
        lambda: read_proven(root=keccak256(data), key=b"k", nodes=[data]),
    ):
        try:
            read()
        except VerificationError:
            continue


@given(position=st.integers(0, len(json.dumps(GOOD)) - 1), piece=st.text(max_size=3), length=st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_altered_evidence_never_says_anything_else(position: int, piece: str, length: int) -> None:
    text = json.dumps(GOOD)
    altered = text[:position] + piece + text[position + length :]
    try:
        block = verify_ethereum(altered.encode("utf-8", "surrogatepass"), checkpoint=CHECKPOINT)
    except VerificationError:
        return
    assert (f"0x{block.hash.hex()}", block.contract) == (GOOD["block_hash"], CONTRACT)
