"""SM2 signature lines: by the standard's example, byte by byte, and by OpenSSL."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest
from pytest_django import Settings

from ledger.adapters.signer import create_key, load_signer
from ledger.adapters.sm2 import KEY_TYPE, USER_ID, Sm2Signer, _is_der, create_sm2_key, load_sm2, write_pem
from ledger.errors import LedgerFatal
from ledger.verifier.checkpoint import CheckpointText
from ledger.verifier.note import parse_note
from tests.ledger.conftest import ORIGIN
from tests.ledger.helpers import NOW

gmssl_pyx = pytest.importorskip("gmssl_pyx", reason="the extra sm2 is not installed")

TEXT = CheckpointText(origin=ORIGIN, size=7, root=bytes(range(32)))

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


def test_openssl_verifies_the_line_by_the_documents_recipe(tmp_path: Path, settings: Settings) -> None:
    settings.LEDGER_SM2_KEY_FILE = str(tmp_path / "sm2.key")
    create_sm2_key(key_file=tmp_path / "sm2.key")
    create_key(key_file=tmp_path / "ledger.key")
    note = parse_note(load_signer(key_file=tmp_path / "ledger.key", origin=ORIGIN).sign(TEXT))
    vkey = load_sm2(key_file=tmp_path / "sm2.key", origin=ORIGIN).vkey
    (tmp_path / "checkpoint").write_text(str(note))
    (tmp_path / "vkey").write_text(vkey + "\n")
    recipe = Path(__file__).parents[2] / "docs" / "ledger.md"
    script = recipe.read_text().partition("<!-- sm2 recipe -->\n\n```sh\n")[2].partition("```")[0]
    assert "openssl pkeyutl -verify" in script

    done = subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1:] == ["Signature Verified Successfully"], done.stderr

    (tmp_path / "checkpoint").write_text(str(note).replace("\n7\n", "\n8\n"))
    done = subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
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


def test_the_type_of_the_line_never_changes() -> None:
    assert (KEY_TYPE, USER_ID) == (b"\xffGB/T 32918.2 SM2-SM3", b"1234567812345678")
