"""From an old policy to the key in force, as a stranger walks it; and the command as an operator meets it."""

from __future__ import annotations

import base64
import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from gi_trace.settings import BASE_DIR
from ledger.adapters.signer import Signer, create_key, next_file
from ledger.models import Head, LogKey
from ledger.queries import vkey
from ledger.services import rotation as steps
from ledger.services.sequencing import sequence_batch
from tests.ledger.conftest import ORIGIN
from tests.ledger.helpers import NOW, filled, queue
from tests.ledger.instance import new_instance
from tests.ledger.key_helpers import later, loaded, rotate


def verifies(folder: Path, proof: bytes, policy: str) -> bool:
    (folder / "file.tlog-proof").write_bytes(proof)
    (folder / "policy").write_text(policy)
    command = [sys.executable, "-m", "ledger.verifier", str(folder / "file.tlog-proof")]
    done = subprocess.run(
        [*command, "--policy", str(folder / "policy")], cwd=BASE_DIR, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    return done.returncode == 0


def announced(proof: bytes) -> dict[str, str]:
    """What the entry in the proof's extra line says, once the proof is valid."""
    (line,) = [line for line in proof.decode().split("\n") if line.startswith("extra ")]
    statement = json.loads(base64.b64decode(line.removeprefix("extra ")))
    assert (statement["kind"], statement["subject"]) == ("ledger.key_rotated", f"log:{ORIGIN}")
    data: dict[str, str] = statement["data"]
    return data


@pytest.mark.django_db(transaction=True)
def test_an_old_policy_leads_to_the_key_in_force(signer: Signer, client: Client, tmp_path: Path) -> None:
    filled(signer, 3)
    trusted = str(signer.vkey)
    oldest = client.get("/ledger/proofs/1").content
    for _ in range(3):
        rotate(signer)
        queue(2, first=Head.objects.get().size)
        sequence_batch(signer=loaded(signer), now=NOW)

    assert not verifies(tmp_path, client.get("/ledger/proofs/1").content, f"log {trusted}\nquorum none\n")
    listed = client.get("/ledger/rotations/").json()
    assert len(listed["rotations"]) == 3
    for change in listed["rotations"]:
        proof = client.get(change["proof"]).content
        # The old policy alone, then what the entry says, then the new key's consent.
        assert verifies(tmp_path, proof, f"log {trusted}\nquorum none\n")
        data = announced(proof)
        assert data["old"] == trusted
        trusted = data["new"]
        assert verifies(tmp_path, proof, f"log {trusted}\nquorum none\n")

    assert trusted == vkey() == listed["keys"][-1]["vkey"]
    policy = client.get("/ledger/policy").content.decode()
    assert policy == f"log {trusted}\nquorum none\n"
    assert verifies(tmp_path, client.get("/ledger/proofs/1").content, policy)
    assert verifies(tmp_path, oldest, f"log {signer.vkey}\nquorum none\n")
    assert not verifies(tmp_path, oldest, policy)
    assert verifies(tmp_path, oldest, f"log {signer.vkey}\n{policy}")


@pytest.mark.django_db(transaction=True)
def test_the_listing_says_which_key_signed_what(signer: Signer, client: Client) -> None:
    assert client.get("/ledger/rotations/").json() == {
        "keys": [{"vkey": str(signer.vkey), "from_size": 0, "until_size": None}],
        "rotations": [],
    }
    filled(signer, 4)
    done = rotate(signer)

    response = client.get("/ledger/rotations/")

    assert response["Access-Control-Allow-Origin"] == "*"
    assert response.json() == {
        "keys": [
            {"vkey": done.old, "from_size": 0, "until_size": 5},
            {"vkey": done.new, "from_size": 5, "until_size": None},
        ],
        "rotations": [{"size": 5, "entry": 4, "old": done.old, "new": done.new, "proof": "/ledger/rotations/5"}],
    }
    # Witnesses may add their lines later.
    assert "immutable" not in client.get("/ledger/rotations/5")["Cache-Control"]
    for size in (0, 4, 6, 2**63, 10**30):
        assert client.get(f"/ledger/rotations/{size}").status_code == 404


@pytest.mark.django_db
def test_without_a_log_there_is_no_listing(client: Client) -> None:
    assert client.get("/ledger/rotations/").status_code == 404


def listed() -> str:
    out = io.StringIO()
    call_command("ledger_key", "list", stdout=out)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_command_says_in_words_where_each_key_stands(signer: Signer, key_file: Path) -> None:
    filled(signer, 3)
    old = str(signer.vkey)
    assert f"in force, signs from 0 entries on: {old}\n  its file is {key_file}\n" in listed()

    create_key(key_file=next_file(key_file))
    successor = signer.successor()
    assert successor is not None
    assert f"made, not yet announced; run `ledger_key rotate` to finish it): {successor.vkey}" in listed()
    steps._announce(signer=signer, new=str(successor.vkey), now=later())
    assert "announced, to be signed by the next round" in listed()
    sequence_batch(signer=signer, now=NOW)
    assert "the rotation is signed, the files are not yet moved" in listed()
    assert f"its file is {next_file(key_file)}" in listed()

    out = io.StringIO()
    call_command("ledger_key", "rotate", stdout=out)

    assert "rotated at 4 entries: publish the new key" in out.getvalue()
    assert f"in force, signs from 4 entries on: {successor.vkey}\n  its file is {key_file}\n" in listed()
    assert f"retired, signed 0 to 4 entries: {old} (kept in {key_file}.retired-" in listed()
    for path in key_file.parent.glob("*.retired-*"):
        path.unlink()
    assert "its file is not here, which is well" in listed()
    assert "PRIVATE" not in listed()

    key_file.chmod(0o644)
    assert "cannot sign: the key" in listed()
    with pytest.raises(CommandError, match="open to others"):
        call_command("ledger_key", "rotate", stdout=out)


@pytest.mark.django_db
def test_before_the_log_is_created(key_file: Path) -> None:
    assert "has not been created" in listed()
    with pytest.raises(CommandError):
        call_command("ledger_key", "rotate")


@pytest.mark.django_db(transaction=True)
def test_a_running_sequencer_and_the_command_agree(tmp_path: Path) -> None:
    """Real processes: one signs what comes, the other rotates under it, twice."""
    with new_instance(tmp_path) as instance:
        sequencer = instance.sequencer("--poll", "0.01")
        producer = instance.producer("field")
        assert producer.has_spoken.wait(30)
        for _ in range(2):
            done = instance.manage("ledger_key", "rotate", "--again")
            assert done.returncode == 0, done.stderr
            assert done.stdout.startswith("rotated at ")
        # It goes on signing what comes after the second rotation.
        seen = len(sequencer.lines)
        while len(sequencer.lines) <= seen + 1:
            sequencer.has_spoken.clear()
            assert sequencer.has_spoken.wait(30), sequencer.errors
        producer.end(signal.SIGTERM)
        assert sequencer.end(signal.SIGTERM) == 0, sequencer.errors
        assert instance.manage("ledger_run", "--once").returncode == 0
        checked = instance.manage("ledger_check", "--log-only")
        assert (checked.returncode, checked.stdout) == (0, "clean\n"), checked.stderr
        shown = instance.manage("ledger_key", "list").stdout
        assert shown.count("retired, signed") == 2
        assert len(list(tmp_path.glob("ledger.key.retired-*"))) == 2


@pytest.mark.django_db(transaction=True)
def test_the_old_key_signs_nothing_more(signer: Signer) -> None:
    """A process that missed the rotation altogether takes up the new key before it signs anything."""
    missed = loaded(signer)
    done = rotate(signer)
    queue(1)

    sequence_batch(signer=missed, now=NOW)

    assert str(missed.vkey) == done.new
    assert LogKey.objects.count() == 2
