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

# How many cosignatures are looked at, from the newest that can be part of a quorum down: nearly always a few are enough.
_LOOKED_AT = (8, 200)


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
    if policy.quorum == NONE or (reach := _reach(policy)) <= index:
        return newest.first()
    # What the key in force did not sign would fail under the policy that readers get.
    in_force = LogKey.objects.filter(until_size__isnull=True).values("from_size")[:1]
    # Ids of checkpoints grow with their sizes.
    top = Checkpoint.objects.filter(size=reach).values("pk")[:1]
    cosigned = Cosignature.objects.filter(checkpoint_id__lte=Subquery(top)).order_by("-checkpoint_id")
    for count in _LOOKED_AT:
        rows = newest.prefetch_related("cosignatures").filter(
            size__gte=Subquery(in_force), pk__in=cosigned.values("checkpoint_id")[:count]
        )
        if found := next((row for row in rows if _has_quorum(row, policy)), None):
            return found
    return newest.first()


def _reach(policy: Policy) -> int:
    """The largest size to which enough witnesses for a quorum have come; no larger checkpoint has one.

    While too many witnesses are down, the others cosign ever more: the last quorum may lie any number of checkpoints back.
    """
    sizes = dict(WitnessContact.objects.values_list("vkey", "size"))
    reached = {key: sizes.get(str(key), 0) for key in policy.witnesses.values()}
    return max(
        (size for size in reached.values() if policy.is_met([key for key in reached if reached[key] >= size])),
        default=0,
    )


def _has_quorum(checkpoint: Checkpoint, policy: Policy) -> bool:
    return policy.is_met([VerifierKey.parse(row.vkey) for row in checkpoint.cosignatures.all()])


def witness_lines() -> list[WitnessLine]:
    """Every configured witness, in the order of the policy."""
    policy, _ = policy_for_readers()
    contacts = {row.vkey: row for row in WitnessContact.objects.all()}
    # Asked for by the sizes the contacts remember: a search by key alone would read years of cosignatures.
    cosigned = Cosignature.objects.filter(checkpoint__size__in={contact.size for contact in contacts.values()})
    times = {(vkey, size): at for vkey, size, at in cosigned.values_list("vkey", "checkpoint__size", "cosigned_at")}
    return [
        _line(name.decode("utf-8", "replace"), contacts.get(str(key)), key, times)
        for name, key in policy.witnesses.items()
    ]


def _line(
    name: str, contact: WitnessContact | None, key: VerifierKey, times: dict[tuple[str, int], datetime]
) -> WitnessLine:
    cosigned_at = times.get((contact.vkey, contact.size)) if contact else None
    return WitnessLine(
        name=name,
        vkey=str(key),
        size=contact.size if contact and cosigned_at else None,
        cosigned_at=cosigned_at,
        failure=contact.failure if contact else "",
    )


def witnessed_lines() -> Sequence[WitnessedLine]:
    """The logs this server was told to witness, those it no longer trusts last."""
    rows = WitnessedLog.objects.order_by("-is_trusted", "origin")
    return [WitnessedLine(row.origin, row.size, row.seen_at, row.is_trusted) for row in rows]
