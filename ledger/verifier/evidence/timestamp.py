"""RFC 3161 time stamps of a checkpoint, checked against certificates the caller trusts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import verification
from cryptography.x509.oid import ExtendedKeyUsageOID

from ledger.verifier.errors import VerificationError
from ledger.verifier.evidence.der import FIELD_0, INTEGER, OCTETS, OID, SEQUENCE, SET, TIME, Der, parse_der

MAX_TOKEN_BYTES = 100_000
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")  # 1.2.840.113549.1.7.2
_TST_INFO = bytes.fromhex("2a864886f70d0109100104")  # 1.2.840.113549.1.9.16.1.4
_CONTENT_TYPE = bytes.fromhex("2a864886f70d010903")  # 1.2.840.113549.1.9.3
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")  # 1.2.840.113549.1.9.4
_SIGNING_CERTIFICATE_V2 = bytes.fromhex("2a864886f70d010910022f")  # 1.2.840.113549.1.9.16.2.47
_SHA = bytes.fromhex("6086480165030402")  # 2.16.840.1.101.3.4.2, then one byte
_HASHES = {_SHA + b"\1": hashes.SHA256(), _SHA + b"\2": hashes.SHA384(), _SHA + b"\3": hashes.SHA512()}
_RSA = bytes.fromhex("2a864886f70d0101")  # 1.2.840.113549.1.1, then 1, or 11 to 13 with a hash
_ECDSA = bytes.fromhex("2a8648ce3d0403")  # 1.2.840.10045.4.3, then 2 to 4
# Which hash function a signature's name fixes; None: the digest's.
_SIGNATURES: dict[bytes, bytes | None] = {_RSA + b"\1": None} | {
    prefix + bytes([base + step]): _SHA + bytes([step])
    for prefix, base in ((_RSA, 10), (_ECDSA, 1))
    for step in (1, 2, 3)
}
_TIME = re.compile(rb"([0-9]{14})(\.[0-9]*[1-9])?Z")


@dataclass(frozen=True)
class Stamp:
    """`time` is the authority's, cut to seconds; `authority` is the subject of the certificate that signed."""

    time: datetime
    authority: str
    nonce: int | None


def read_roots(pem: bytes) -> list[x509.Certificate]:
    """The certificates the caller trusts. Raises VerificationError `bad_certificates`."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise VerificationError("bad_certificates", "there is no PEM certificate in the file") from error


def verify_timestamp(data: bytes, *, text: bytes, roots: Sequence[x509.Certificate]) -> Stamp:
    """Check that an authority under `roots` saw `text`, a note's signed text, when the token says.

    `data` is a token or a whole response. Revocation is not looked up. Raises VerificationError.
    """
    if len(data) > MAX_TOKEN_BYTES:
        raise _refused("bad_token", f"{len(data)} bytes, at most {MAX_TOKEN_BYTES}")
    token = parse_der(data, tag=SEQUENCE)
    if [part.tag for part in token.parts()] == [SEQUENCE, SEQUENCE]:
        # A response: its status, then the token. The status is not signed, so it is not believed either.
        token = token.parts()[1]
    kind, content = token.exactly(OID, FIELD_0)
    signed = content.exactly(SEQUENCE)[0].parts(INTEGER, SET, SEQUENCE)
    encapsulated = signed[2].exactly(OID, FIELD_0)
    if (kind.body, encapsulated[0].body) != (_SIGNED_DATA, _TST_INFO) or signed[-1].tag != SET:
        raise _refused("bad_token", "it is not a signed time stamp")
    stamped = encapsulated[1].exactly(OCTETS)[0].body
    time, nonce = _read_stamp(stamped, text=text)
    certificates = _certificates(signed[3:-1])
    signer = _verify_signer(signed[-1].exactly(SEQUENCE)[0], stamped=stamped, certificates=certificates)
    authority = _verify_chain(signer, certificates, roots=roots, at=time)
    return Stamp(time=time, authority=authority, nonce=nonce)


def _read_stamp(data: bytes, *, text: bytes) -> tuple[datetime, int | None]:
    """Time and nonce, once the imprint is the text's SHA-256."""
    fields = parse_der(data, tag=SEQUENCE).parts(INTEGER, OID, SEQUENCE, INTEGER, TIME)
    algorithm, imprint = fields[2].exactly(SEQUENCE, OCTETS)
    if algorithm.parts(OID)[0].body != _SHA + b"\1" or imprint.body != hashlib.sha256(text).digest():
        raise _refused("wrong_imprint", "it is the stamp of something else")
    moment = _TIME.fullmatch(fields[4].body)
    nonces = [int.from_bytes(field.body, "big", signed=True) for field in fields[5:] if field.tag == INTEGER]
    try:
        time = datetime.strptime(moment[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC) if moment else None
    except ValueError:
        time = None
    if time is None:
        raise _refused("bad_token", "its time is not one")
    return time, nonces[0] if nonces else None


def _certificates(fields: Sequence[Der]) -> list[x509.Certificate]:
    try:
        return [
            x509.load_der_x509_certificate(part.whole)
            for field in fields
            if field.tag == FIELD_0
            for part in field.parts()
        ]
    except Exception as error:
        # The library has more kinds of refusal than it names.
        raise _refused("bad_token", "a certificate in it cannot be read") from error


def _verify_signer(info: Der, *, stamped: bytes, certificates: Sequence[x509.Certificate]) -> x509.Certificate:
    """The certificate the signed attributes name, once its key is seen to have signed them (RFC 5652, 5.4)."""
    _, _, digest, signed, method, signature = info.parts(INTEGER, SEQUENCE, SEQUENCE, FIELD_0, SEQUENCE, OCTETS)[:6]
    attributes = {}
    for attribute in signed.parts():
        name, values = attribute.exactly(OID, SET)
        if name.body in attributes:
            raise _refused("bad_token", "an attribute stands there twice")
        attributes[name.body] = values.parts()
    algorithm_oid, method_oid = digest.parts(OID)[0].body, method.parts(OID)[0].body
    algorithm = _HASHES.get(algorithm_oid)
    if algorithm is None or method_oid not in _SIGNATURES or _SIGNATURES[method_oid] not in (None, algorithm_oid):
        raise _refused("bad_token", "its hash function or its signature is of a kind this verifier does not know")
    expected = [OID, _TST_INFO], [OCTETS, hashlib.new(algorithm.name, stamped).digest()]
    found = tuple(
        [value for part in attributes.get(name, []) for value in (part.tag, part.body)]
        for name in (_CONTENT_TYPE, _MESSAGE_DIGEST)
    )
    if found != expected:
        raise _refused("bad_signature", "the signature is over another stamp")
    signer = _named_certificate(attributes.get(_SIGNING_CERTIFICATE_V2, []), certificates)
    # Signed are the attributes as a SET, not under the field's own tag.
    message = b"\x31" + signed.whole[1:]
    try:
        key = signer.public_key()
        if isinstance(key, rsa.RSAPublicKey) and method_oid.startswith(_RSA):
            key.verify(signature.body, message, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey) and method_oid.startswith(_ECDSA):
            key.verify(signature.body, message, ec.ECDSA(algorithm))
        else:
            raise ValueError("the certificate's key is of another kind")
    except Exception as error:
        raise _refused("bad_signature", "the authority's signature does not verify") from error
    return signer


def _named_certificate(values: Sequence[Der], certificates: Sequence[x509.Certificate]) -> x509.Certificate:
    """The certificate whose hash was signed (ESSCertIDv2, RFC 5035): another one for the same key will not do."""
    if len(values) != 1:
        raise _refused("bad_token", "it does not say by ESSCertIDv2 whose it is")
    named = values[0].parts(SEQUENCE)[0].parts(SEQUENCE)[0].parts()
    # The hash function is left out when it is SHA-256.
    oid = named.pop(0).parts(OID)[0].body if named and named[0].tag == SEQUENCE else _SHA + b"\1"
    algorithm = _HASHES.get(oid)
    for certificate in certificates:
        if algorithm and named and (named[0].tag, named[0].body) == (OCTETS, certificate.fingerprint(algorithm)):
            return certificate
    raise _refused("wrong_certificate", "the certificate it names is not in it")


def _verify_chain(
    signer: x509.Certificate, others: Sequence[x509.Certificate], *, roots: Sequence[x509.Certificate], at: datetime
) -> str:
    """The signer's name, once a path leads to a root, all valid at that time, and it may only stamp (RFC 3161, 2.3)."""
    ca = verification.ExtensionPolicy.permit_all().require_present(
        x509.BasicConstraints, verification.Criticality.AGNOSTIC, _require_authority
    )
    end = verification.ExtensionPolicy.permit_all().require_present(
        x509.ExtendedKeyUsage, verification.Criticality.CRITICAL, _require_stamping
    )
    try:
        builder = verification.PolicyBuilder().store(verification.Store(list(roots))).time(at).max_chain_depth(8)
        policy = builder.extension_policies(ca_policy=ca, ee_policy=end)
        policy.build_client_verifier().verify(signer, list(others))
        return signer.subject.rfc4514_string()
    except Exception as error:
        raise _refused("untrusted_authority", f"no valid path to a trusted certificate ({error})") from error


def _require_authority(policy: object, certificate: x509.Certificate, extension: x509.BasicConstraints) -> None:
    if not extension.ca:
        raise ValueError("a certificate on the way is not an authority's")


def _require_stamping(policy: object, certificate: x509.Certificate, extension: x509.ExtendedKeyUsage) -> None:
    if list(extension) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise ValueError("the certificate is not for time stamps alone")


def _refused(code: str, detail: str) -> VerificationError:
    return VerificationError(code, f"the time stamp: {detail}")
