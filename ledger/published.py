"""What readers get of checkpoints: the log's note with the witnesses' signatures, and the policy to judge it by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Subquery

from ledger.errors import NotInLog
from ledger.models import Checkpoint, Cosignature, Head, LogKey, WitnessContact, WitnessedLog
from ledger.verifier.note import VerifierKey
from ledger.verifier.policy import NONE, Policy
from ledger.witness_policy import policy_for_readers

# How far back a checkpoint with its quorum is looked for; older proofs than that would say too little.
_LOOKED_AT = 200


@dataclass(frozen=True)
class WitnessLine:
    """How it stands with one witness we ask. `size` and `cosigned_at` are of the newest checkpoint it cosigned."""

    name: str
    vkey: str
    size: int | None
    cosigned_at: datetime | None
    failure: str


@dataclass(frozen=True)
class WitnessedLine:
    """A log this server witnesses, and what it cosigned last; `seen_at` is None before the first time."""

    origin: str
    size: int
    seen_at: datetime | None
    is_trusted: bool


def policy_text() -> str:
    """A policy file (c2sp.org/tlog-policy): the log's key in force, our witnesses, groups and quorum.

    Raises NotInLog before the log is created.
    """
    vkey = Head.objects.values_list("vkey", flat=True).first()
    if vkey is None:
        raise NotInLog("the log has not been created")
    return f"log {vkey}\n{policy_for_readers()[1]}\n"


def published_note(size: int) -> bytes:
    """The checkpoint signed at exactly this size, with every cosignature collected for it. Raises NotInLog."""
    row = Checkpoint.objects.filter(size=size).prefetch_related("cosignatures").first()
    if row is None:
        raise NotInLog(f"no checkpoint of {size} entries")
    return with_cosignatures(row)


def with_cosignatures(checkpoint: Checkpoint) -> bytes:
    """The note's exact bytes and the lines below it, in the order in which they came."""
    if not policy_for_readers()[0].witnesses:
        # Nobody is asked: every proof would look for lines that nobody wrote.
        return bytes(checkpoint.note)
    lines = [row.line for row in sorted(checkpoint.cosignatures.all(), key=lambda row: row.pk)]
    return bytes(checkpoint.note) + "".join(lines).encode()


def best_checkpoint(index: int) -> Checkpoint | None:
    """What to prove entry `index` under: the newest checkpoint with its quorum that covers it, else the newest.

    None when no checkpoint covers it yet.
    """
    newest = Checkpoint.objects.filter(size__gt=index).order_by("-size")
    policy, _ = policy_for_readers()
    if policy.quorum == NONE:
        return newest.first()
    # Only what some witness cosigned can have a quorum; the newest few of these are enough to find one. What the key in
    # force did not sign would fail under the policy that readers get.
    in_force = LogKey.objects.filter(until_size__isnull=True).values("from_size")[:1]
    cosigned = newest.prefetch_related("cosignatures").filter(
        size__gte=Subquery(in_force),
        pk__in=Cosignature.objects.order_by("-pk").values("checkpoint_id")[:_LOOKED_AT],
    )
    return next((row for row in cosigned if _has_quorum(row, policy)), None) or newest.first()


def _has_quorum(checkpoint: Checkpoint, policy: Policy) -> bool:
    return policy.is_met([VerifierKey.parse(row.vkey) for row in checkpoint.cosignatures.all()])


def witness_lines() -> list[WitnessLine]:
    """Every configured witness, in the order of the policy."""
    policy, _ = policy_for_readers()
    contacts = {row.vkey: row for row in WitnessContact.objects.all()}
    return [_line(name.decode("utf-8", "replace"), key, contacts) for name, key in policy.witnesses.items()]


def _line(name: str, key: VerifierKey, contacts: dict[str, WitnessContact]) -> WitnessLine:
    newest = (
        Cosignature.objects.filter(vkey=str(key)).select_related("checkpoint").order_by("-checkpoint__size").first()
    )
    contact = contacts.get(str(key))
    return WitnessLine(
        name=name,
        vkey=str(key),
        size=newest.checkpoint.size if newest else None,
        cosigned_at=newest.cosigned_at if newest else None,
        failure=contact.failure if contact else "",
    )


def witnessed_lines() -> Sequence[WitnessedLine]:
    """The logs this server was told to witness, those it no longer trusts last."""
    rows = WitnessedLog.objects.order_by("-is_trusted", "origin")
    return [WitnessedLine(row.origin, row.size, row.seen_at, row.is_trusted) for row in rows]
