"""The log and its witnesses: two whole instances cosign one another over HTTP, and what happens when one will not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from ledger.adapters.signer import Signer
from ledger.models import Cosignature, WitnessContact
from ledger.published import best_checkpoint, policy_text, published_note, witness_lines
from ledger.queries import proof_text
from ledger.services.cosigning import ask_witnesses
from ledger.verifier.errors import VerificationError
from ledger.verifier.policy import parse_policy
from ledger.verifier.verify import verify_proof
from tests.ledger.answering import WITNESS, Answers, answering
from tests.ledger.flushing import triggers_lifted
from tests.ledger.helpers import NOW, filled, findings
from tests.ledger.instance import new_instance
from tests.ledger.key_helpers import rotate
from tests.ledger.proofs import Key
from tests.ledger.serving import read, run, serving

# Nobody listens there.
NOWHERE = "http://127.0.0.1:1/w"


def test_two_instances_cosign_one_another(transactional_db: None, tmp_path: Path) -> None:
    names = ("sichuan", "chongqing")
    for name in names:
        (tmp_path / name).mkdir()
    with (
        new_instance(tmp_path / names[0], origin="sichuan.example/log") as sichuan,
        new_instance(tmp_path / names[1], origin="chongqing.example/log") as chongqing,
        serving(sichuan) as sichuan_address,
        serving(chongqing) as chongqing_address,
    ):
        both = ((sichuan, sichuan_address), (chongqing, chongqing_address))
        for (log, log_address), (other, address) in (both, both[::-1]):
            run(other, "ledger_witness", "init")
            run(other, "ledger_witness", "trust", read(f"{log_address}/vkey"))
            witness = read(f"{address}/witness/vkey")
            policy_file = log.folder / "ledger-policy"
            # One of two is enough, and the other is never there.
            lines = [f"witness neighbour {witness} {address}/witness", f"witness university {WITNESS.vkey} {NOWHERE}"]
            policy_file.write_text("\n".join([*lines, "group either 1 neighbour university", "quorum either", ""]))
        for _ in range(2):
            for instance, _ in both:
                instance.producer_once(40)
                run(instance, "ledger_run", "--once")
                assert "cosigned" in run(instance, "ledger_publish", "--once")

        for instance, address in both:
            proof, policy = instance.folder / "proof", instance.folder / "policy"
            proof.write_text(read(f"{address}/proofs/3") + "\n")
            policy.write_text(read(f"{address}/policy") + "\n")
            assert proof.read_text().count("\u2014") == 2
            done = verify(proof, policy)
            assert (done.returncode, "cosigned at" in done.stdout) == (0, True), done.stdout + done.stderr
            # Whoever asks for two of the two is not content, and without the neighbour's line nobody is.
            strict = instance.folder / "strict"
            strict.write_text(policy.read_text().replace("group either 1", "group either 2"))
            done = verify(proof, strict)
            assert (done.returncode, "quorum_not_met" in done.stdout) == (1, True), done.stdout + done.stderr
            lines = proof.read_text().splitlines(keepends=True)
            proof.write_text("".join(line for line in lines if "/witness " not in line))
            done = verify(proof, policy)
            assert (done.returncode, "quorum_not_met" in done.stdout) == (1, True), done.stdout + done.stderr
            run(instance, "ledger_check", "--log-only")


def verify(proof: Path, policy: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ledger.verifier", str(proof), "--policy", str(policy)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def witness(signer: Signer, tmp_path: Path, settings: Settings) -> Iterator[Answers]:
    settings.LEDGER_POLICY_FILE = tmp_path / "policy"
    with answering() as found:
        settings.LEDGER_POLICY_FILE.write_text(f"witness w {WITNESS.vkey} {found.address}/w\nquorum w\n")
        yield found


def test_a_witness_that_knows_another_size_is_asked_again_from_there(signer: Signer, witness: Answers) -> None:
    filled(signer, 5, 4)
    witness.answers = [(409, "5\n"), (200, witness.cosign(signer, 9))]

    assert ask_witnesses(now=NOW) == [f"{WITNESS.name} cosigned 9 entries"]

    assert [request.splitlines()[0] for request in witness.requests] == ["old 0", "old 5"]
    assert ask_witnesses(now=NOW) == []
    assert published_note(9).decode().count("\u2014") == 2
    assert witness_lines()[0].size == 9
    assert findings(signer) == []


BAD_ANSWERS = {
    "an error": (503, "busy"),
    "a redirection": (302, ""),
    "nothing": (200, ""),
    "words": (200, "thank you\n"),
    "a stranger's line": (200, "\u2014 stranger.example AAAABBBBCCCC\n"),
    "a spoiled line": (200, str(WITNESS.sign("another text\n"))),
    "a line without a time": (200, str(WITNESS.sign("x\n", time=0))),
    "a size that is no number": (409, "many\n"),
    "a longer history": (409, "1000\n"),
    "a long answer": (200, "x" * 200_000),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_whatever_a_witness_answers_is_noted_and_asked_again(signer: Signer, witness: Answers, name: str) -> None:
    filled(signer, 5)
    witness.answers = [BAD_ANSWERS[name], (200, witness.cosign(signer, 5))]

    (line,) = ask_witnesses(now=NOW)

    assert "will be asked again" in line
    assert (Cosignature.objects.count(), WitnessContact.objects.get().failures) == (0, 1)
    assert witness_lines()[0].failure
    # Left alone for a moment, then asked again.
    assert ask_witnesses(now=NOW) == []
    assert ask_witnesses(now=NOW + timedelta(seconds=2)) == [f"{WITNESS.name} cosigned 5 entries"]
    assert witness_lines()[0].failure == ""


def test_a_witness_that_is_down_is_in_nobodys_way(signer: Signer, witness: Answers, settings: Settings) -> None:
    settings.LEDGER_POLICY_FILE.write_text(f"witness w {WITNESS.vkey} {NOWHERE}\nquorum w\n")
    filled(signer, 5)

    assert "will be asked again" in ask_witnesses(now=NOW)[0]

    filled_more(signer)
    assert proof_text(3).count("\u2014") == 1


def filled_more(signer: Signer) -> None:
    from ledger.services.sequencing import sequence_batch
    from tests.ledger.helpers import queue

    queue(3, first=5)
    assert sequence_batch(signer=signer, now=NOW).size == 8


def test_a_proof_stands_under_the_newest_checkpoint_with_its_quorum(signer: Signer, witness: Answers) -> None:
    filled(signer, 5)
    witness.answers = [(200, witness.cosign(signer, 5))]
    ask_witnesses(now=NOW)
    filled_more(signer)

    sizes = [row.size for index in (0, 4, 5, 7) if (row := best_checkpoint(index))]

    assert sizes == [5, 5, 8, 8]
    policy = parse_policy(policy_text().encode())
    assert verify_proof(proof_text(4).encode(), policy=policy).checkpoint.witnesses[0][0] == WITNESS.vkey
    with pytest.raises(VerificationError, match="quorum_not_met"):
        verify_proof(proof_text(5).encode(), policy=policy)


@pytest.mark.parametrize("column", ["line", "cosigned_at", "key_name", "vkey"])
def test_a_changed_cosignature_is_found(signer: Signer, witness: Answers, column: str) -> None:
    filled(signer, 5)
    witness.answers = [(200, witness.cosign(signer, 5))]
    ask_witnesses(now=NOW)
    other = {"line": str(WITNESS.sign("x\n")), "cosigned_at": NOW, "key_name": "x", "vkey": str(Key("x").vkey)}

    with triggers_lifted():
        Cosignature.objects.update(**{column: other[column]})

    assert any("the cosignature of" in text for text in findings(signer))


@pytest.mark.parametrize("text", [b"nonsense", b"quorum w\n", b"\xff", b"log x\nquorum none\n"])
def test_an_unusable_policy_keeps_nobody_from_a_proof(
    signer: Signer, settings: Settings, tmp_path: Path, text: bytes
) -> None:
    filled(signer, 3)
    settings.LEDGER_POLICY_FILE = tmp_path / "policy"
    settings.LEDGER_POLICY_FILE.write_bytes(text)

    assert policy_text() == f"log {signer.vkey}\nquorum none\n"
    assert proof_text(1)


def test_after_a_rotation_no_proof_stands_under_the_old_key_alone(signer: Signer, witness: Answers) -> None:
    filled(signer, 5)
    witness.answers = [(200, witness.cosign(signer, 5))]
    ask_witnesses(now=NOW)
    rotate(signer)

    policy = parse_policy(policy_text().replace("quorum w", "quorum none").encode())

    assert verify_proof(proof_text(4).encode(), policy=policy).checkpoint.text.size == 6
