"""Re-deriving the whole log from its entries and comparing every stored row with the result."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.adapters.signer import Signer
from ledger.errors import LedgerFatal
from ledger.models import Checkpoint, CheckRun, Head
from ledger.rebuilding import TreeRebuilder
from ledger.rotations import rotation_faults
from ledger.services.anchor_faults import anchor_faults
from ledger.services.checking.findings import Finding, Progress
from ledger.services.checking.queue import check_beyond_the_head, check_places, check_queue
from ledger.services.checking.tree import check_tree, stored_tile
from ledger.services.triggers import missing_triggers
from ledger.tree import TILE_HEIGHT, levels


def check_log(
    *, signer: Signer | None, since: CheckRun | None = None, progress: Progress = lambda done, total: None
) -> Iterator[Finding]:
    """Everything that differs, as it is found. Memory does not grow with the log.

    Safe beside a running sequencer: what lies beyond the size read first is left for the next run.
    `signer` is None where the key is kept elsewhere; the key is then not compared. With `since`, the walk goes on
    where that run ended, from tiles that must add up to the root it found.
    """
    head = Head.objects.first()
    if head is None:
        yield Finding("log", "it has not been created")
        return
    yield from (Finding("database", f"the trigger {name} is missing") for name in missing_triggers())
    yield from _check_head(head, signer=signer)
    yield from (Finding("log", text) for text in rotation_faults())
    tree = TreeRebuilder()
    if since is not None and since.size <= head.size:
        edge = [stored_tile(level, since.size >> (TILE_HEIGHT * (level + 1))) for level in levels(since.size)]
        tree = TreeRebuilder.resume(size=since.size, edge=edge)
        if tree.root() != bytes(since.root):
            yield Finding("log", f"its tiles no longer add up to the root checked at {since.size} entries")
    yield from check_tree(head, tree=tree, progress=progress)
    yield from check_beyond_the_head()
    yield from check_places()
    yield from check_queue()
    for fault in anchor_faults():
        place, _, text = fault.partition(": ")
        yield Finding(place, text)


def _check_head(head: Head, *, signer: Signer | None) -> Iterator[Finding]:
    newest = Checkpoint.objects.filter(size=head.size).first()
    if newest is None or bytes(newest.root) != bytes(head.root):
        yield Finding("log", f"no checkpoint was signed for its {head.size} entries and its root")
    if not Checkpoint.objects.filter(size=0).exists():
        yield Finding("checkpoint 0", "the checkpoint of the empty log is missing")
    if signer is None:
        return
    held = signer.vkey
    try:
        # While the key is being changed, the one in force is in a file beside.
        signer.follow(head.vkey)
    except LedgerFatal:
        yield Finding("log", f"it names the key {head.vkey}, the key file holds {held}")
        return
    if head.origin != signer.origin:
        yield Finding("log", f"it names itself {head.origin}, the key signs for {signer.origin}")
    try:
        mark = signer.last_signed()
    except LedgerFatal as error:
        yield Finding("key file", str(error))
        return
    if mark is not None and not Checkpoint.objects.filter(size=mark.size, root=mark.root).exists():
        yield Finding("key file", f"it has signed {mark.size} entries under a root the database does not know")
