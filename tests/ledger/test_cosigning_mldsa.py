"""A witness that signs with ML-DSA-44, as the specification prefers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from ledger.adapters.signer import Signer
from ledger.models import Cosignature
from ledger.published import policy_text, published_note
from ledger.queries import proof_text
from ledger.services.cosigning import ask_witnesses
from ledger.verifier.mldsa import cosigned_subtree
from ledger.verifier.note import MLDSA44, Signature, VerifierKey
from ledger.verifier.policy import parse_policy
from ledger.verifier.verify import verify_proof
from tests.ledger.answering import Answers, answering
from tests.ledger.helpers import NOW, filled, findings

mldsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.mldsa")


@pytest.fixture
def witness() -> Iterator[Answers]:
    with answering() as found:
        yield found


@pytest.mark.django_db
def test_its_cosignature_is_asked_for_kept_and_verified(
    signer: Signer, witness: Answers, settings: Settings, tmp_path: Path
) -> None:
    private = mldsa.MLDSA44PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    key = VerifierKey.make(name="witness.example/safe", kind=MLDSA44, public=public)
    settings.LEDGER_POLICY_FILE = tmp_path / "policy"
    settings.LEDGER_POLICY_FILE.write_text(f"witness safe {key} {witness.address}/w\nquorum safe\n")
    filled(signer, 5)
    text = published_note(5).decode().rpartition("\n\n")[0] + "\n"
    blob = private.sign(cosigned_subtree(name=key.name, time=1_800_000_000, text=text))
    line = Signature(name=key.name, key_id=key.key_id, blob=(1_800_000_000).to_bytes(8, "big") + blob)
    witness.answers = [(200, str(line))]

    assert ask_witnesses(now=NOW) == ["witness.example/safe cosigned 5 entries"]

    assert Cosignature.objects.get().cosigned_at == datetime.fromtimestamp(1_800_000_000, UTC)
    verified = verify_proof(proof_text(3).encode(), policy=parse_policy(policy_text().encode()))
    assert verified.checkpoint.witnesses == ((key, 1_800_000_000),)
    assert findings(signer) == []
