"""What has been anchored, for pages, downloads and evidence bundles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from ledger.errors import NotInLog
from ledger.models import Anchor, Checkpoint
from ledger.queries import entry_body
from ledger.tiles import TileReader
from ledger.tree import inclusion_path
from ledger.verifier.proof import Proof, format_proof

SUFFIX = {Anchor.Kind.ETHEREUM: "json", Anchor.Kind.RFC3161: "tsr"}
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)


@dataclass(frozen=True)
class AnchorLine:
    """Where one anchor stands. `next_try` is None unless it failed and will be tried again."""

    kind: str
    target: str
    size: int
    status: str
    at: datetime
    block_number: int | None
    transaction: str
    failure: str
    next_try: datetime | None
    has_newer: bool

    def __str__(self) -> str:
        words = {
            "pending": "being sent",
            "sent": "sent" + (f", in block {self.block_number}" if self.block_number is not None else ""),
            "confirmed": "confirmed" + (f" in block {self.block_number}" if self.block_number is not None else ""),
            "failed": "failed" + (f", will retry at {self.next_try:%Y-%m-%dT%H:%M:%SZ}" if self.next_try else ""),
        }[self.status]
        reason = f": {self.failure}" if self.failure else ""
        return f"{self.kind} {self.target}, {self.size} entries: {words}{reason}"


def next_try(row: Anchor) -> datetime:
    """When a failed anchor is tried again: after 1, 2, 4 ... minutes, at most 6 hours."""
    if row.tried_at is None:
        return row.created_at
    doublings = min(max(row.tries - 1, 0), 20)
    return row.tried_at + min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)


def anchor_lines(*, count: int = 6) -> list[AnchorLine]:
    """The newest anchors, the newest first."""
    newer = Anchor.objects.filter(
        kind=OuterRef("kind"), target=OuterRef("target"), checkpoint__size__gt=OuterRef("checkpoint__size")
    )
    rows = Anchor.objects.select_related("checkpoint").defer("receipt", "checkpoint__note")
    return [_line(row) for row in rows.annotate(has_newer=Exists(newer)).order_by("-checkpoint__size", "kind")[:count]]


def anchor_evidence(*, size: int, kind: str) -> bytes:
    """The confirmed evidence of the checkpoint of that size: JSON for `ethereum`, a DER token for `rfc3161`.

    Raises NotInLog.
    """
    rows = Anchor.objects.filter(checkpoint__size=size, kind=kind, status=Anchor.Status.CONFIRMED)
    receipt = rows.order_by("-pk").values_list("receipt", flat=True).first()
    if receipt is None:
        raise NotInLog(f"no confirmed anchor of kind {kind} for {size} entries")
    return bytes(receipt)


def anchored_checkpoint(size: int) -> Checkpoint | None:
    """The oldest checkpoint of at least this size with a confirmed anchor."""
    return Checkpoint.objects.filter(size__gte=size, anchors__status=Anchor.Status.CONFIRMED).order_by("size").first()


def anchor_files(size: int) -> list[tuple[str, bytes]]:
    """For evidence bundles: names and contents of the oldest anchored checkpoint of at least `size` and its evidence.

    Empty while there is none. The evidence speaks of that checkpoint, so an entry's proof must be under it too:
    `anchored_proof`.
    """
    checkpoint = anchored_checkpoint(size)
    if checkpoint is None:
        return []
    files = [(f"anchor-{checkpoint.size}.checkpoint", bytes(checkpoint.note))]
    for kind, suffix in SUFFIX.items():
        try:
            files.append((f"anchor-{checkpoint.size}.{suffix}", anchor_evidence(size=checkpoint.size, kind=kind)))
        except NotInLog:
            continue
    return files


def anchored_proof(index: int) -> str:
    """The tlog-proof of entry `index` under the oldest anchored checkpoint that holds it. Raises NotInLog."""
    checkpoint = anchored_checkpoint(index + 1)
    if checkpoint is None:
        raise NotInLog(f"no checkpoint with entry {index} has been anchored")
    path = inclusion_path(index=index, size=checkpoint.size, read_tile=TileReader())
    proof = Proof(index=index, path=tuple(path), checkpoint=bytes(checkpoint.note), extra=entry_body(index))
    return format_proof(proof).decode()


def _line(row: Anchor) -> AnchorLine:
    has_newer = bool(getattr(row, "has_newer", False))
    is_waiting = row.status == Anchor.Status.FAILED and not has_newer
    return AnchorLine(
        kind=row.kind,
        target=row.target,
        size=row.checkpoint.size,
        status=row.status,
        at=row.confirmed_at or row.sent_at or row.created_at,
        block_number=row.block_number,
        transaction=row.transaction,
        failure=row.failure,
        next_try=next_try(row) if is_waiting else None,
        has_newer=has_newer,
    )
