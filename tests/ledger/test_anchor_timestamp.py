"""Time stamps by a real authority: verified offline, and everything that must not pass."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import ObjectIdentifier
from cryptography.x509.oid import ExtendedKeyUsageOID

from ledger.verifier.errors import VerificationError
from ledger.verifier.evidence.timestamp import MAX_TOKEN_BYTES, Stamp, _verify_chain, read_roots, verify_timestamp
from tests.ledger.authority import Authority
from tests.ledger.chains import needs_openssl

pytestmark = needs_openssl
TEXT = b"log.example/gi\n3\nz7DG0xMqUyS1ITj8icjo/iOStndCCdAM95Bd3bH8t7g=\n"


@pytest.fixture(scope="module")
def token(authority: Authority) -> bytes:
    return authority.token(TEXT)


def check(token: bytes, authority: Authority, *, text: bytes = TEXT) -> Stamp:
    return verify_timestamp(token, text=text, roots=read_roots(authority.roots))


def refusal(token: bytes, authority: Authority, *, text: bytes = TEXT) -> str:
    with pytest.raises(VerificationError) as caught:
        check(token, authority, text=text)
    return caught.value.code


def test_a_good_token_says_when_and_by_whom(token: bytes, authority: Authority) -> None:
    stamp = check(token, authority)

    assert abs(datetime.now(UTC) - stamp.time) < timedelta(minutes=5)
    assert stamp.authority == "CN=Stamper"
    assert isinstance(stamp.nonce, int)
    # The whole response serves as well.
    assert check((authority.folder / "reply").read_bytes(), authority) == stamp


def test_openssl_agrees(token: bytes, authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(TEXT)
    (tmp_path / "token").write_bytes(token)
    (tmp_path / "roots").write_bytes(authority.roots)
    command = ["openssl", "ts", "-verify", "-in", "token", "-token_in", "-data", "text", "-CAfile", "roots"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "Verification: OK" in done.stdout, done.stderr


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_the_usual_signatures(tmp_path: Path, kind: str, digest: str) -> None:
    authority = Authority(tmp_path, kind=kind, digest=digest, named_by=digest)

    assert check(authority.token(TEXT), authority).authority == "CN=Stamper"


def test_another_text_is_not_what_was_stamped(token: bytes, authority: Authority) -> None:
    assert refusal(token, authority, text=TEXT + b"\n") == "wrong_imprint"


def test_an_authority_nobody_named_is_not_believed(token: bytes, authority: Authority, tmp_path: Path) -> None:
    # The same names, other keys.
    assert refusal(token, Authority(tmp_path)) == "untrusted_authority"


def test_a_certificate_expired_at_the_time_of_the_stamp(tmp_path: Path) -> None:
    authority = Authority(tmp_path, ends_at=datetime.now(UTC) - timedelta(days=1))

    assert refusal(authority.token(TEXT), authority) == "untrusted_authority"


def test_who_issued_the_certificate_must_be_an_authority(tmp_path: Path) -> None:
    authority = Authority(tmp_path, middle_is_authority=False)

    assert refusal(authority.token(TEXT), authority) == "untrusted_authority"


@pytest.mark.parametrize(
    ("purposes", "is_critical", "is_good"),
    [
        ((ExtendedKeyUsageOID.TIME_STAMPING,), True, True),
        ((ExtendedKeyUsageOID.TIME_STAMPING,), False, False),
        ((ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING), True, False),
        ((ExtendedKeyUsageOID.CODE_SIGNING,), True, False),
    ],
)
def test_the_certificate_is_for_time_stamps_alone(
    tmp_path: Path, purposes: tuple[ObjectIdentifier, ...], is_critical: bool, is_good: bool
) -> None:
    # `openssl ts` would not stamp with most of these, so the certificates are checked without a token.
    folder = Authority(tmp_path, purposes=purposes, is_critical=is_critical).folder
    signer, middle, root = (
        read_roots((folder / f"{name}.pem").read_bytes())[0] for name in ("signer", "middle", "root")
    )

    if is_good:
        assert _verify_chain(signer, [middle], roots=[root], at=datetime.now(UTC)) == "CN=Stamper"
    else:
        with pytest.raises(VerificationError) as caught:
            _verify_chain(signer, [middle], roots=[root], at=datetime.now(UTC))
        assert caught.value.code == "untrusted_authority"


def test_a_certificate_named_by_sha1_is_not_enough(tmp_path: Path) -> None:
    authority = Authority(tmp_path, named_by="sha1")

    assert refusal(authority.token(TEXT), authority) == "bad_token"


def test_another_certificate_for_the_same_key_will_not_do(token: bytes, authority: Authority) -> None:
    signer = read_roots((authority.folder / "signer.pem").read_bytes())[0]
    named = signer.fingerprint(SHA256())
    assert named in token

    assert refusal(token.replace(named, bytes(32)), authority) in {"bad_signature", "wrong_certificate"}


def test_no_altered_byte_says_anything_else(token: bytes, authority: Authority) -> None:
    """Either it is refused, or the byte was one that nobody signed and that changes nothing said."""
    expected = check(token, authority)
    passed = 0
    for position in range(0, len(token), 3):
        altered = bytearray(token)
        altered[position] ^= 1 << (position % 8)
        try:
            assert check(bytes(altered), authority) == expected
            passed += 1
        except VerificationError:
            continue
    # Version numbers, the digest list and the signer's issuer and number: the certificate is named inside the signature.
    assert passed < len(token) / 3 * 0.1


def test_every_cut_is_refused(token: bytes, authority: Authority) -> None:
    for length in range(0, len(token), 7):
        with pytest.raises(VerificationError):
            check(token[:length], authority)
    assert refusal(token + b"\x00", authority) == "bad_der"
    assert refusal(bytes(MAX_TOKEN_BYTES + 1), authority) == "bad_token"


def test_a_file_without_certificates_is_not_trust() -> None:
    with pytest.raises(VerificationError) as caught:
        read_roots(b"nothing")
    assert caught.value.code == "bad_certificates"
