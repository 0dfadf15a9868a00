"""What ledger_check says of a log whose key changed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from ledger.adapters.second import create_second
from ledger.adapters.signer import Signer, create_key, load_signer, next_file
from ledger.models import Checkpoint, LogKey
from ledger.services import rotation as steps
from ledger.services.sequencing import sequence_batch
from tests.ledger.flushing import triggers_lifted
from tests.ledger.helpers import NOW, filled, findings
from tests.ledger.key_helpers import later, rotate


def check() -> str:
    out = io.StringIO()
    call_command("ledger_check", stdout=out, stderr=io.StringIO())
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_a_rotation_is_no_difference(signer: Signer) -> None:
    rotate(signer)
    rotate(signer)

    assert check() == "clean\n"


@pytest.mark.django_db(transaction=True)
def test_a_rotation_under_way_is_none_either(signer: Signer) -> None:
    create_key(key_file=next_file(signer.key_file))
    assert check() == "clean\n"
    successor = signer.successor()
    assert successor is not None
    steps._announce(signer=signer, new=str(successor.vkey), now=later())
    assert check() == "clean\n"
    sequence_batch(signer=signer, now=NOW)

    assert check() == "clean\n"
    rotate(signer)
    assert check() == "clean\n"


@pytest.mark.django_db(transaction=True)
def test_another_place_of_the_rotation_is_found(signer: Signer) -> None:
    filled(signer, 3)
    rotate(signer)
    filled(signer, 2)

    with triggers_lifted():
        LogKey.objects.filter(from_size=4).update(from_size=6)

    found = findings(signer)
    assert any("came into force at another checkpoint" in text for text in found), found
    assert any(text.startswith("log: the key") and "does not end where" in text for text in found), found


@pytest.mark.django_db
def test_a_spoiled_second_line_is_found(signer: Signer, tmp_path: Path, settings: Settings) -> None:
    settings.LEDGER_MLDSA_KEY_FILE = str(tmp_path / "mldsa.key")
    create_second("LEDGER_MLDSA_KEY_FILE")
    both = load_signer(key_file=signer.key_file, origin=signer.origin)
    filled(both, 3)
    assert findings(both) == []
    note = bytes(Checkpoint.objects.get(size=3).note)
    spoiled = note[:-60] + bytes(reversed(note[-60:-20])) + note[-20:]

    with triggers_lifted():
        Checkpoint.objects.filter(size=3).update(note=spoiled)

    assert findings(both) == ["checkpoint 3: its ML-DSA-44 line does not verify"]
