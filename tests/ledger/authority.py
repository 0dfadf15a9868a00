"""A time-stamp authority of one's own: certificates made here, tokens by `openssl ts`, behind a real HTTP server."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_CONFIGURATION = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/signer.pem
signer_key = {folder}/signer.key
{chain}
signer_digest = {digest}
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_alg = {named_by}
"""
_NOW = datetime.now(UTC).replace(microsecond=0)
_YEAR = timedelta(days=365)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Authority:
    """Signs with a certificate under `root.pem`, by way of one intermediate."""

    def __init__(
        self,
        folder: Path,
        *,
        kind: str = "ec",
        ends_at: datetime = _NOW + _YEAR,
        purposes: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.TIME_STAMPING,),
        is_critical: bool = True,
        middle_is_authority: bool = True,
        digest: str = "sha256",
        named_by: str = "sha256",
    ) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        root_key, middle_key, key = ec.generate_private_key(ec.SECP256R1()), _key(kind), _key(kind)
        root = _certificate("Root", root_key, issuer="Root", by=root_key, is_authority=True)
        middle = _certificate("Middle", middle_key, issuer="Root", by=root_key, is_authority=middle_is_authority)
        usage = x509.ExtendedKeyUsage(list(purposes))
        signer = _certificate(
            "Stamper", key, issuer="Middle", by=middle_key, ends_at=ends_at, usage=(usage, is_critical)
        )
        for name, certificate in (("root", root), ("middle", middle), ("signer", signer)):
            (folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / "signer.key").write_bytes(pem)
        (folder / "serial").write_text("01\n")
        text = _CONFIGURATION.format(
            folder=folder, digest=digest, named_by=named_by, chain=f"certs = {folder}/middle.pem"
        )
        (folder / "ts.cnf").write_text(text)

    @property
    def roots(self) -> bytes:
        return (self.folder / "root.pem").read_bytes()

    def reply(self, query: bytes) -> bytes:
        """The whole response to a request."""
        (self.folder / "query").write_bytes(query)
        self._openssl("-reply", "-queryfile", "query", "-config", "ts.cnf", "-out", "reply")
        return (self.folder / "reply").read_bytes()

    def token(self, text: bytes) -> bytes:
        """A token over a text, with its certificates."""
        (self.folder / "text").write_bytes(text)
        self._openssl("-query", "-data", "text", "-sha256", "-cert", "-out", "question")
        self.reply((self.folder / "question").read_bytes())
        self._openssl("-reply", "-in", "reply", "-token_out", "-out", "token")
        return (self.folder / "token").read_bytes()

    def _openssl(self, *arguments: str) -> None:
        done = subprocess.run(
            ["openssl", "ts", *arguments], cwd=self.folder, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr


class Server:
    """Answers what `authority` says; `altered` may be set to answer something else."""

    def __init__(self, authority: Authority, *, port: int = 0) -> None:
        self.queries: list[bytes] = []
        self.asked_by: list[str | None] = []
        self.reply = authority.reply
        self.status, self.kind = 200, "application/timestamp-reply"
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = self.rfile.read(int(self.headers["Content-Length"]))
                server.queries.append(query)
                server.asked_by.append(self.headers["Authorization"])
                assert self.headers["Content-Type"] == "application/timestamp-query"
                data = server.reply(query)
                self.send_response(server.status)
                self.send_header("Content-Type", server.kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/tsr"
        self._thread = Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _key(kind: str) -> Key:
    return ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65537, 2048)


def _certificate(
    name: str,
    key: Key,
    *,
    issuer: str,
    by: Key,
    is_authority: bool = False,
    ends_at: datetime = _NOW + 5 * _YEAR,
    usage: tuple[x509.ExtendedKeyUsage, bool] | None = None,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_NOW - 5 * _YEAR)
        .not_valid_after(ends_at)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if usage is not None:
        builder = builder.add_extension(usage[0], critical=usage[1])
    return builder.sign(by, hashes.SHA256())
