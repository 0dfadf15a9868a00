"""Each classical way to cheat a verifier, by its name, with the code it is refused under."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest

from ledger.verifier.encoding import write_base64
from ledger.verifier.errors import VerificationError
from ledger.verifier.merkle import EMPTY_ROOT, verify_consistency
from ledger.verifier.note import parse_note
from ledger.verifier.policy import parse_policy
from ledger.verifier.verify import verify_proof
from tests.ledger.helpers import reference_root
from tests.ledger.proofs import ENTRIES, LOG, POLICY, Key, checkpoint, proof_file

STRANGER = Key("stranger.example/log")
NAMESAKE = Key(LOG.name, seed="another key")


def _line(data: bytes, number: int) -> bytes:
    """A line of the proof, counted from 0: header, extra, index, path..."""
    return data.split(b"\n")[number]


def _with_line(number: int, text: bytes) -> bytes:
    data = proof_file()
    return data.replace(_line(data, number), text, 1)


def _with_checkpoint(note: bytes) -> bytes:
    return proof_file().partition(b"\n\n")[0] + b"\n\n" + note


def _one_path_for_another(index: int, size: int) -> bytes:
    """The path of entry 13 of 21, claimed for another entry or under another checkpoint."""
    head = proof_file().partition(b"\n\n")[0].replace(b"index 13", b"index %d" % index)
    return head + b"\n\n" + checkpoint(size=size)


def _signed_text(text: str) -> bytes:
    """A checkpoint of any wording, with the log's true signature."""
    return (text + "\n").encode() + str(LOG.sign(text)).encode()


def _sized(size: str, root: bytes = reference_root(ENTRIES)) -> bytes:
    return _signed_text(f"{LOG.name}\n{size}\n{write_base64(root)}\n")


def _respelled(base64_line: bytes) -> bytes:
    """The same bytes in another spelling: bits set that are not decoded."""
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = base64_line[-2]
    return base64_line[:-2] + bytes([alphabet[alphabet.index(last) ^ 1]]) + b"="


FAULTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "the size of an older checkpoint": (lambda: _with_checkpoint(checkpoint(size=20)), "root_mismatch"),
    "a size the path is too long for": (lambda: _with_checkpoint(checkpoint(size=14)), "wrong_path_length"),
    "a wrong key": (lambda: _with_checkpoint(checkpoint(STRANGER)), "unsigned"),
    "the right name with another key": (lambda: _with_checkpoint(checkpoint(NAMESAKE)), "unsigned"),
    "the right key with a wrong name": (
        lambda: _with_checkpoint(checkpoint(LOG, origin="stranger.example/log")),
        "unknown_log",
    ),
    "a hash of 31 bytes in the path": (lambda: _with_line(3, write_base64(b"\1" * 31).encode()), "wrong_hash_length"),
    "a hash of 33 bytes in the path": (lambda: _with_line(3, write_base64(b"\1" * 33).encode()), "wrong_hash_length"),
    "a root of 31 bytes": (lambda: _with_checkpoint(_sized("21", b"\1" * 31)), "wrong_hash_length"),
    "a size of 0": (lambda: _with_checkpoint(_sized("0", EMPTY_ROOT)), "index_out_of_range"),
    "a size of 0 with a root": (lambda: _with_checkpoint(_sized("0")), "bad_checkpoint"),
    "an index equal to the size": (lambda: _with_line(2, b"index 21"), "index_out_of_range"),
    "a path that is valid for another index": (lambda: _one_path_for_another(12, 21), "root_mismatch"),
    "a path that is valid for another size": (lambda: _one_path_for_another(13, 19), "root_mismatch"),
    "a checkpoint with trailing bytes": (lambda: proof_file() + b"more", "bad_note"),
    "a checkpoint with a trailing line": (lambda: proof_file() + b"more\n", "bad_note"),
    "a checkpoint with a trailing empty line": (lambda: proof_file() + b"\n", "bad_note"),
    "base64 in another spelling in the path": (
        lambda: _with_line(3, _respelled(_line(proof_file(), 3))),
        "bad_base64",
    ),
    "base64 without padding": (lambda: _with_line(3, _line(proof_file(), 3).rstrip(b"=")), "bad_base64"),
    "base64 for addresses": (lambda: _with_line(3, b"-_" * 21 + b"A="), "bad_base64"),
    "an index beyond 2^63": (lambda: _with_line(2, b"index 9223372036854775808"), "bad_number"),
    "an index of a million digits": (lambda: _with_line(2, b"index " + b"9" * 1_000_000), "bad_number"),
    "a size beyond 2^63": (lambda: _with_checkpoint(_sized("9223372036854775808")), "bad_number"),
    "a size with a leading zero": (lambda: _with_checkpoint(_sized("021")), "bad_number"),
    "a size in other digits": (lambda: _with_checkpoint(_sized("٢١")), "bad_number"),
    "a negative size": (lambda: _with_checkpoint(_sized("-21")), "bad_number"),
    "a path of a thousand hashes": (
        lambda: _with_line(3, b"\n".join([_line(proof_file(), 3)] * 1_000)),
        "wrong_path_length",
    ),
    "an empty file": (lambda: b"", "bad_proof"),
    "a file of three megabytes": (lambda: b"\n" * 3_000_000, "proof_too_long"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_named_fault_is_refused_under_its_code(name: str) -> None:
    spoiled, code = FAULTS[name]

    with pytest.raises(VerificationError) as caught:
        verify_proof(spoiled(), policy=parse_policy(POLICY))

    assert caught.value.code == code


@pytest.mark.parametrize("data", [b"\xe2\x80\x94 a AAAAAAAA\n" * 80_000, b"x\n" * 400_000, b"\n" * 999_999])
def test_refusing_takes_little_memory(data: bytes) -> None:
    tracemalloc.start()
    for start in (b"", b"t\n\n"):
        with pytest.raises(VerificationError):
            parse_note((start + data)[:1_000_000])

    assert tracemalloc.get_traced_memory()[1] < 200_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("old_size", "new_size", "code"),
    [
        (0, 5, "size_out_of_range"),
        (6, 5, "size_out_of_range"),
        (-1, 5, "size_out_of_range"),
        (3, 5, "wrong_path_length"),
        (2**62, 2**63, "wrong_path_length"),
    ],
)
def test_growth_between_impossible_sizes_is_refused(old_size: int, new_size: int, code: str) -> None:
    with pytest.raises(VerificationError) as caught:
        verify_consistency(old_size=old_size, old_root=b"\1" * 32, new_size=new_size, new_root=b"\2" * 32, path=[])

    assert caught.value.code == code
