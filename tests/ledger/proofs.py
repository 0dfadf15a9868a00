"""Proof files made without a database, by a log and witnesses that live in memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.verifier.checkpoint import CheckpointText
from ledger.verifier.note import COSIGNATURE, ED25519, Note, Signature, VerifierKey, cosigned_message
from ledger.verifier.proof import Proof, format_proof
from tests.ledger.helpers import reference_path, reference_root

ENTRIES = [f'{{"n":{number}}}'.encode() for number in range(21)]


@dataclass
class Key:
    """A private key under a name; `kind` says whether it is a log's or a witness's, `seed` makes another under one name."""

    name: str
    kind: int = ED25519
    seed: str = ""

    @cached_property
    def private(self) -> Ed25519PrivateKey:
        """Drawn from the name: parallel test processes have to agree on the texts they are parametrised with."""
        return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"{self.name} {self.seed}".encode()).digest())

    @property
    def vkey(self) -> VerifierKey:
        return VerifierKey.make(name=self.name, kind=self.kind, public=self.private.public_key().public_bytes_raw())

    def sign(self, text: str, *, time: int = 1_700_000_000) -> Signature:
        if self.kind == COSIGNATURE:
            blob = time.to_bytes(8, "big") + self.private.sign(cosigned_message(time=time, text=text))
        else:
            blob = self.private.sign(text.encode())
        return Signature(name=self.name, key_id=self.vkey.key_id, blob=blob)


LOG = Key("log.example/gi")
WITNESSES = [Key(f"witness.example/{number}", kind=COSIGNATURE) for number in range(3)]
POLICY = f"log {LOG.vkey}\nquorum none\n".encode()


def checkpoint(*signers: Key, size: int = 21, origin: str = LOG.name) -> bytes:
    text = str(CheckpointText(origin=origin, size=size, root=reference_root(ENTRIES[:size])))
    return str(Note(text=text, signatures=tuple(signer.sign(text) for signer in signers or (LOG,)))).encode()


def proof_file(*signers: Key, index: int = 13, with_entry: bool = True, size: int = 21) -> bytes:
    path = tuple(reference_path(index, ENTRIES[:size]))
    extra = ENTRIES[index] if with_entry else None
    return format_proof(Proof(index=index, path=path, checkpoint=checkpoint(*signers, size=size), extra=extra))
