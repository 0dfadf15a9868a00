"""Asking a time-stamp authority (RFC 3161, section 3.4: over HTTP)."""

from __future__ import annotations

from base64 import b64encode
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response
from rfc3161_client.errors import VerificationError as RefusedByLibrary
from rfc3161_client.tsp import PKIStatus
from rfc3161_client.verify import VerifierBuilder

from ledger.errors import NotAnchored
from ledger.verifier.errors import VerificationError
from ledger.verifier.evidence.der import FIELD_0, INTEGER, OID, SEQUENCE, SET, parse_der
from ledger.verifier.evidence.timestamp import MAX_TOKEN_BYTES, Stamp, read_roots, verify_timestamp

_TIMEOUT_SECONDS = 15
# The answer's status and the token.
_MAX_ANSWER_BYTES = MAX_TOKEN_BYTES + 10_000


def stamp(*, url: str, text: bytes, certificates: Path) -> tuple[bytes, Stamp]:
    """A token (DER) over the text and what it says, verified as an auditor would.

    Raises NotAnchored, and nothing else.
    """
    try:
        roots = read_roots(certificates.read_bytes())
    except (OSError, VerificationError) as error:
        raise NotAnchored(f"the file GI_TRACE_TSA_CERTIFICATES names is not usable ({_short(error)})") from error
    request = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256).cert_request(cert_request=True)
    query = request.build()
    try:
        response = decode_timestamp_response(_in_order(_post(url, query.as_bytes())))
        if response.status != PKIStatus.GRANTED:
            words = "; ".join(response.status_string) or f"status {int(response.status)}"
            raise NotAnchored(f"the authority refuses: {words[:200]}")
        # Nonce: no old answer is passed off as a new one. The library looks at the chain too.
        verifier = VerifierBuilder.from_request(query)
        for certificate in roots:
            verifier = verifier.add_root_certificate(certificate)
        verifier.build().verify_message(response, text)
        token = response.time_stamp_token()
        # What is kept must satisfy the verifier that auditors use, which asks for more.
        found = verify_timestamp(token, text=text, roots=roots)
    except VerificationError as error:
        kind = "is not a time stamp" if error.code == "bad_der" else "does not verify"
        raise NotAnchored(f"the authority's answer {kind} ({error})") from error
    except RefusedByLibrary as error:
        raise NotAnchored(f"the authority's answer does not verify ({error})") from error
    except NotAnchored:
        raise
    except Exception as error:
        # An authority may answer anything, and a loop hangs on this call.
        raise NotAnchored(f"the authority's answer is not a time stamp ({str(error)[:100]})") from error
    if found.nonce != query.nonce:
        raise NotAnchored("the authority's answer is to another question: its nonce differs")
    return token, found


def _in_order(answer: bytes) -> bytes:
    """The answer with its certificates in DER's order, which the library insists on and many authorities do not keep.

    Nobody signs their order, and lengths stay as they are. Raises VerificationError when it is no answer with a token.
    """
    response = parse_der(answer, tag=SEQUENCE).parts(SEQUENCE)
    if len(response) != 2:
        return answer
    signed = response[1].exactly(OID, FIELD_0)[1].exactly(SEQUENCE)[0]
    for field in signed.parts(INTEGER, SET, SEQUENCE):
        if field.tag == FIELD_0:
            ordered = b"".join(sorted(part.whole for part in field.parts()))
            answer = answer.replace(field.body, ordered, 1)
    return answer


def name_of(url: str) -> str:
    """The address without user name, password and query, which may be secrets."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def _short(error: Exception) -> str:
    return (error.strerror or "unreadable") if isinstance(error, OSError) else str(error)


def _post(url: str, query: bytes) -> bytes:
    if not url.startswith(("http://", "https://")):
        raise NotAnchored("GI_TRACE_TSA_URL is not an http address")
    headers = {"Content-Type": "application/timestamp-query", "User-Agent": "gi-trace"}
    parts = urlsplit(url)
    if "@" in parts.netloc:
        secret, _, host = parts.netloc.rpartition("@")
        headers["Authorization"] = f"Basic {b64encode(unquote(secret).encode()).decode()}"
        parts = parts._replace(netloc=host)
    try:
        with urlopen(Request(parts.geturl(), query, headers), timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
            kind = answer.headers.get_content_type()
            data = bytes(answer.read(_MAX_ANSWER_BYTES + 1))
    except HTTPError as error:
        raise NotAnchored(f"the authority answers {error.code}") from error
    except (OSError, HTTPException) as error:
        raise NotAnchored(f"the authority does not answer ({error})") from error
    if kind != "application/timestamp-reply" or len(data) > _MAX_ANSWER_BYTES:
        raise NotAnchored(f"the authority's answer is not a time stamp (it is {kind}, {len(data)} bytes)")
    return data
