"""From a proof file and a policy to what has been proven."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.verifier.checkpoint import CheckpointText, parse_checkpoint_text
from ledger.verifier.errors import VerificationError
from ledger.verifier.merkle import leaf_hash, verify_inclusion
from ledger.verifier.note import VerifierKey, parse_note, verified_signatures
from ledger.verifier.policy import Policy
from ledger.verifier.proof import parse_proof


@dataclass(frozen=True)
class VerifiedCheckpoint:
    """A checkpoint one trusted log signed, and the witnesses that saw it, each with a time in POSIX seconds."""

    text: CheckpointText
    log: VerifierKey
    witnesses: tuple[tuple[VerifierKey, int], ...]


@dataclass(frozen=True)
class VerifiedEntry:
    """`entry` stands at `index` under `checkpoint`."""

    entry: bytes
    index: int
    checkpoint: VerifiedCheckpoint


def verify_checkpoint(data: bytes, *, policy: Policy) -> VerifiedCheckpoint:
    """Check a signed checkpoint against whom the caller trusts. Raises VerificationError."""
    note = parse_note(data)
    text = parse_checkpoint_text(note.text)
    # A key signs only for the log it is named after, never for another log in the same policy.
    logs = [key for key in policy.logs if key.name == text.origin]
    if not logs:
        raise VerificationError("unknown_log", f"the policy does not name the log {text.origin}")
    signers = [key for key, _ in verified_signatures(note, logs)]
    if not signers:
        raise VerificationError("unsigned", f"no trusted key of {text.origin} signed the checkpoint")
    witnesses = [(key, time) for key, time in verified_signatures(note, policy.witnesses.values()) if time is not None]
    if not policy.is_met([key for key, _ in witnesses]):
        raise VerificationError("quorum_not_met", f"{len(witnesses)} known witnesses cosigned, which is not enough")
    return VerifiedCheckpoint(text=text, log=signers[0], witnesses=tuple(witnesses))


def verify_proof(data: bytes, *, policy: Policy, entry: bytes | None = None) -> VerifiedEntry:
    """Check a proof file. `entry` may be given by the caller, or be taken from the proof's extra line.

    Raises VerificationError.
    """
    proof = parse_proof(data)
    # 1. The entry. The extra line is only a claim until step 3 binds it to the signed root.
    if entry is None:
        entry = proof.extra
    elif proof.extra is not None and proof.extra != entry:
        raise VerificationError("entry_mismatch", "the entry given is not the one in the proof")
    if entry is None:
        raise VerificationError("entry_missing", "the proof does not carry the entry; give it with --entry")
    # 2. The checkpoint: who signed, who cosigned. Size and root are believed from here on.
    checkpoint = verify_checkpoint(proof.checkpoint, policy=policy)
    # 3. The path from the entry to the root.
    verify_inclusion(
        leaf=leaf_hash(entry),
        index=proof.index,
        size=checkpoint.text.size,
        path=proof.path,
        root=checkpoint.text.root,
    )
    return VerifiedEntry(entry=entry, index=proof.index, checkpoint=checkpoint)
