"""A proof file against a policy: what is accepted, and that every spoiled part is noticed."""

from __future__ import annotations

import pytest

from ledger.verifier.errors import VerificationError
from ledger.verifier.policy import parse_policy
from ledger.verifier.proof import format_proof, parse_proof
from ledger.verifier.verify import verify_proof
from tests.ledger.proofs import ENTRIES, LOG, POLICY, WITNESSES, Key, checkpoint, proof_file


def code_of(data: bytes, *, policy: bytes = POLICY, entry: bytes | None = None) -> str:
    with pytest.raises(VerificationError) as caught:
        verify_proof(data, policy=parse_policy(policy), entry=entry)
    return caught.value.code


def policy_code(text: str | bytes) -> str:
    with pytest.raises(VerificationError) as caught:
        parse_policy(text if isinstance(text, bytes) else text.encode())
    return caught.value.code


@pytest.mark.parametrize("size", [1, 2, 7, 21])
def test_every_entry_of_a_log_verifies(size: int) -> None:
    for index in range(size):
        verified = verify_proof(proof_file(index=index, size=size), policy=parse_policy(POLICY))
        assert (verified.entry, verified.index, verified.checkpoint.text.size) == (ENTRIES[index], index, size)


def test_a_proof_reads_and_writes() -> None:
    for data in (proof_file(), proof_file(with_entry=False), proof_file(index=0, size=1)):
        assert format_proof(parse_proof(data)) == data


def test_no_flipped_bit_goes_unnoticed() -> None:
    data, policy = proof_file(WITNESSES[0], LOG), parse_policy(POLICY + f"witness w {WITNESSES[0].vkey}\n".encode())
    verify_proof(data, policy=policy)

    accepted = []
    for at in range(len(data)):
        spoiled = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        try:
            verify_proof(spoiled, policy=policy)
        except VerificationError:
            continue
        accepted.append(at)

    # Only the witness's line may change into that of a stranger, which is passed over.
    line = data.index("\u2014 witness".encode())
    assert all(line <= at < data.index(b"\n", line) for at in accepted)


def test_the_entry_is_needed_once_and_must_agree() -> None:
    policy = parse_policy(POLICY)
    assert verify_proof(proof_file(with_entry=False), policy=policy, entry=ENTRIES[13]).index == 13
    assert verify_proof(proof_file(), policy=policy, entry=ENTRIES[13]).index == 13

    assert code_of(proof_file(with_entry=False)) == "entry_missing"
    assert code_of(proof_file(), entry=ENTRIES[14]) == "entry_mismatch"
    assert code_of(proof_file(with_entry=False), entry=ENTRIES[14]) == "root_mismatch"


def test_only_the_policys_log_is_believed() -> None:
    impostor = Key(LOG.name, seed="impostor")
    assert code_of(proof_file(impostor)) == "unsigned"
    assert code_of(proof_file(), policy=f"log {Key('other.example').vkey}\nquorum none\n".encode()) == "unknown_log"


def test_a_trusted_log_cannot_speak_for_another_one() -> None:
    other = Key("other.example")
    both = f"log {LOG.vkey}\nlog {other.vkey}\nquorum none\n".encode()
    head, _, _ = proof_file().partition(b"\n\n")

    assert code_of(head + b"\n\n" + checkpoint(other), policy=both) == "unsigned"


def test_size_and_root_come_from_the_checkpoint() -> None:
    """The path of (38, 39) is also that of (76, 77) to a verifier that lets the proof choose."""
    head, _, _ = proof_file(index=12, size=13).partition(b"\n\n")

    assert code_of(head + b"\n\n" + checkpoint(LOG, size=21)) == "wrong_path_length"


@pytest.mark.parametrize(
    ("quorum", "cosigners", "is_met"),
    [
        ("quorum none", [], True),
        ("quorum w0", [0], True),
        ("quorum w0", [1, 2], False),
        ("group g any w0 w1 w2\nquorum g", [2], True),
        ("group g any w0 w1 w2\nquorum g", [], False),
        ("group g all w0 w1 w2\nquorum g", [0, 1], False),
        ("group g all w0 w1 w2\nquorum g", [0, 1, 2], True),
        ("group g 2 w0 w1 w2\nquorum g", [0, 2], True),
        ("group g 2 w0 w1 w2\nquorum g", [1], False),
        ("group g any w0 w1\ngroup h all g w2\nquorum h", [1, 2], True),
        ("group g any w0 w1\ngroup h all g w2\nquorum h", [0, 1], False),
    ],
)
def test_the_quorum_is_counted(quorum: str, cosigners: list[int], is_met: bool) -> None:
    names = "".join(f"witness w{number} {key.vkey}\n" for number, key in enumerate(WITNESSES))
    policy = f"log {LOG.vkey}\n{names}{quorum}\n".encode()
    data = proof_file(LOG, *(WITNESSES[number] for number in cosigners), *(WITNESSES[number] for number in cosigners))

    if is_met:
        verified = verify_proof(data, policy=parse_policy(policy))
        assert [time for _, time in verified.checkpoint.witnesses] == [1_700_000_000] * len(cosigners)
    else:
        assert code_of(data, policy=policy) == "quorum_not_met"


W = f"witness w {WITNESSES[0].vkey}\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum",
        "quorum x",
        "quorum none\nquorum none",
        "nonsense\nquorum none",
        f"log {LOG.vkey} url more\nquorum none",
        f"log {LOG.vkey}\nlog {LOG.vkey}\nquorum none",
        f"log {WITNESSES[0].vkey}\nquorum none",
        f"witness w {LOG.vkey}\nquorum none",
        f"witness none {WITNESSES[0].vkey}\nquorum none",
        f"{W}{W}quorum none",
        f"{W}witness v {WITNESSES[0].vkey}\nquorum none",
        f"{W}group g 0 w\nquorum g",
        f"{W}group g 2 w\nquorum g",
        f"{W}group g -1 w\nquorum g",
        f"{W}group g 01 w\nquorum g",
        f"{W}group g any w w\nquorum g",
        f"{W}group g any none\nquorum g",
        f"{W}group g any\nquorum g",
        f"{W}group w any w\nquorum w",
        f"{W}group g any w\ngroup h any w g\nquorum h",
        f"group g any w\n{W}quorum g",
        f"quorum w\n{W}",
        "log broken\nquorum none",
        "quorum none\r\n",
        b"quorum \xffx",
        b"quorum none\n\x7f",
    ],
)
def test_unusable_policies_are_refused(text: str | bytes) -> None:
    assert policy_code(text) in {"bad_policy", "bad_vkey", "bad_base64", "bad_number"}


def test_a_policy_may_be_laid_out_freely() -> None:
    name = "见证"
    text = f"# 说明\n\n\t log\t{LOG.vkey}   https://log.example/ \n  witness {name} {WITNESSES[0].vkey}\nquorum {name}"

    policy = parse_policy(text.encode())

    assert policy.logs == [LOG.vkey]
    assert policy.is_met([WITNESSES[0].vkey])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"c2sp.org/tlog-proof@v1", b"c2sp.org/tlog-proof@v2"),
        (b"index 13", b"index 013"),
        (b"index 13", b"index -13"),
        (b"index 13", b"Index 13"),
        (b"index 13\n", b""),
        (b"extra ", b"extra  "),
        (b"extra ", b"more "),
        (b"\n\n", b"\n"),
        (b"index 13\n", b"index 13\n\n"),
        (b"index 13\n", b"index 13\nAAAA\n"),
        (b"index 13\n", b"index 13\n" + b"A" * 43 + b"=\n"),
        (b"index 13\n", b"index 13\n" + (b"A" * 43 + b"=\n") * 64),
        (b"index 13", b"index 13\r"),
    ],
)
def test_malformed_proofs_are_refused(old: bytes, new: bytes) -> None:
    data = proof_file()
    assert old in data

    code_of(data.replace(old, new, 1))
