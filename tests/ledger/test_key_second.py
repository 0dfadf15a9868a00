"""Second signatures: below the log's own, found when spoiled, and ML-DSA-44 by its specification."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from ledger.adapters.second import create_second, second_signature_faults, second_signers
from ledger.adapters.signer import create_key, load_signer
from ledger.errors import LedgerFatal
from ledger.services.sequencing import sequence_batch
from ledger.verifier.checkpoint import CheckpointText
from ledger.verifier.errors import VerificationError
from ledger.verifier.note import MLDSA44, Note, Signature, VerifierKey, parse_note, verified_signatures
from ledger.verifier.policy import parse_policy
from ledger.verifier.verify import verify_checkpoint
from tests.ledger.conftest import ORIGIN
from tests.ledger.helpers import NOW, findings, queue

gmssl_pyx = pytest.importorskip("gmssl_pyx", reason="the extra sm2 is not installed")

ROOT = bytes(range(32))
TEXT = CheckpointText(origin=ORIGIN, size=7, root=ROOT)


@pytest.fixture
def keys(tmp_path: Path, settings: Settings) -> Path:
    """Settings that name two keys not yet made, and the log's own key, made."""
    settings.LEDGER_SM2_KEY_FILE = str(tmp_path / "sm2.key")
    settings.LEDGER_MLDSA_KEY_FILE = str(tmp_path / "mldsa.key")
    create_key(key_file=tmp_path / "ledger.key")
    return tmp_path


def made(keys: Path) -> list[VerifierKey]:
    create_second("LEDGER_SM2_KEY_FILE")
    create_second("LEDGER_MLDSA_KEY_FILE")
    return [VerifierKey.parse(second_signers(origin=ORIGIN)[1].vkey)]


def test_both_lines_stand_below_the_logs_own(keys: Path) -> None:
    made(keys)
    signer = load_signer(key_file=keys / "ledger.key", origin=ORIGIN)

    note = parse_note(signer.sign(TEXT, now=NOW))

    sm2, mldsa = second_signers(origin=ORIGIN)
    assert [line.key_id for line in note.signatures] == [signer.vkey.key_id, sm2.key_id, mldsa.key_id]
    assert {line.name for line in note.signatures} == {ORIGIN}
    # Whoever knows the log's key alone sees what they always saw.
    assert verified_signatures(note, [signer.vkey]) == [(signer.vkey, None)]
    assert list(second_signature_faults(note, keys=[sm2, mldsa])) == []


def test_a_spoiled_second_line_is_found(keys: Path) -> None:
    made(keys)
    note = parse_note(load_signer(key_file=keys / "ledger.key", origin=ORIGIN).sign(TEXT))
    seconds = second_signers(origin=ORIGIN)
    other = Note(text=note.text.replace("\n7\n", "\n8\n"), signatures=note.signatures)

    assert list(second_signature_faults(other, keys=seconds)) == [
        "its SM2 line does not verify",
        "its ML-DSA-44 line does not verify",
    ]
    assert list(second_signature_faults(Note(note.text, note.signatures[:1]), keys=seconds)) == []


def test_mldsa_signs_what_the_specification_says(keys: Path) -> None:
    """The structure `cosigned_message` of c2sp.org/tlog-cosignature, put together by hand."""
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

    (key,) = made(keys)
    note = parse_note(load_signer(key_file=keys / "ledger.key", origin=ORIGIN).sign(TEXT, now=NOW))
    blob = note.signatures[2].blob
    time = int(NOW.timestamp()).to_bytes(8, "big")
    name = bytes([14]) + b"log.example/gi"
    message = b"subtree/v1\n\x00" + name + time + name + bytes(8) + bytes(7) + b"\x07" + ROOT

    assert (key.kind, len(key.public), len(blob)) == (0x06, 1312, 8 + 2420)
    assert blob[:8] == time
    MLDSA44PublicKey.from_public_bytes(key.public).verify(blob[8:], message)
    assert verified_signatures(note, [key]) == [(key, int(NOW.timestamp()))]
    assert load_signer(key_file=keys / "ledger.key", origin=ORIGIN).sign(TEXT).count(b"\n") == 7


@pytest.mark.parametrize("role", ["log {}\nquorum none\n", "log {log}\nwitness pq {}\nquorum pq\n"])
def test_a_policy_may_ask_for_mldsa(keys: Path, role: str) -> None:
    (key,) = made(keys)
    signer = load_signer(key_file=keys / "ledger.key", origin=ORIGIN)
    policy = parse_policy(role.format(key, log=signer.vkey).encode())
    data = signer.sign(TEXT, now=NOW)
    note = parse_note(data)

    assert verify_checkpoint(data, policy=policy).text == TEXT
    for spoiled, code in {
        str(Note(note.text, note.signatures[:2])): "unsigned" if role.startswith("log {}") else "quorum_not_met",
        str(note).replace("\n7\n", "\n8\n"): "bad_signature",
    }.items():
        with pytest.raises(VerificationError) as caught:
            verify_checkpoint(spoiled.encode(), policy=policy)
        assert caught.value.code == code


@pytest.mark.parametrize(
    "change",
    [
        lambda blob: blob[:-1],
        lambda blob: blob + b"\0",
        lambda blob: blob[:8],
        lambda blob: bytes(8) + blob[8:],
        lambda blob: b"\xff" * 8 + blob[8:],
        lambda blob: blob[:-1] + bytes([blob[-1] ^ 1]),
    ],
)
def test_a_spoiled_mldsa_line_spoils_the_note(keys: Path, change: object) -> None:
    assert callable(change)
    (key,) = made(keys)
    line = second_signers(origin=ORIGIN)[1].sign(TEXT, now=NOW)
    note = Note(text=str(TEXT), signatures=(Signature(ORIGIN, key.key_id, change(line.blob)),))

    with pytest.raises(VerificationError) as caught:
        verified_signatures(note, [key])
    assert caught.value.code == "bad_signature"


def test_a_name_too_long_for_mldsa_is_refused_at_the_start(keys: Path) -> None:
    made(keys)

    assert second_signers(origin="账" * 85)
    with pytest.raises(LedgerFatal, match="too long"):
        second_signers(origin="账" * 86)


def test_a_malformed_mldsa_key_is_refused(keys: Path) -> None:
    (key,) = made(keys)

    for public in (key.public[:-1], key.public + b"\0", b""):
        with pytest.raises(VerificationError) as caught:
            VerifierKey.parse(str(VerifierKey.make(name=ORIGIN, kind=MLDSA44, public=public)))
        assert caught.value.code == "bad_vkey"


@pytest.mark.django_db
def test_the_sequencer_signs_them_too(keys: Path, key_file: Path) -> None:
    made(keys)
    out = io.StringIO()
    call_command("ledger_init", stdout=out)
    signer = load_signer(key_file=key_file, origin=ORIGIN)
    queue(3)
    sequence_batch(signer=signer, now=NOW)

    from ledger.models import Checkpoint

    seconds = second_signers(origin=ORIGIN)
    for row in Checkpoint.objects.all():
        note = parse_note(bytes(row.note))
        assert [line.key_id for line in note.signatures[1:]] == [key.key_id for key in seconds]
        assert list(second_signature_faults(note, keys=seconds)) == []
    assert findings(signer) == []


def test_a_key_that_is_named_must_be_there(keys: Path) -> None:
    with pytest.raises(LedgerFatal, match="cannot be read"):
        load_signer(key_file=keys / "ledger.key", origin=ORIGIN)
    assert second_signers(origin=ORIGIN, are_required=False) == ()

    made(keys)
    (keys / "mldsa.key").chmod(0o644)
    with pytest.raises(LedgerFatal, match="open to others"):
        load_signer(key_file=keys / "ledger.key", origin=ORIGIN)
    (keys / "mldsa.key").write_bytes((keys / "ledger.key").read_bytes())
    (keys / "mldsa.key").chmod(0o600)
    with pytest.raises(LedgerFatal, match="not an ML-DSA-44 key"):
        load_signer(key_file=keys / "ledger.key", origin=ORIGIN)


@pytest.mark.django_db
def test_the_command_makes_each_key_once(keys: Path, key_file: Path, settings: Settings) -> None:
    for action in ("init-sm2", "init-mldsa"):
        out = io.StringIO()
        call_command("ledger_key", action, stdout=out)
        assert "made " in out.getvalue()
        # The other one is configured too, and not made yet.
        assert ("nothing can be signed: run `ledger_key init-mldsa`" in out.getvalue()) == (action == "init-sm2")
        with pytest.raises(CommandError, match="never replaced"):
            call_command("ledger_key", action, stdout=out)
    assert (keys / "sm2.key").stat().st_mode & 0o777 == 0o600
    out = io.StringIO()
    call_command("ledger_key", "list", stdout=out)
    sm2, mldsa = second_signers(origin=ORIGIN)
    assert f"SM2, a second line on every checkpoint: {sm2.vkey}\n" in out.getvalue()
    assert f"ML-DSA-44, a second line on every checkpoint: {mldsa.vkey}\n" in out.getvalue()

    settings.LEDGER_SM2_KEY_FILE = ""
    with pytest.raises(CommandError, match="GI_TRACE_LEDGER_SM2_KEY_FILE is not set"):
        call_command("ledger_key", "init-sm2")
