"""The operator of a witness: its key, the change of it, and whom it trusts."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from ledger.models import WitnessedLog, WitnessKey
from ledger.verifier.note import COSIGNATURE, VerifierKey, parse_note, verified_signatures
from tests.ledger.proofs import ENTRIES, LOG, Key
from tests.ledger.test_witness import note, post, request_for

NAME = "witness.example/chongqing"


@pytest.fixture
def key_file(db: None, tmp_path: Path, settings: Settings) -> Path:
    settings.WITNESS_NAME = NAME
    settings.WITNESS_KEY_FILE = tmp_path / "keys" / "witness.key"
    return tmp_path / "keys" / "witness.key"


def witness(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("ledger_witness", *arguments)
    return capsys.readouterr().out


def vkeys() -> list[VerifierKey]:
    return [VerifierKey.parse(line) for line in Client().get("/ledger/witness/vkey").content.decode().splitlines()]


def cosigners(*, old: int, size: int) -> set[str]:
    """Who cosigns when the log has grown so far, each line verified."""
    answer = post(request_for(size, old=old))
    assert answer.status_code == 200, answer.content
    signed = parse_note(note(size).rpartition(b"\n\n")[0] + b"\n\n" + answer.content)
    known = [VerifierKey.parse(row.vkey) for row in WitnessKey.objects.all()]
    assert {line.key_id for line in signed.signatures} <= {key.key_id for key in known}
    return {str(key) for key, _ in verified_signatures(signed, known)}


def test_the_key_is_made_once_and_only_when_asked_for(key_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "ledger_witness init" in witness(capsys, "list")
    witness(capsys, "trust", str(LOG.vkey))
    assert post(request_for(5)).status_code == 404
    assert not key_file.exists()

    said = witness(capsys, "init")

    (key,) = vkeys()
    assert (key.name, key.kind, f"cosigns with {key}" in said) == (NAME, COSIGNATURE, True)
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    with pytest.raises(CommandError, match="never replaced"):
        witness(capsys, "init")
    assert vkeys() == [key]


def test_two_keys_cosign_until_the_old_one_is_retired(key_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    witness(capsys, "init")
    witness(capsys, "trust", str(LOG.vkey))
    (old,) = vkeys()
    assert cosigners(old=0, size=3) == {str(old)}

    witness(capsys, "rotate")

    new, previous = vkeys()
    assert (previous, new.name, new != old) == (old, NAME, True)
    assert cosigners(old=3, size=5) == {str(old), str(new)}
    with pytest.raises(CommandError, match="not retired yet"):
        witness(capsys, "rotate")
    page = Client().get("/ledger/witness/").content.decode().replace("&#x2B;", "+")
    assert str(old) in page
    assert str(new) in page

    witness(capsys, "retire")

    assert vkeys() == [new]
    assert cosigners(old=5, size=8) == {str(new)}
    # The old key stays where its owner alone can read it; the table says when it ended.
    retired = key_file.with_name(f"witness.key.retired-{old.key_id.hex()}")
    assert stat.S_IMODE(retired.stat().st_mode) == 0o400
    assert [row.retired_at is None for row in WitnessKey.objects.order_by("pk")] == [False, True]
    with pytest.raises(CommandError):
        witness(capsys, "retire")
    assert "no longer" not in witness(capsys, "list")


def test_a_rotation_that_died_half_way_is_taken_up(key_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    witness(capsys, "init")
    witness(capsys, "trust", str(LOG.vkey))
    (old,) = vkeys()
    # The moment between the two renames.
    key_file.rename(key_file.with_name("witness.key.previous"))
    assert cosigners(old=0, size=3) == {str(old)}

    witness(capsys, "rotate")

    assert vkeys()[1] == old
    assert len(cosigners(old=3, size=5)) == 2


def test_there_is_nothing_to_rotate_without_a_key(key_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for action in ("rotate", "retire"):
        with pytest.raises(CommandError):
            witness(capsys, action)
    assert not list(key_file.parent.glob("witness.key*.retired*"))
    assert not key_file.exists()


def test_a_log_that_is_no_longer_trusted_is_not_forgotten(key_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    witness(capsys, "init")
    witness(capsys, "trust", str(LOG.vkey))
    cosigners(old=0, size=8)

    assert f"{LOG.name}: no longer trusted, 8 entries cosigned" in witness(capsys, "distrust", LOG.name)
    assert post(request_for(21, old=8)).status_code == 404

    # Trusted again, with another key: it still has to grow from where it stood.
    other = Key(LOG.name, seed="the log's next key")
    assert f"{LOG.name}: trusted, 8 entries cosigned" in witness(capsys, "trust", str(other.vkey))
    assert post(request_for(21, old=8)).status_code == 403
    assert post(request_for(21, note=note(21, ENTRIES, other))).status_code == 409
    assert post(request_for(21, old=8, note=note(21, ENTRIES, other))).status_code == 200
    assert WitnessedLog.objects.get().size == 21


@pytest.mark.parametrize(
    "arguments",
    [
        ("trust", "nonsense"),
        ("trust", ""),
        ("trust", "log.example+00000000+AAAA"),
        ("trust", str(Key("witness.example", kind=COSIGNATURE).vkey)),
        ("trust", str(Key("l" * 201).vkey)),
        ("distrust", "never.heard.of"),
        ("shout",),
        (),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    key_file: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    with pytest.raises(CommandError):
        witness(capsys, *arguments)
    assert not WitnessedLog.objects.exists()
