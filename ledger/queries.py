"""What others may ask the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import connection
from django.db.models import QuerySet

from ledger.errors import NotInLog
from ledger.models import Checkpoint, CheckRun, Entry, Head, Waiting
from ledger.published import best_checkpoint, with_cosignatures
from ledger.spans import id_at, id_ranges, indexes_of
from ledger.tiles import TileReader
from ledger.tree import TILE_WIDTH, TileAddress, inclusion_path, tiles_on_path
from ledger.verifier.merkle import HASH_BYTES
from ledger.verifier.proof import Proof, format_proof

# SQLite binds a limited number of values in one statement.
_SUBJECTS_PER_QUERY = 500

# Every proof and every look-up of an entry asks this; written out, it is one look-up by key in each table.
_BODY = """
    SELECT entry.body FROM (
        SELECT first_index, first_id, count FROM ledger_span
        WHERE first_index <= %(index)s ORDER BY first_index DESC LIMIT 1
    ) AS place JOIN ledger_entry entry ON entry.id = place.first_id + %(index)s - place.first_index
    WHERE %(index)s < place.first_index + place.count"""


@dataclass(frozen=True)
class SignedCheckpoint:
    """A tree head. `note` is what `/ledger/checkpoint` serves."""

    size: int
    root: bytes
    note: bytes
    signed_at: datetime


@dataclass(frozen=True)
class EntryLine:
    """One entry without its body. `index` is None while it waits in the queue."""

    kind: str
    subject: str
    at: datetime
    index: int | None
    queue_id: int


def newest_checkpoint() -> SignedCheckpoint | None:
    """None before the log is created."""
    return _signed(Checkpoint.objects.order_by("-size").first())


def checkpoint_at(size: int) -> SignedCheckpoint | None:
    """The checkpoint signed at exactly this size, if there was one."""
    return _signed(Checkpoint.objects.filter(size=size).first())


def vkey() -> str | None:
    """The verifier key line of the log; None before it is created."""
    return Head.objects.values_list("vkey", flat=True).first()


@dataclass(frozen=True)
class CheckLine:
    """How one check ended. `from_size` is 0 where it looked at everything."""

    finished_at: datetime
    from_size: int
    size: int
    difference_count: int


def newest_checks(count: int) -> list[CheckLine]:
    """The newest runs of the check, and the newest full one where it is older than these."""
    runs = list(CheckRun.objects.order_by("-pk")[:count])
    full = CheckRun.objects.filter(from_size=0).order_by("-pk").first()
    if full is not None and all(run.from_size for run in runs):
        runs.append(full)
    return [CheckLine(run.finished_at, run.from_size, run.size, run.difference_count) for run in runs]


def queue_length() -> int:
    """How many entries wait for an index."""
    return Waiting.objects.count()


def entries_of(subject: str) -> list[EntryLine]:
    """Every entry about the subject, the oldest first."""
    return entries_of_subjects([subject])


def entries_of_subjects(subjects: Sequence[str]) -> list[EntryLine]:
    """Every entry about any of the subjects, the oldest first."""
    return _lines([entry for portion in _about(subjects) for entry in portion.defer("body", "leaf_hash")])


def bodies_of_subjects(subjects: Sequence[str]) -> dict[str, list[tuple[int | None, int, bytes]]]:
    """Of every subject all its entries, the oldest first: index (None while queued), queue id, exact bytes."""
    entries = [entry for portion in _about(subjects) for entry in portion.defer("leaf_hash", "queued_at")]
    indexes = indexes_of([entry.pk for entry in entries])
    found: dict[str, list[tuple[int | None, int, bytes]]] = {subject: [] for subject in subjects}
    for entry in sorted(entries, key=lambda entry: entry.pk):
        found[entry.subject].append((indexes.get(entry.pk), entry.pk, bytes(entry.body)))
    return found


def newest_entries(count: int) -> list[EntryLine]:
    """The entries sequenced last, the newest first."""
    size = Head.objects.values_list("size", flat=True).first() or 0
    ids = [first + place for _, first, stretch in id_ranges(max(0, size - count), size) for place in range(stretch)]
    lines = _lines(Entry.objects.filter(pk__in=ids).defer("body", "leaf_hash"))
    return sorted(lines, key=lambda line: -1 if line.index is None else line.index, reverse=True)


def has_entry(index: int) -> bool:
    """Whether entry `index` stands in the log."""
    return id_at(index) is not None


def entry_body(index: int) -> bytes:
    """The exact bytes of entry `index`. Raises NotInLog."""
    with connection.cursor() as cursor:
        cursor.execute(_BODY, {"index": index})
        row = cursor.fetchone()
    if row is None:
        raise NotInLog(f"no entry {index}")
    return bytes(row[0])


def log_size() -> int:
    """How many entries stand in the log; 0 before it is created."""
    return Head.objects.values_list("size", flat=True).first() or 0


def log_stamp() -> tuple[int, int]:
    """(entries that have a place in the log, entries that wait for one), in one look.

    Found equal twice, nothing was said in between: entries leave the queue only into the log, which grows by them.
    """
    # Asked at every scan: building the query would cost more than answering it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT size FROM ledger_head), (SELECT COUNT(*) FROM ledger_waiting)")
        size, waiting = cursor.fetchone()
    return size or 0, waiting


def waiting_bodies(limit: int) -> list[bytes]:
    """The exact bytes of entries that have no place in the log yet, `limit` at the most."""
    waiting = Waiting.objects.order_by("pk").values("pk")[:limit]
    return [bytes(body) for body in Entry.objects.filter(pk__in=waiting).values_list("body", flat=True)]


def bodies_between(first: int, last: int) -> list[tuple[int, bytes]]:
    """(index, exact bytes) of the entries from index `first` up to, not including, `last`, in order."""
    found: list[tuple[int, bytes]] = []
    for index, queue_id, count in id_ranges(first, last):
        rows = Entry.objects.filter(pk__gte=queue_id, pk__lt=queue_id + count).values_list("pk", "body")
        found += [(index + pk - queue_id, bytes(body)) for pk, body in rows.order_by("pk")]
    return found


def proof_text(index: int) -> str:
    """The tlog-proof of entry `index`, the entry's bytes in its extra line, under the newest checkpoint.

    Where witnesses are configured, under the newest one that has its quorum. Raises NotInLog.
    """
    # The checkpoint first: tiles only ever grow, so what is read after it covers its size.
    checkpoint = best_checkpoint(index) if index >= 0 else None
    if checkpoint is None:
        raise NotInLog(f"no entry {index}")
    return _proof(index, size=checkpoint.size, root=bytes(checkpoint.root), note=with_cosignatures(checkpoint))


def _proof(index: int, *, size: int, root: bytes, note: bytes) -> str:
    tiles = TileReader(known=_tiles_under(root))
    tiles.fetch(tiles_on_path(index=index, size=size))
    path = inclusion_path(index=index, size=size, read_tile=tiles)
    return format_proof(Proof(index=index, path=tuple(path), checkpoint=note, extra=entry_body(index))).decode()


@lru_cache(maxsize=2)
def _tiles_under(root: bytes) -> dict[tuple[int, int], bytes]:
    """The tiles above the lowest level that proofs under this root have read; the root stands for their contents."""
    return {}


def tile_bytes(address: TileAddress) -> bytes:
    """The contents of a tile, or of a bundle of entries. Raises NotInLog when it is not (or not yet) that wide."""
    if address.level is None:
        return _bundle_bytes(address)
    hashes = TileReader()(address.level, address.number)[: address.width * HASH_BYTES]
    if len(hashes) != address.width * HASH_BYTES:
        raise NotInLog(f"no tile {address}")
    return hashes


def _bundle_bytes(address: TileAddress) -> bytes:
    first = address.number * TILE_WIDTH
    parts: list[bytes] = []
    for _, queue_id, count in id_ranges(first, first + address.width):
        bodies = Entry.objects.filter(pk__gte=queue_id, pk__lt=queue_id + count).order_by("pk")
        parts += [bytes(body) for body in bodies.values_list("body", flat=True)]
    if len(parts) != address.width:
        raise NotInLog(f"no bundle {address}")
    return b"".join(len(body).to_bytes(2, "big") + body for body in parts)


def _about(subjects: Sequence[str]) -> Iterator[QuerySet[Entry]]:
    unique = list(dict.fromkeys(subjects))
    for start in range(0, len(unique), _SUBJECTS_PER_QUERY):
        yield Entry.objects.filter(subject__in=unique[start : start + _SUBJECTS_PER_QUERY])


def _signed(row: Checkpoint | None) -> SignedCheckpoint | None:
    if row is None:
        return None
    return SignedCheckpoint(size=row.size, root=bytes(row.root), note=bytes(row.note), signed_at=row.signed_at)


def _lines(entries: Iterable[Entry]) -> list[EntryLine]:
    ordered = sorted(entries, key=lambda entry: entry.pk)
    indexes = indexes_of([entry.pk for entry in ordered])
    return [
        EntryLine(
            kind=entry.kind,
            subject=entry.subject,
            at=entry.queued_at,
            index=indexes.get(entry.pk),
            queue_id=entry.pk,
        )
        for entry in ordered
    ]
