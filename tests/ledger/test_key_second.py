"""Second signatures: SM2 by the standard's example and by OpenSSL, ML-DSA-44 by its specification."""

from __future__ import annotations

import base64
import io
import subprocess
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from ledger.adapters.second import create_second, second_signature_faults, second_signers
from ledger.adapters.signer import create_key, load_signer
from ledger.adapters.sm2 import KEY_TYPE, USER_ID, Sm2Signer, _is_der, create_sm2_key, load_sm2, write_pem
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

# GB/T 32918.5-2017, annex A: key, message "message digest", the default user identity, and the signature.
EXAMPLE_PRIVATE = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
EXAMPLE_PUBLIC = bytes.fromhex(
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
EXAMPLE_R = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
EXAMPLE_S = "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
EXAMPLE = bytes.fromhex(f"3046022100{EXAMPLE_R}022100{EXAMPLE_S}")
# What turns the 65 bytes of a point into a public key file for OpenSSL.
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")


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


def test_the_standards_example_verifies() -> None:
    key = Sm2Signer(name=ORIGIN, public=EXAMPLE_PUBLIC, private=EXAMPLE_PRIVATE)

    assert key.verifies(EXAMPLE, text="message digest")
    assert not key.verifies(EXAMPLE, text="message digest.")
    assert key.verifies(key.sign(TEXT, now=NOW).blob, text=str(TEXT))


def test_what_spells_the_two_integers_otherwise_is_refused() -> None:
    key = Sm2Signer(name=ORIGIN, public=EXAMPLE_PUBLIC, private=EXAMPLE_PRIVATE)
    spoiled = [b"", EXAMPLE[:-1], EXAMPLE + b"\0", EXAMPLE[8:], b"\x30\x81" + EXAMPLE[1:]]
    # An idle zero before an integer, a missing one, a negative integer, an integer of 257 bits.
    spoiled.append(bytes.fromhex(f"304702220000{EXAMPLE_R}022100{EXAMPLE_S}"))
    spoiled.append(bytes.fromhex(f"30450220{EXAMPLE_R}022100{EXAMPLE_S}"))
    spoiled.append(bytes.fromhex(f"3046022101{EXAMPLE_R}022100{EXAMPLE_S}"))
    for place in range(len(EXAMPLE)):
        spoiled.append(EXAMPLE[:place] + bytes([EXAMPLE[place] ^ 1]) + EXAMPLE[place + 1 :])

    assert _is_der(EXAMPLE)
    assert not any(key.verifies(blob, text="message digest") for blob in spoiled)


def test_the_sm2_key_line(tmp_path: Path) -> None:
    (tmp_path / "k").write_bytes(write_pem(private=EXAMPLE_PRIVATE, public=EXAMPLE_PUBLIC))
    (tmp_path / "k").chmod(0o600)

    key = load_sm2(key_file=tmp_path / "k", origin=ORIGIN)

    name, key_id, material = key.vkey.split("+", 2)
    assert (name, key_id) == (ORIGIN, key.key_id.hex())
    assert base64.b64decode(material) == b"\xffGB/T 32918.2 SM2-SM3\x04" + EXAMPLE_PUBLIC
    # As it was when the first such line was signed; it can never change.
    assert key.vkey.startswith("log.example/gi+7eef532e+/0dCL1QgMzI5MTguMiBTTTItU00zBAn53z")


@pytest.mark.parametrize("spoiled", ["foreign half", "no half", "other curve", "words", "truncated"])
def test_what_is_no_sm2_key_is_refused(tmp_path: Path, spoiled: str) -> None:
    good = write_pem(private=EXAMPLE_PRIVATE, public=EXAMPLE_PUBLIC)
    create_key(key_file=tmp_path / "ed25519")
    data = {
        "foreign half": write_pem(private=b"\1" * 32, public=EXAMPLE_PUBLIC),
        "no half": write_pem(private=EXAMPLE_PRIVATE, public=b"\1" * 64),
        "other curve": (tmp_path / "ed25519").read_bytes(),
        "words": b"\xff not a key",
        "truncated": good[:100],
    }[spoiled]
    (tmp_path / "k").write_bytes(data)
    (tmp_path / "k").chmod(0o600)

    with pytest.raises(LedgerFatal):
        load_sm2(key_file=tmp_path / "k", origin=ORIGIN)


def openssl(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_openssl_verifies_the_line_by_the_documents_recipe(keys: Path) -> None:
    made(keys)
    note = parse_note(load_signer(key_file=keys / "ledger.key", origin=ORIGIN).sign(TEXT))
    vkey = second_signers(origin=ORIGIN)[0].vkey
    (keys / "checkpoint").write_text(str(note))
    (keys / "vkey").write_text(vkey + "\n")
    recipe = Path(__file__).parents[2] / "docs" / "ledger.md"
    script = recipe.read_text().partition("<!-- sm2 recipe -->\n\n```sh\n")[2].partition("```")[0]
    assert "openssl pkeyutl -verify" in script

    done = subprocess.run(["bash", "-e", "-c", script], cwd=keys, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1:] == ["Signature Verified Successfully"], done.stderr

    (keys / "checkpoint").write_text(str(note).replace("\n7\n", "\n8\n"))
    done = subprocess.run(["bash", "-e", "-c", script], cwd=keys, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Success" not in done.stdout


def test_a_key_openssl_made_signs_and_ours_signs_for_openssl(tmp_path: Path) -> None:
    create_sm2_key(key_file=tmp_path / "ours")
    (tmp_path / "text").write_bytes(b"text")
    flags = ["-rawin", "-digest", "sm3", "-pkeyopt", f"distid:{USER_ID.decode()}"]
    signed = openssl("pkeyutl", "-sign", "-inkey", "ours", "-in", "text", "-out", "sig", *flags, folder=tmp_path)
    assert signed.returncode == 0, signed.stderr

    key = load_sm2(key_file=tmp_path / "ours", origin=ORIGIN)

    assert key.verifies((tmp_path / "sig").read_bytes(), text="text")
    public = base64.encodebytes(SPKI + b"\x04" + key.public).decode()
    assert openssl("pkey", "-in", "ours", "-pubout", folder=tmp_path).stdout.replace("\n", "") == (
        f"-----BEGIN PUBLIC KEY-----{public}-----END PUBLIC KEY-----".replace("\n", "")
    )


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
        setting = "LEDGER_MLDSA_KEY_FILE" if action == "init-sm2" else "LEDGER_SM2_KEY_FILE"
        other, value = setting, getattr(settings, setting)
        setattr(settings, other, "")
        out = io.StringIO()
        call_command("ledger_key", action, stdout=out)
        assert "made " in out.getvalue()
        with pytest.raises(CommandError, match="never replaced"):
            call_command("ledger_key", action, stdout=out)
        setattr(settings, other, value)
    assert (keys / "sm2.key").stat().st_mode & 0o777 == 0o600
    out = io.StringIO()
    call_command("ledger_key", "list", stdout=out)
    sm2, mldsa = second_signers(origin=ORIGIN)
    assert f"SM2, a second line on every checkpoint: {sm2.vkey}\n" in out.getvalue()
    assert f"ML-DSA-44, a second line on every checkpoint: {mldsa.vkey}\n" in out.getvalue()

    settings.LEDGER_SM2_KEY_FILE = ""
    with pytest.raises(CommandError, match="GI_TRACE_LEDGER_SM2_KEY_FILE is not set"):
        call_command("ledger_key", "init-sm2")


def test_the_type_of_the_line_never_changes() -> None:
    assert (KEY_TYPE, USER_ID) == (b"\xffGB/T 32918.2 SM2-SM3", b"1234567812345678")
