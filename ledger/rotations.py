"""How the log's key changed hands: the keys it had, and the entries that announced each change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from ledger.errors import NotInLog
from ledger.models import Checkpoint, Head, LogKey
from ledger.published import published_note
from ledger.queries import bodies_of_subjects, entry_body
from ledger.tiles import TileReader
from ledger.tree import inclusion_path
from ledger.verifier.proof import Proof, format_proof

KEY_ROTATED = "ledger.key_rotated"


@dataclass(frozen=True)
class Announcement:
    """One entry that says `new` comes after `old`. `index` is None while it waits."""

    queue_id: int
    index: int | None
    old: str
    new: str


@dataclass(frozen=True)
class KeyLine:
    """One key the log had. It signed the checkpoints from `from_size` to `until_size`, both included; None: in force."""

    vkey: str
    from_size: int
    until_size: int | None
    created_at: datetime


@dataclass(frozen=True)
class Rotation:
    """A change that took effect: entry `index` announced it, and the checkpoint of `size` carries both signatures."""

    index: int
    size: int
    old: str
    new: str
    at: datetime


def log_subject(origin: str) -> str:
    """What the entries about the log itself are about."""
    return f"log:{origin}"


def announcements(origin: str) -> list[Announcement]:
    """Every announcement ever queued, the oldest first, those included that came to nothing."""
    subject = log_subject(origin)
    found = []
    for index, queue_id, body in bodies_of_subjects([subject])[subject]:
        statement = json.loads(body)
        if statement["kind"] == KEY_ROTATED:
            data = statement["data"]
            found.append(Announcement(queue_id=queue_id, index=index, old=data["old"], new=data["new"]))
    return found


def key_lines() -> list[KeyLine]:
    """The log's keys, the oldest first."""
    rows = LogKey.objects.order_by("from_size", "pk")
    return [KeyLine(row.vkey, row.from_size, row.until_size, row.created_at) for row in rows]


def rotations() -> list[Rotation]:
    """Every change of key, the oldest first."""
    keys = key_lines()
    origin = Head.objects.values_list("origin", flat=True).first()
    if origin is None or len(keys) < 2:
        return []
    places = {(item.old, item.new): item.index for item in announcements(origin) if item.index is not None}
    return [
        Rotation(index=index, size=new.from_size, old=old.vkey, new=new.vkey, at=new.created_at)
        for old, new in pairwise(keys)
        if (index := places.get((old.vkey, new.vkey))) is not None
    ]


def rotation_proof(size: int) -> str:
    """The tlog-proof of the entry that announced the change at `size`, under exactly the checkpoint both keys signed.

    Raises NotInLog.
    """
    index = next((rotation.index for rotation in rotations() if rotation.size == size), None)
    if index is None:
        raise NotInLog(f"the key did not change at {size} entries")
    # With its cosignatures: an old policy may ask for a quorum.
    note = published_note(size)
    path = inclusion_path(index=index, size=size, read_tile=TileReader())
    proof = Proof(index=index, path=tuple(path), checkpoint=note, extra=entry_body(index))
    return format_proof(proof).decode()


def rotation_faults() -> Iterator[str]:
    """Where the table of keys is not what the entries and the log's row say; the signatures are checked elsewhere."""
    keys, head = key_lines(), Head.objects.first()
    if head is None:
        return
    if not keys or keys[0].from_size != 0:
        yield "the key it began with is not known"
    if [key.vkey for key in keys if key.until_size is None] != [head.vkey] or keys[-1].vkey != head.vkey:
        yield f"its key {head.vkey} is not the one in force by the table of keys"
    announced = {rotation.size: rotation.index for rotation in rotations()}
    for old, new in pairwise(keys):
        if old.until_size != new.from_size:
            yield f"the key {old.vkey} does not end where {new.vkey} begins"
        if new.from_size not in announced:
            yield f"no entry announces the key {new.vkey}"
            continue
        # The first checkpoint that covers the entry, and no later one, is where the key changes.
        covering = Checkpoint.objects.filter(size__gt=announced[new.from_size]).order_by("size")
        if covering.values_list("size", flat=True).first() != new.from_size:
            yield f"the key {new.vkey} came into force at another checkpoint than the first that covers its entry"
