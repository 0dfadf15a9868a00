"""Anchoring: the newest checkpoint goes to a chain and to a time-stamp authority, and what becomes of it is followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import F

from ledger.adapters.timestamp import name_of, stamp
from ledger.anchored import next_try
from ledger.errors import NotAnchored
from ledger.models import Anchor, Checkpoint
from ledger.services.chain_anchors import confirm_again, follow_on_chain, send_to_chain
from ledger.verifier.checkpoint import parse_checkpoint_text
from ledger.verifier.note import parse_note

if TYPE_CHECKING:
    from ledger.adapters.evm import Chain

Kind, Status = Anchor.Kind, Anchor.Status
# Longer than signing and sending may take.
_HELD_FOR = timedelta(minutes=1)
# A block takes seconds; asking a node more often tells nothing new and may cost money.
_LOOK_EVERY = timedelta(seconds=15)


@dataclass(frozen=True)
class Target:
    """Where checkpoints are anchored: the contract's address, or the authority's without its secrets."""

    kind: str
    name: str


def configured_targets() -> list[Target]:
    """What the settings name; empty when nothing is to be anchored."""
    targets = []
    if settings.CHAIN_URL and settings.CHAIN_CONTRACT:
        targets.append(Target(Kind.ETHEREUM, settings.CHAIN_CONTRACT.lower()))
    if settings.TSA_URL:
        targets.append(Target(Kind.RFC3161, name_of(settings.TSA_URL)))
    return targets


def anchors_round(*, now: datetime) -> list[str]:
    """What a loop calls as often as it likes: begins what is due, follows what is under way. Raises nothing of a target's.

    Returns a line for whatever happened.
    """
    every = timedelta(seconds=settings.ANCHOR_EVERY)
    lines = []
    for target in configured_targets():
        row = _newest_row(target)
        if row is None or row.created_at <= now - every:
            lines += _begin(target, now=now)
        if row is not None and row.status == Status.CONFIRMED and (row.tried_at or now) <= now - every:
            lines += _look(row, confirm_again, now=now)
        lines += _follow(target, now=now, patiently=True)
    return lines


def anchor_newest(*, now: datetime) -> list[str]:
    """Anchor the newest checkpoint to every target, now, whatever was tried before. Idempotent: one row for a target and size.

    Returns a line for each. A target that fails is noted and tried again by `follow_anchors`; nothing is raised for it.
    """
    return [line for target in configured_targets() for line in _begin(target, now=now, at_once=True)]


def follow_anchors(*, now: datetime) -> list[str]:
    """Look after everything under way: confirm, notice reverted and reorganised transactions, try again what is due.

    Returns a line for whatever happened.
    """
    return [line for target in configured_targets() for line in _follow(target, now=now)]


def open_chain() -> Chain:
    """The contract the settings name. Raises NotAnchored."""
    # Here, not above: the library takes a second to load, and most processes never need it.
    from ledger.adapters.evm import Chain, read_account_key

    key = read_account_key(Path(settings.CHAIN_KEY_FILE)) if settings.CHAIN_KEY_FILE else None
    return Chain(url=settings.CHAIN_URL, contract=settings.CHAIN_CONTRACT, key=key)


def _newest_row(target: Target) -> Anchor | None:
    rows = Anchor.objects.filter(kind=target.kind, target=target.name).select_related("checkpoint")
    return rows.order_by("-checkpoint__size").first()


def _begin(target: Target, *, now: datetime, at_once: bool = False) -> list[str]:
    newest = Checkpoint.objects.order_by("-size").first()
    if newest is None or newest.size == 0:
        return []
    # The row comes first, and is committed: if this process dies while sending, somebody knows what to ask about.
    row, is_new = Anchor.objects.select_related("checkpoint").get_or_create(
        kind=target.kind, target=target.name, checkpoint=newest, defaults={"created_at": now}
    )
    if row.status in (Status.SENT, Status.CONFIRMED):
        return []
    # A row just claimed is in somebody's hands; sending beside them would cost a second fee.
    is_taken = row.status == Status.PENDING and row.tried_at is not None and row.tried_at > now - _HELD_FOR
    return _try(row, now=now) if is_new or (at_once and not is_taken) else []


def _follow(target: Target, *, now: datetime, patiently: bool = False) -> list[str]:
    lines = []
    for row in _under_way(target):
        if not patiently or row.tried_at is None or row.tried_at <= now - _LOOK_EVERY:
            lines += _look(row, follow_on_chain, now=now)
    # Only the newest is sent again: it covers every older one, and the contract takes no smaller size after it.
    last = _newest_row(target)
    if last is not None and last.status in (Status.PENDING, Status.FAILED) and next_try(last) <= now:
        lines += _try(last, now=now)
    return lines


def _under_way(target: Target) -> Iterator[Anchor]:
    rows = Anchor.objects.filter(kind=target.kind, target=target.name, status=Status.SENT)
    yield from rows.select_related("checkpoint").order_by("checkpoint__size")[:100]


def _try(row: Anchor, *, now: datetime) -> list[str]:
    if not _claim(row, now=now):
        return []
    try:
        line = send_to_chain(row, open_chain(), now=now) if row.kind == Kind.ETHEREUM else _stamp(row, now=now)
    except NotAnchored as reason:
        return [_fail(row, str(reason))]
    return [f"{_name(row)}: {line}"]


def _look(row: Anchor, step: Callable[..., str], *, now: datetime) -> list[str]:
    if row.kind != Kind.ETHEREUM:
        return []
    row.tried_at = now
    row.save(update_fields=["tried_at"])
    try:
        line = step(row, open_chain(), confirmations=settings.CHAIN_CONFIRMATIONS, now=now)
    except NotAnchored as reason:
        # What was sent may be confirmed all the same: only the look failed, and is repeated.
        Anchor.objects.filter(pk=row.pk).update(failure=str(reason))
        return [f"{_name(row)}: will look again: {reason}"]
    lines = [f"{_name(row)}: {line}"] if line else []
    # Vanished in a reorganisation: sent again at once, nothing speaks against it. Reverted: after a pause.
    if row.status == Status.FAILED and row.tries == 0 and _is_newest(row):
        lines += _try(row, now=now)
    return lines


def _is_newest(row: Anchor) -> bool:
    newest = _newest_row(Target(row.kind, row.target))
    return newest is not None and newest.pk == row.pk


def _claim(row: Anchor, *, now: datetime) -> bool:
    """Take the next try, unless another process has just taken it: sending twice would cost a fee for nothing."""
    mine = Anchor.objects.filter(pk=row.pk, tries=row.tries, tried_at=row.tried_at, status__in=["pending", "failed"])
    if not mine.update(tries=F("tries") + 1, tried_at=now):
        return False
    row.tries, row.tried_at = row.tries + 1, now
    return True


def _fail(row: Anchor, reason: str) -> str:
    row.status, row.failure = Status.FAILED, reason
    row.save(update_fields=["status", "failure"])
    return f"{_name(row)}: will retry at {next_try(row):%Y-%m-%dT%H:%M:%SZ}: {reason}"


def _stamp(row: Anchor, *, now: datetime) -> str:
    # The signed text, not the note: cosignatures may be added under it later.
    text = parse_note(bytes(row.checkpoint.note)).text
    if parse_checkpoint_text(text).size != row.checkpoint.size:
        raise NotAnchored("the checkpoint's note is of another size; run ledger_check")
    token, found = stamp(url=settings.TSA_URL, text=text.encode(), certificates=Path(settings.TSA_CERTIFICATES))
    row.status, row.receipt, row.failure = Status.CONFIRMED, token, ""
    row.sent_at = row.confirmed_at = now
    row.save(update_fields=["status", "receipt", "failure", "sent_at", "confirmed_at"])
    return f"stamped by {found.authority} at {found.time:%Y-%m-%dT%H:%M:%SZ}"


def _name(row: Anchor) -> str:
    return f"{row.kind} {row.target}, {row.checkpoint.size} entries"
