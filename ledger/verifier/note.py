"""Signed notes and verifier keys (c2sp.org/signed-note), and cosignatures (c2sp.org/tlog-cosignature)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.verifier.encoding import MAX_INTEGER, read_base64, read_utf8, write_base64
from ledger.verifier.errors import VerificationError
from ledger.verifier.mldsa import cosigned_subtree, mldsa_public_key

ED25519 = 0x01
COSIGNATURE = 0x04
MLDSA44 = 0x06
_PUBLIC_BYTES = {ED25519: 32, COSIGNATURE: 32, MLDSA44: 1312}
MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100
_KEY_ID = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True)
class VerifierKey:
    """A public key and the name it signs under."""

    name: str
    key_id: bytes
    kind: int
    public: bytes

    @classmethod
    def make(cls, *, name: str, kind: int, public: bytes) -> VerifierKey:
        """Raises VerificationError `bad_vkey` on a name no note may carry."""
        _require_key_name(name, code="bad_vkey")
        seed = name.encode() + b"\n" + bytes([kind]) + public
        return cls(name=name, key_id=hashlib.sha256(seed).digest()[:4], kind=kind, public=public)

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read `name+hex+base64`. Raises VerificationError `bad_vkey` or `bad_base64`."""
        # Base64 may itself contain a plus, names and hexadecimals may not.
        parts = text.split("+", 2)
        if len(parts) != 3 or not _KEY_ID.fullmatch(parts[1]):
            raise VerificationError("bad_vkey", "a verifier key reads name+8 hex digits+base64")
        material = read_base64(parts[2], what="the verifier key")
        if not material or len(material) - 1 != _PUBLIC_BYTES.get(material[0]):
            raise VerificationError("bad_vkey", "only Ed25519 (types 0x01, 0x04) and ML-DSA-44 (0x06) are understood")
        if material[0] == MLDSA44:
            mldsa_public_key(material[1:])
        key = cls.make(name=parts[0], kind=material[0], public=material[1:])
        if key.key_id.hex() != parts[1]:
            raise VerificationError("bad_vkey", "the key id does not belong to this name and key")
        return key

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{write_base64(bytes([self.kind]) + self.public)}"


@dataclass(frozen=True)
class Signature:
    """One signature line. `blob` is what follows the key id: a signature of a kind only the key knows."""

    name: str
    key_id: bytes
    blob: bytes

    def __str__(self) -> str:
        return f"\u2014 {self.name} {write_base64(self.key_id + self.blob)}\n"


@dataclass(frozen=True)
class Note:
    """`text` ends in a newline and is what was signed."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(str(signature) for signature in self.signatures)


def parse_note(data: bytes) -> Note:
    """Split a note into text and signature lines. Verifies nothing. Raises VerificationError."""
    if len(data) > MAX_NOTE_BYTES:
        raise VerificationError("note_too_long", f"{len(data)} bytes")
    note = read_utf8(data, what="the note")
    if any(character < " " and character != "\n" for character in note):
        raise VerificationError("bad_note", "the note has a control character")
    # The last empty line ends the text; the text may hold empty lines of its own.
    body, separator, tail = note.rpartition("\n\n")
    if not separator or not body or not tail.endswith("\n"):
        raise VerificationError("bad_note", "the note needs a text, an empty line and signature lines")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise VerificationError("too_many_signatures", f"{len(lines)}, at most {MAX_SIGNATURES}")
    return Note(text=body + "\n", signatures=tuple(_parse_signature(line) for line in lines))


def verified_signatures(note: Note, keys: Iterable[VerifierKey]) -> list[tuple[VerifierKey, int | None]]:
    """The keys that signed, each with its time in POSIX seconds (cosignatures) or None.

    Lines of unknown keys are passed over. Raises VerificationError `bad_signature` when a known key's
    line does not verify: such a note was tampered with, whoever else signed it.
    """
    known = {(key.name, key.key_id): key for key in keys}
    found: dict[VerifierKey, int | None] = {}
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is not None:
            found.setdefault(key, _verify_signature(key, text=note.text, blob=signature.blob))
    return list(found.items())


def cosigned_message(*, time: int, text: str) -> bytes:
    """What a witness signs: two lines of its own, then the note's text."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _verify_signature(key: VerifierKey, *, text: str, blob: bytes) -> int | None:
    time: int | None = None
    message = text.encode()
    if key.kind != ED25519:
        time, blob = int.from_bytes(blob[:8], "big"), blob[8:]
        if time > MAX_INTEGER:
            raise VerificationError("bad_signature", f"the time of {key.name} is out of range")
        message = cosigned_message(time=time, text=text)
    if len(blob) != (2420 if key.kind == MLDSA44 else 64):
        raise VerificationError("bad_signature", f"the signature of {key.name} has the wrong length")
    public = Ed25519PublicKey.from_public_bytes
    if key.kind == MLDSA44:
        public, message = mldsa_public_key, cosigned_subtree(name=key.name, time=time or 0, text=text)
    try:
        public(key.public).verify(blob, message)
    except (InvalidSignature, ValueError) as error:
        raise VerificationError("bad_signature", f"the signature of {key.name} does not verify") from error
    return time


def _parse_signature(line: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "\u2014":
        raise VerificationError("bad_note", "a signature line reads: em dash, key name, base64")
    _require_key_name(parts[1], code="bad_note")
    blob = read_base64(parts[2], what="a signature")
    if len(blob) < 5:
        raise VerificationError("bad_note", "a signature is too short")
    return Signature(name=parts[1], key_id=blob[:4], blob=blob[4:])


def _require_key_name(name: str, *, code: str) -> None:
    if not name or "+" in name or any(character.isspace() or character < " " for character in name):
        raise VerificationError(code, "a key name is not empty and has neither spaces nor a plus")
