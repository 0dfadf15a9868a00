"""The log's Ed25519 key: a file nobody else may read, and beside it a note of the last thing it signed.

While a rotation is under way a second file, `.next`, holds the key that comes after; `.retired-<key id>` are those
that came before.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.adapters.ed25519_files import private_of, read_private, write_private
from ledger.adapters.key_files import part_of, put_file, read_key_file, sync_folder
from ledger.adapters.second import SecondSigner, second_signers
from ledger.errors import LedgerFatal
from ledger.verifier.checkpoint import CheckpointText, parse_checkpoint_text
from ledger.verifier.errors import VerificationError
from ledger.verifier.note import ED25519, Note, Signature, VerifierKey, parse_note, verified_signatures


class Signer:
    """Signs checkpoints under the log's origin."""

    def __init__(
        self, *, key_file: Path, origin: str, private: Ed25519PrivateKey, seconds: Sequence[SecondSigner] = ()
    ) -> None:
        self.key_file = key_file
        self.origin = origin
        self.seconds = seconds
        self._private = private
        self.vkey = _vkey(private, origin=origin)
        self._mark_file = key_file.with_name(key_file.name + ".signed")

    def sign(
        self, checkpoint: CheckpointText, *, successor: Signer | None = None, now: datetime | None = None
    ) -> bytes:
        """The signed note, checked with the verifier's own eyes before anyone sees it.

        `successor` signs as well, on the checkpoint that hands the log over to it. `now` is the time that the second
        signatures give, where they give one.
        """
        text = str(checkpoint)
        signers = [self] if successor is None else [self, successor]
        lines = [signer._line(text) for signer in signers]
        lines += [second.sign(checkpoint, now=now) for second in self.seconds]
        data = str(Note(text=text, signatures=tuple(lines))).encode()
        note = parse_note(data)
        if len(verified_signatures(note, [signer.vkey for signer in signers])) != len(signers):
            raise LedgerFatal("the key does not verify its own signature")
        for second, line in zip(self.seconds, lines[len(signers) :], strict=True):
            if not second.verifies(line.blob, text=text):
                raise LedgerFatal(f"the {second.words} key does not verify its own signature")
        return data

    def follow(self, vkey: str) -> None:
        """Become `vkey`, the key in force, where a rotation has moved on since the file was read.

        Raises LedgerFatal when no file here holds it.
        """
        if vkey == str(self.vkey):
            return
        for private in self._present():
            if str(found := _vkey(private, origin=self.origin)) == vkey:
                self._private, self.vkey = private, found
                return
        raise LedgerFatal(f"the log was created for {vkey}, the key is {self.vkey}{self._advice(vkey)}")

    def successor(self) -> Signer | None:
        """The key that waits in `.next`, unless it is in force already."""
        path = next_file(self.key_file)
        if not path.exists():
            return None
        found = Signer(key_file=self.key_file, origin=self.origin, private=read_private(path))
        return None if found.vkey == self.vkey else found

    def settle(self) -> None:
        """After a rotation: keep the key before as retired, and give the key in force its place. May be repeated."""
        path = next_file(self.key_file)
        if not path.exists() or _vkey(read_private(path), origin=self.origin) != self.vkey:
            return
        before = read_key_file(self.key_file)
        retired = _vkey(private_of(self.key_file, before), origin=self.origin)
        kept = retired_file(self.key_file, retired)
        put_file(kept, before, fresh=part_of(kept), mode=0o400)
        # Dying here leaves the old key in two places, and the next attempt does the rest.
        os.replace(path, self.key_file)
        sync_folder(path)

    def remember(self, note: bytes) -> None:
        """Keep the newest signed checkpoint beside the key, away from the database. Called after the commit."""
        # Two sequencers may get here at once; neither may tear the other's file.
        put_file(self._mark_file, note, fresh=self._mark_file.with_suffix(f".{os.getpid()}"))

    def last_signed(self) -> CheckpointText | None:
        """What `remember` kept; None before the first time. Raises LedgerFatal when it is not ours."""
        if not self._mark_file.exists():
            return None
        try:
            note = parse_note(self._mark_file.read_bytes())
            # Between a rotation and this note came a crash, or a slower sequencer: then the key before signed it.
            if not verified_signatures(note, [self.vkey]) and not verified_signatures(note, self._keys()):
                raise LedgerFatal(f"{self._mark_file} was not signed with this key")
            return parse_checkpoint_text(note.text)
        except VerificationError as error:
            raise LedgerFatal(f"{self._mark_file}: {error}") from error

    def _line(self, text: str) -> Signature:
        return Signature(name=self.origin, key_id=self.vkey.key_id, blob=self._private.sign(text.encode()))

    def _present(self, *others: Path) -> Iterator[Ed25519PrivateKey]:
        # The next key is looked for first: read the other way round, it could move from there to here in between.
        for path in (next_file(self.key_file), self.key_file, *others):
            try:
                yield read_private(path)
            except LedgerFatal:
                if path.exists():
                    raise

    def _keys(self) -> list[VerifierKey]:
        retired = self.key_file.parent.glob(f"{self.key_file.name}.retired-*")
        return [_vkey(private, origin=self.origin) for private in self._present(*sorted(retired))]

    def _advice(self, vkey: str) -> str:
        try:
            retired = retired_file(self.key_file, VerifierKey.parse(vkey))
        except VerificationError:
            return ""
        if retired.exists():
            words = "; the log's key was rotated since, so this is an older database. Restore the newest one"
        else:
            words = "; if one of the two is restored from a backup, it is older than a rotation. Restore the newest"
        return f"{words}: docs/operations.md, 'A restored database'"


def next_file(key_file: Path) -> Path:
    """Where the key waits that will come after."""
    return key_file.with_name(key_file.name + ".next")


def retired_file(key_file: Path, vkey: VerifierKey) -> Path:
    """Where a key is kept that came before."""
    return key_file.with_name(f"{key_file.name}.retired-{vkey.key_id.hex()}")


def create_key(*, key_file: Path) -> None:
    """Write a fresh private key (PKCS #8, PEM, mode 0600). Raises FileExistsError rather than replace one."""
    write_private(key_file, Ed25519PrivateKey.generate())


def load_signer(*, key_file: Path, origin: str) -> Signer:
    """Read the key, and those of the second signatures that are configured.

    Raises LedgerFatal when one is missing, unreadable, another's or open to others.
    """
    private = read_private(key_file)
    try:
        return Signer(key_file=key_file, origin=origin, private=private, seconds=second_signers(origin=origin))
    except VerificationError as error:
        raise LedgerFatal(f"the origin {origin!r} cannot name a key: {error.detail}") from error


def _vkey(private: Ed25519PrivateKey, *, origin: str) -> VerifierKey:
    return VerifierKey.make(name=origin, kind=ED25519, public=private.public_key().public_bytes_raw())
