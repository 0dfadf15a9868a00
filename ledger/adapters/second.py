"""Second signatures: lines of other algorithms below the log's own, each with a key file of its own, all optional."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings

from ledger.adapters import mldsa, sm2
from ledger.errors import LedgerFatal
from ledger.verifier.checkpoint import CheckpointText
from ledger.verifier.note import Note, Signature

# Which settings name a key file, and what makes it.
SECOND_KEYS = {"init-sm2": "LEDGER_SM2_KEY_FILE", "init-mldsa": "LEDGER_MLDSA_KEY_FILE"}


class SecondSigner(Protocol):
    """A key that signs checkpoints besides the log's own. `words` names its algorithm."""

    @property
    def words(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> bytes: ...

    @property
    def vkey(self) -> str: ...

    def sign(self, checkpoint: CheckpointText, *, now: datetime | None) -> Signature: ...

    def verifies(self, blob: bytes, *, text: str) -> bool: ...


def second_signers(*, origin: str, are_required: bool = True) -> tuple[SecondSigner, ...]:
    """Those that are configured. Raises LedgerFatal when one cannot be had; unless required, missing files are passed over."""
    found: list[SecondSigner] = []
    if (path := second_file("LEDGER_SM2_KEY_FILE")) and (are_required or path.exists()):
        found.append(sm2.load_sm2(key_file=path, origin=origin))
    if (path := second_file("LEDGER_MLDSA_KEY_FILE")) and (are_required or path.exists()):
        found.append(mldsa.load_mldsa(key_file=path, origin=origin))
    return tuple(found)


def second_file(setting: str) -> Path | None:
    """The key file this setting names; None where it is not set."""
    value = getattr(settings, setting, "")
    return Path(value) if value else None


def create_second(setting: str) -> Path:
    """Make the key of this setting. Raises LedgerFatal when it is not set or already there."""
    path = second_file(setting)
    if path is None:
        raise LedgerFatal(f"GI_TRACE_{setting} is not set; it names the file to make")
    create = {"LEDGER_SM2_KEY_FILE": sm2.create_sm2_key, "LEDGER_MLDSA_KEY_FILE": mldsa.create_mldsa_key}[setting]
    try:
        create(key_file=path)
    except FileExistsError as error:
        raise LedgerFatal(f"{path} exists; a key is never replaced") from error
    return path


def second_signature_faults(note: Note, *, keys: Sequence[SecondSigner]) -> Iterator[str]:
    """What is wrong with the lines these keys signed. A note without such a line is older than the key, which is no fault."""
    for key in keys:
        for line in note.signatures:
            if (line.name, line.key_id) == (key.name, key.key_id) and not key.verifies(line.blob, text=note.text):
                yield f"its {key.words} line does not verify"
