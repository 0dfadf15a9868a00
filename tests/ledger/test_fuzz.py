"""Whatever the verifier is fed, only VerificationError comes out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.tree import parse_address
from ledger.verifier.checkpoint import parse_checkpoint_text
from ledger.verifier.errors import VerificationError
from ledger.verifier.merkle import verify_consistency, verify_inclusion
from ledger.verifier.note import VerifierKey, parse_note
from ledger.verifier.policy import parse_policy
from ledger.verifier.proof import parse_proof
from ledger.verifier.verify import verify_proof
from tests.ledger.proofs import LOG, POLICY, WITNESSES, proof_file

PROOF = proof_file(LOG, WITNESSES[0])
NOTE = PROOF.partition(b"\n\n")[2]
RICH_POLICY = POLICY + f"witness w {WITNESSES[0].vkey}\ngroup g 1 w\n".encode()
TRUSTED = parse_policy(POLICY + f"witness w {WITNESSES[0].vkey}\n".encode())


def mutations(data: bytes) -> st.SearchStrategy[bytes]:
    """The sample with a stretch of it replaced, or anything at all."""

    def splice(start: int, length: int, piece: bytes) -> bytes:
        return data[:start] + piece + data[start + length :]

    piece = st.one_of(st.binary(max_size=40), st.text(max_size=20).map(str.encode), st.just(b"\n"), st.just(b""))
    spliced = st.builds(splice, st.integers(0, len(data)), st.integers(0, 80), piece)
    return st.one_of(spliced, st.binary(max_size=300), st.text(max_size=100).map(lambda text: text.encode()))


def loose(data: bytes) -> str:
    return data.decode("utf-8", "replace")


PARSERS: list[tuple[Callable[[bytes], object], bytes]] = [
    (parse_proof, PROOF),
    (parse_note, NOTE),
    (parse_policy, RICH_POLICY),
    (lambda data: parse_checkpoint_text(loose(data)), NOTE.partition(b"\n\n")[0] + b"\n"),
    (lambda data: VerifierKey.parse(loose(data)), str(LOG.vkey).encode()),
    (lambda data: verify_proof(data, policy=TRUSTED), PROOF),
    (lambda data: parse_address(loose(data)), b"0/x001/234.p/17"),
]


@pytest.mark.parametrize("number", range(len(PARSERS)))
def test_parsers_raise_nothing_else(number: int) -> None:
    parser, sample = PARSERS[number]

    @settings(max_examples=300, deadline=None)
    @given(mutations(sample))
    def run(data: bytes) -> None:
        with contextlib.suppress(VerificationError):
            parser(data)

    run()


hashes = st.one_of(st.binary(min_size=32, max_size=32), st.binary(max_size=40))
numbers = st.one_of(st.integers(-3, 100), st.integers(-(2**80), 2**80))


@settings(max_examples=500, deadline=None)
@given(hashes, numbers, numbers, st.lists(hashes, max_size=8), hashes)
def test_inclusion_raises_nothing_else(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> None:
    with contextlib.suppress(VerificationError):
        verify_inclusion(leaf=leaf, index=index, size=size, path=path, root=root)


@settings(max_examples=500, deadline=None)
@given(numbers, hashes, numbers, hashes, st.lists(hashes, max_size=8))
def test_consistency_raises_nothing_else(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: list[bytes]
) -> None:
    with contextlib.suppress(VerificationError):
        verify_consistency(old_size=old_size, old_root=old_root, new_size=new_size, new_root=new_root, path=path)
