"""Which checkpoint a proof stands under while some of the witnesses are away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from ledger import published
from ledger.adapters.signer import Signer
from ledger.models import Checkpoint, Cosignature, WitnessContact
from ledger.published import best_checkpoint, policy_text, witness_lines
from ledger.queries import proof_text
from ledger.services.cosigning import ask_witnesses
from ledger.services.sequencing import sequence_batch
from ledger.verifier.note import COSIGNATURE
from ledger.verifier.policy import parse_policy
from ledger.verifier.verify import verify_proof
from tests.ledger.answering import Answers, answering
from tests.ledger.flushing import triggers_lifted
from tests.ledger.helpers import NOW, queue
from tests.ledger.proofs import Key

KEYS = [Key(f"witness.example/{number}", kind=COSIGNATURE) for number in range(3)]


@pytest.fixture
def witness(signer: Signer, tmp_path: Path, settings: Settings) -> Iterator[Answers]:
    """Three witnesses behind one server, of whom any two are a quorum."""
    settings.LEDGER_POLICY_FILE = tmp_path / "policy"
    with answering() as found:
        lines = [f"witness w{number} {key.vkey} {found.address}" for number, key in enumerate(KEYS)]
        lines += ["group two 2 w0 w1 w2", "quorum two", ""]
        settings.LEDGER_POLICY_FILE.write_text("\n".join(lines))
        yield found


def grow(signer: Signer, witness: Answers, cosigners: set[int], *, now: datetime) -> int:
    """One more entry, signed, and shown to everybody; returns the size."""
    size = (Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0) + 1
    queue(1, first=size)
    sequence_batch(signer=signer, now=NOW)
    answers = [(200, witness.cosign(signer, size, key=key)) for key in KEYS]
    witness.answers = [answers[number] if number in cosigners else (503, "away") for number in range(3)]
    ask_witnesses(now=now)
    return size


def test_a_quorum_of_long_ago_outlasts_what_one_witness_cosigned_since(
    signer: Signer, witness: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if far more had been cosigned by one alone than is ever looked at.
    monkeypatch.setattr(published, "_LOOKED_AT", (1, 3))
    hours = (NOW + timedelta(hours=number) for number in range(100))
    for cosigners in ({0, 1, 2}, {0, 1}, *[{0}] * 8):
        grow(signer, witness, cosigners, now=next(hours))

    assert [row.size for index in (0, 1, 2, 9) if (row := best_checkpoint(index))] == [2, 2, 10, 10]
    found = verify_proof(proof_text(0).encode(), policy=parse_policy(policy_text().encode()))
    assert found.checkpoint.text.size == 2

    # The others come back: everything is covered again.
    grow(signer, witness, {1, 2}, now=next(hours))
    assert {row.size for index in range(11) if (row := best_checkpoint(index))} == {11}


COSIGNED = st.lists(st.sets(st.integers(0, 2)), min_size=1, max_size=12)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cosigned=COSIGNED)
def test_it_is_always_the_newest_with_its_quorum(signer: Signer, witness: Answers, cosigned: list[set[int]]) -> None:
    with triggers_lifted():
        Cosignature.objects.all().delete()
        Checkpoint.objects.all().delete()
    WitnessContact.objects.all().delete()
    for size, cosigners in enumerate(cosigned, start=1):
        row = Checkpoint.objects.create(size=size, root=b"r" * 32, note=b"n", signed_at=NOW)
        for number in sorted(cosigners):
            vkey = str(KEYS[number].vkey)
            Cosignature.objects.create(checkpoint=row, key_name="w", vkey=vkey, line="\n", cosigned_at=NOW)
            WitnessContact.objects.update_or_create(vkey=vkey, defaults={"name": "w", "url": "u", "size": size})

    for index in range(len(cosigned)):
        quorate = [size for size, by in enumerate(cosigned, start=1) if len(by) >= 2 and size > index]
        best = best_checkpoint(index)
        assert best is not None
        assert best.size == max(quorate, default=len(cosigned))


def test_neither_proofs_nor_the_page_ask_much(signer: Signer, witness: Answers) -> None:
    for hour in range(3):
        grow(signer, witness, {0, 1}, now=NOW + timedelta(hours=hour))

    with CaptureQueriesContext(connection) as queries:
        best_checkpoint(1)
    assert len(queries) == 3
    with CaptureQueriesContext(connection) as queries:
        lines = witness_lines()
    assert len(queries) == 2
    assert [(line.size, bool(line.cosigned_at), bool(line.failure)) for line in lines] == [
        (3, True, False),
        (3, True, False),
        (None, False, True),
    ]
