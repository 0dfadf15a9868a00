"""Re-deriving the whole log from its entries and comparing every stored row with the result."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Subquery

from ledger.adapters.signer import Signer
from ledger.errors import LedgerFatal
from ledger.models import Checkpoint, Entry, Head, Tile
from ledger.rebuilding import DerivedTile, TreeRebuilder
from ledger.services.triggers import missing_triggers
from ledger.tree import TILE_HEIGHT, TILE_WIDTH
from ledger.verifier.checkpoint import parse_checkpoint_text
from ledger.verifier.errors import VerificationError
from ledger.verifier.merkle import HASH_BYTES, leaf_hash
from ledger.verifier.note import VerifierKey, parse_note, verified_signatures

# Entries held in memory at a time.
_PORTION = 1_024
# Times in a statement are cut to milliseconds.
_CLOCK_GRAIN = timedelta(milliseconds=1)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Finding:
    """One thing that differs: where it is, and what is wrong with it."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


def check_log(*, signer: Signer | None, progress: Progress = lambda done, total: None) -> Iterator[Finding]:
    """Everything that differs, as it is found. Memory does not grow with the log.

    Safe beside a running sequencer: what lies beyond the size read first is left for the next run.
    `signer` is None where the key is kept elsewhere; the key is then not compared.
    """
    head = Head.objects.first()
    if head is None:
        yield Finding("log", "it has not been created")
        return
    yield from (Finding("database", f"the trigger {name} is missing") for name in missing_triggers())
    yield from _check_head(head, signer=signer)
    yield from _check_tree(head, progress=progress)
    yield from _check_beyond_the_head()
    yield from _check_queue()


def _check_head(head: Head, *, signer: Signer | None) -> Iterator[Finding]:
    newest = Checkpoint.objects.filter(size=head.size).first()
    if newest is None or bytes(newest.root) != bytes(head.root):
        yield Finding("log", f"no checkpoint was signed for its {head.size} entries and its root")
    if not Checkpoint.objects.filter(size=0).exists():
        yield Finding("checkpoint 0", "the checkpoint of the empty log is missing")
    if signer is None:
        return
    if head.vkey != str(signer.vkey) or head.origin != signer.origin:
        yield Finding("log", f"it names the key {head.vkey}, the key file holds {signer.vkey}")
        return
    try:
        mark = signer.last_signed()
    except LedgerFatal as error:
        yield Finding("key file", str(error))
        return
    if mark is not None and not Checkpoint.objects.filter(size=mark.size, root=mark.root).exists():
        yield Finding("key file", f"it has signed {mark.size} entries under a root the database does not know")


def _check_tree(head: Head, *, progress: Progress) -> Iterator[Finding]:
    """Walk the entries once; compare tiles and checkpoints whenever the walk passes them."""
    tree = TreeRebuilder()
    checkpoints = _Checkpoints(head)
    yield from checkpoints.compare(tree)
    while tree.size < head.size:
        first, last = tree.size, min(tree.size + _PORTION, head.size)
        rows = {row.index: row for row in Entry.objects.filter(index__gte=first, index__lt=last)}
        for number in range(first // TILE_WIDTH, -(-last // TILE_WIDTH)):
            start, end = max(first, number * TILE_WIDTH), min(last, (number + 1) * TILE_WIDTH)
            tile = _stored_tile(0, number)
            for index in range(start, end):
                offset = (index % TILE_WIDTH) * HASH_BYTES
                found, leaf = _check_entry(index, rows.get(index), in_tile=tile[offset : offset + HASH_BYTES])
                yield from found
                for finished in tree.append(leaf):
                    yield from _check_tile(finished)
                yield from checkpoints.compare(tree)
        progress(last, head.size)
    for partial in tree.partial_tiles():
        yield from _check_tile(partial)


def _check_entry(index: int, row: Entry | None, *, in_tile: bytes) -> tuple[list[Finding], bytes]:
    """What is wrong with one entry, and the leaf hash to carry on with, so that one fault is reported once."""
    place = f"entry {index}"
    if row is None:
        # Without the tile nothing is known of the leaf; any value makes the roots differ from here on.
        return [Finding(place, "it is missing")], in_tile or b"\x00" * HASH_BYTES
    found = [Finding(place, text) for text in _column_faults(row)]
    hashed, stored = leaf_hash(bytes(row.body)), bytes(row.leaf_hash)
    if hashed != stored:
        found.append(Finding(place, f"its body hashes to {hashed.hex()}, it was queued as {stored.hex()}"))
    # Two of three decide: a changed body leaves column and tile agreeing, a changed tile leaves body and column.
    return found, in_tile if in_tile == stored else hashed


def _column_faults(row: Entry) -> Iterator[str]:
    """The look-up columns repeat what the signed body says; they must not say anything else."""
    try:
        body = json.loads(bytes(row.body))
    except (ValueError, RecursionError):
        return
    if not isinstance(body, dict):
        return
    for name in ("kind", "subject"):
        if name in body and body[name] != getattr(row, name):
            yield f"it is filed under the {name} {getattr(row, name)!r}, but says {body[name]!r}"
    if isinstance(body.get("at"), str):
        try:
            said = datetime.fromisoformat(body["at"])
            off = abs(said - row.queued_at)
        except (ValueError, TypeError):
            return
        if off > _CLOCK_GRAIN:
            yield f"it is filed under {row.queued_at.isoformat()}, but says {body['at']}"


def _check_tile(derived: DerivedTile) -> Iterator[Finding]:
    place = f"tile {derived.level}/{derived.number}"
    stored = _stored_tile(derived.level, derived.number)
    # A partial tile may have grown since the walk began; what it held then must still stand at its start.
    compared = stored if derived.is_full else stored[: len(derived.hashes)]
    if not stored:
        yield Finding(place, "it is missing")
    elif compared != derived.hashes:
        yield Finding(place, "it does not hold the hashes of its entries")


def _stored_tile(level: int, number: int) -> bytes:
    hashes = Tile.objects.filter(level=level, number=number).values_list("hashes", flat=True).first()
    return b"" if hashes is None else bytes(hashes)


class _Checkpoints:
    """The stored checkpoints in order of size, read a portion at a time while the tree grows past them."""

    def __init__(self, head: Head) -> None:
        self._head = head
        self._key = VerifierKey.parse(head.vkey)
        self._rows: list[Checkpoint] = []
        self._after = -1
        self._fill()

    def compare(self, tree: TreeRebuilder) -> Iterator[Finding]:
        """Check the checkpoints of exactly the tree's present size; equal roots of one walk are consistent trees."""
        while self._rows and self._rows[-1].size <= tree.size:
            row = self._rows.pop()
            yield from (Finding(f"checkpoint {row.size}", text) for text in self._faults(row, root=tree.root()))
            if not self._rows:
                self._fill()

    def _fill(self) -> None:
        rows = Checkpoint.objects.filter(size__gt=self._after, size__lte=self._head.size).order_by("size")
        self._rows = list(rows[:_PORTION])[::-1]
        if self._rows:
            self._after = self._rows[0].size

    def _faults(self, row: Checkpoint, *, root: bytes) -> Iterator[str]:
        if bytes(row.root) != root:
            yield f"its root {bytes(row.root).hex()} is not the root of its entries, {root.hex()}"
        try:
            note = parse_note(bytes(row.note))
            text = parse_checkpoint_text(note.text)
            if not verified_signatures(note, [self._key]):
                yield "it is not signed with the log's key"
        except VerificationError as error:
            yield f"its note does not verify ({error})"
            return
        if (text.origin, text.size, text.root) != (self._head.origin, row.size, bytes(row.root)):
            yield "its note says something else than its row"


def _check_beyond_the_head() -> Iterator[Finding]:
    # The present size, read in the same statement: the log may have grown since the walk began.
    size = Subquery(Head.objects.values("size")[:1])
    for index in Entry.objects.filter(index__gte=size).order_by("index").values_list("index", flat=True)[:_PORTION]:
        yield Finding(f"entry {index}", "it lies beyond the newest checkpoint")
    for beyond in Checkpoint.objects.filter(size__gt=size).order_by("size").values_list("size", flat=True)[:_PORTION]:
        yield Finding(f"checkpoint {beyond}", "it lies beyond the log")
    yield from _check_edge_tiles()


def _check_edge_tiles() -> Iterator[Finding]:
    last = Tile.objects.values("level").annotate(last=Max("number")).order_by("level")
    edges = [(row["level"], row["last"], len(_stored_tile(row["level"], row["last"]))) for row in last]
    # Read after the tiles, so that a tile that just grew is measured against a log that grew with it.
    size = Head.objects.values_list("size", flat=True).get()
    for level, number, length in edges:
        if number * TILE_WIDTH + length // HASH_BYTES > size >> (TILE_HEIGHT * level):
            yield Finding(f"tile {level}/{number}", "it reaches beyond the newest checkpoint")


def _check_queue() -> Iterator[Finding]:
    for row in Entry.objects.filter(index__isnull=True).order_by("id").iterator(chunk_size=_PORTION):
        texts = list(_column_faults(row))
        if leaf_hash(bytes(row.body)) != bytes(row.leaf_hash):
            texts.append("its body no longer hashes to what was queued")
        yield from (Finding(f"queued entry {row.pk}", text) for text in texts)
