"""SM2 with SM3 (GB/T 32918.2, GB/T 32905) as a second signature. Needs the extra `sm2`; not a certified module.

A signature line of ours has the type byte 0xff and the identifier below; it signs the note's text, under the default
user identity of GM/T 0009, and is the SM2Signature of GB/T 35276 (DER), which OpenSSL reads as it is.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from ledger.adapters.key_files import create_file, read_key_file
from ledger.errors import LedgerFatal
from ledger.verifier.checkpoint import CheckpointText
from ledger.verifier.encoding import write_base64
from ledger.verifier.note import Signature

KEY_TYPE = b"\xffGB/T 32918.2 SM2-SM3"
USER_ID = b"1234567812345678"
# PKCS #8 (RFC 5958) around an ECPrivateKey (RFC 5915) on the curve 1.2.156.10197.1.301, without what follows the keys.
_PKCS8 = bytes.fromhex("308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420")
_PUBLIC = bytes.fromhex("a144034200")
_BEGIN, _END = "-----BEGIN PRIVATE KEY-----\n", "-----END PRIVATE KEY-----\n"


@dataclass(frozen=True)
class Sm2Signer:
    """`public` is the point's two coordinates, 64 bytes."""

    name: str
    public: bytes
    private: bytes = field(repr=False)
    words: str = "SM2"

    @property
    def material(self) -> bytes:
        """What the verifier key line encodes: type, identifier, and the point in 65 bytes."""
        return KEY_TYPE + b"\x04" + self.public

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self.material).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{write_base64(self.material)}"

    def sign(self, checkpoint: CheckpointText, *, now: datetime | None) -> Signature:
        """The line under the checkpoint. The algorithm gives no time, so `now` is not used."""
        blob = _library().sm2_sign(self.private, self.public, str(checkpoint).encode(), USER_ID)
        return Signature(name=self.name, key_id=self.key_id, blob=blob)

    def verifies(self, blob: bytes, *, text: str) -> bool:
        # The library takes other spellings of the two integers as well, and complains of torn ones on standard error.
        return _is_der(blob) and bool(_library().sm2_verify(self.public, text.encode(), blob, USER_ID))


def create_sm2_key(*, key_file: Path) -> None:
    """Write a fresh private key (PKCS #8, PEM, mode 0600). Raises FileExistsError rather than replace one."""
    public, private = _library().sm2_key_generate()
    create_file(key_file, write_pem(private=private, public=public))


def load_sm2(*, key_file: Path, origin: str) -> Sm2Signer:
    """Raises LedgerFatal when the file cannot be used, or the extra is not installed."""
    library = _library()
    private, public = _read_pem(key_file, read_key_file(key_file))
    try:
        # The two halves lie side by side in the file; a signature shows that they belong together.
        is_pair = library.sm2_verify(public, b"", library.sm2_sign(private, public, b"", USER_ID), USER_ID)
    except library.GmsslInnerError as error:
        raise LedgerFatal(f"the key {key_file} is not an SM2 key") from error
    if not is_pair:
        raise LedgerFatal(f"the key {key_file} holds a public key of another")
    return Sm2Signer(name=origin, public=public, private=private)


def write_pem(*, private: bytes, public: bytes) -> bytes:
    """The key as OpenSSL reads it."""
    text = base64.b64encode(_PKCS8 + private + _PUBLIC + b"\x04" + public).decode()
    lines = [text[start : start + 64] + "\n" for start in range(0, len(text), 64)]
    return (_BEGIN + "".join(lines) + _END).encode()


def _read_pem(path: Path, pem: bytes) -> tuple[bytes, bytes]:
    try:
        text = pem.decode("ascii")
        data = base64.b64decode(text.removeprefix(_BEGIN).removesuffix(_END).replace("\n", ""), validate=True)
    except ValueError as error:
        raise LedgerFatal(f"the key {path} is not a PEM private key") from error
    private, rest = data[len(_PKCS8) :][:32], data[len(_PKCS8) + 32 :]
    if not data.startswith(_PKCS8) or not rest.startswith(_PUBLIC + b"\x04") or len(rest) != len(_PUBLIC) + 65:
        raise LedgerFatal(f"the key {path} is not an SM2 key as `ledger_key init-sm2` and `openssl genpkey` write it")
    return private, rest[len(_PUBLIC) + 1 :]


def _is_der(blob: bytes) -> bool:
    """Whether these are two positive integers of at most 256 bits, in a sequence, in their only DER spelling."""
    if len(blob) < 8 or blob[0] != 0x30 or blob[1] != len(blob) - 2 or blob[1] > 70:
        return False
    rest = blob[2:]
    for _ in range(2):
        if len(rest) < 3 or rest[0] != 0x02 or not 1 <= rest[1] <= 33 or len(rest) < 2 + rest[1]:
            return False
        number, rest = rest[2 : 2 + rest[1]], rest[2 + rest[1] :]
        has_idle_zero = len(number) > 1 and number[0] == 0 and number[1] < 0x80
        if number[0] >= 0x80 or has_idle_zero or int.from_bytes(number, "big").bit_length() > 256:
            return False
    return not rest


def _library() -> Any:
    try:
        return import_module("gmssl_pyx")
    except ImportError as error:
        raise LedgerFatal("SM2 needs the extra `sm2`: pip install 'gi-trace[sm2]'") from error
