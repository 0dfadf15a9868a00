"""Many ask one witness at once, from outside, and in any order: no two roots of one size are ever cosigned."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ledger.adapters.witness_signer import WitnessSigner, create_witness_key
from ledger.models import WitnessedLog
from ledger.services.witnessing import Refusal, cosign_checkpoint, trust_log
from ledger.verifier.checkpoint import CheckpointText
from ledger.verifier.note import Note, VerifierKey, parse_note, verified_signatures
from ledger.witness_request import format_request
from tests.ledger.flushing import triggers_lifted
from tests.ledger.helpers import NOW, reference_consistency, reference_root
from tests.ledger.instance import new_instance
from tests.ledger.proofs import LOG
from tests.ledger.serving import read, run, serving

AT_ONCE = 6


def checkpoint_text(entries: Sequence[bytes]) -> str:
    return str(CheckpointText(origin=LOG.name, size=len(entries), root=reference_root(entries)))


def request_to_grow(old: int, entries: Sequence[bytes]) -> bytes:
    """An honest proof that this history grew from its own first `old` entries, signed by the log."""
    text = checkpoint_text(entries)
    proof = reference_consistency(old, entries) if 0 < old < len(entries) else []
    note = str(Note(text=text, signatures=(LOG.sign(text),)))
    return format_request(old_size=old, proof=proof, checkpoint=note.encode())


def ask(address: str, data: bytes) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"{address}/witness/add-checkpoint", data, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_of_many_extensions_at_once_one_is_cosigned(transactional_db: None, tmp_path: Path) -> None:
    """A log that shows everybody something else, and a witness with two processes."""
    with (
        new_instance(tmp_path) as instance,
        serving(instance, "--workers", "2", "--blocking-threads", "4") as address,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        run(instance, "ledger_witness", "init")
        run(instance, "ledger_witness", "trust", str(LOG.vkey))
        witness = VerifierKey.parse(read(f"{address}/witness/vkey"))
        entries: list[bytes] = []
        for turn in range(12):
            histories = [[*entries, f"{turn} {teller}".encode(), b"more"] for teller in range(AT_ONCE)]
            barrier = Barrier(AT_ONCE)

            def tell(history: list[bytes], old: int = len(entries), barrier: Barrier = barrier) -> tuple[int, bytes]:
                data = request_to_grow(old, history)
                barrier.wait()
                return ask(address, data)

            answers = list(pool.map(tell, histories))

            assert sorted(status for status, _ in answers) == [200, *[409] * (AT_ONCE - 1)]
            # Who lost is told where the witness stands now.
            assert {body for status, body in answers if status == 409} == {f"{len(entries) + 2}\n".encode()}
            ((entries, lines),) = [
                (history, body) for history, (status, body) in zip(histories, answers, strict=True) if status == 200
            ]
            signed = parse_note(f"{checkpoint_text(entries)}\n{lines.decode()}".encode())
            assert [key for key, _ in verified_signatures(signed, [witness])] == [witness]


# What a log that changes its mind sends: which of three histories, its size, what it proves, and from which size.
STEPS = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(0, 7), st.sampled_from(["growth", "anything", "another's"]), st.integers(0, 7)
    ),
    min_size=1,
    max_size=15,
)


def story(teller: int, size: int) -> list[bytes]:
    """The second history leaves the first after four entries, the third at once."""
    return [f"{0 if teller == 1 and number < 4 else teller} {number}".encode() for number in range(size)]


@pytest.fixture
def trusting(db: None, tmp_path: Path) -> list[WitnessSigner]:
    trust_log(vkey=str(LOG.vkey), now=NOW)
    return [create_witness_key(key_file=tmp_path / "witness.key", name="witness.example")]


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_a_log_sends_it_is_held_to_one_history(
    trusting: list[WitnessSigner], steps: list[tuple[int, int, str, int]]
) -> None:
    with triggers_lifted():
        WitnessedLog.objects.update(size=0, root=reference_root([]))
    known: list[bytes] = []
    for teller, size, proves, other in steps:
        history = story(teller, size)
        old = len(known) if proves == "growth" else other
        honest = request_to_grow(old, history)
        data = honest
        if proves == "another's":
            head = request_to_grow(old, story((teller + 1) % 3, size)).partition(b"\n\n")[0]
            data = head + b"\n\n" + honest.partition(b"\n\n")[2]

        status = status_of(data, trusting)

        if old > size:
            assert status == 400
        elif old != len(known):
            assert status == 409
        elif data != honest or history[:old] != known:
            assert status == 422
        else:
            assert status == 200
            known = history
        log = WitnessedLog.objects.get()
        assert (log.size, bytes(log.root)) == (len(known), reference_root(known))


def status_of(data: bytes, signers: list[WitnessSigner]) -> int:
    try:
        cosign_checkpoint(data, signers=signers, now=NOW)
    except Refusal as refusal:
        return refusal.status
    return 200
