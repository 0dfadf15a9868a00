"""Checking that every entry has exactly one place: waiting, or in the log."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.models import F, Max, Subquery, Window
from django.db.models.functions import Lag

from ledger.models import Checkpoint, Entry, Head, Span, Tile, Waiting
from ledger.services.checking.entries import faults_of
from ledger.services.checking.findings import Finding
from ledger.services.checking.tree import stored_tile
from ledger.tree import TILE_HEIGHT, TILE_WIDTH
from ledger.verifier.merkle import HASH_BYTES, leaf_hash

# So many of one kind are named; more would say no more.
_NAMED = 1_024

_COUNTS = """
    SELECT (SELECT count(*) FROM ledger_entry), (SELECT count(*) FROM ledger_waiting),
           (SELECT coalesce(sum(count), 0) FROM ledger_span), (SELECT size FROM ledger_head)"""
_STRAYS = """
    SELECT entry.id FROM ledger_entry entry
    LEFT JOIN ledger_waiting waiting ON waiting.entry_id = entry.id
    WHERE waiting.entry_id IS NULL AND NOT EXISTS (
        SELECT 1 FROM ledger_span span
        WHERE span.first_id = (SELECT max(first_id) FROM ledger_span WHERE first_id <= entry.id)
          AND entry.id < span.first_id + span.count)
    ORDER BY entry.id LIMIT %s"""


def check_places() -> Iterator[Finding]:
    """Spans without holes or overlaps, and no entry outside of both spans and queue."""
    yield from _span_faults(
        "first_index", Finding("log", "the places of its entries have a hole or overlap at entry {}")
    )
    yield from _span_faults("first_id", Finding("log", "queue id {} has two places"), overlap_only=True)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        entries, waiting, placed, size = cursor.fetchone()
        if placed != size:
            yield Finding("log", f"{placed} entries have a place, {size} were signed")
        if entries == waiting + placed:
            return
        cursor.execute(_STRAYS, [_NAMED])
        strays = [row[0] for row in cursor.fetchall()]
    yield from (Finding(f"queued entry {queue_id}", "it neither waits nor stands in the log") for queue_id in strays)
    if not strays:
        yield Finding("log", f"{placed} entries stand in it and {waiting} wait, but there are {entries}")


def _span_faults(column: str, finding: Finding, *, overlap_only: bool = False) -> Iterator[Finding]:
    ordered = Span.objects.annotate(
        before=Window(Lag(column), order_by=F(column).asc()), width=Window(Lag("count"), order_by=F(column).asc())
    )
    end = F("before") + F("width")
    broken = ordered.filter(**{f"{column}__lt": end}) if overlap_only else ordered.exclude(**{column: end})
    for start in broken.filter(before__isnull=False).values_list(column, flat=True)[:_NAMED]:
        yield Finding(finding.place, finding.text.format(start))


def check_beyond_the_head() -> Iterator[Finding]:
    """Nothing lies beyond what was signed."""
    # The present size, read in the same statement: the log may have grown since the walk began.
    size = Subquery(Head.objects.values("size")[:1])
    beyond = Span.objects.annotate(size=size).filter(size__lt=F("first_index") + F("count")).order_by("first_index")
    for first, signed in beyond.values_list("first_index", "size")[:_NAMED]:
        yield Finding(f"entry {max(first, signed)}", "it lies beyond the newest checkpoint")
    for ahead in Checkpoint.objects.filter(size__gt=size).order_by("size").values_list("size", flat=True)[:_NAMED]:
        yield Finding(f"checkpoint {ahead}", "it lies beyond the log")
    last = Tile.objects.values("level").annotate(last=Max("number")).order_by("level")
    edges = [(row["level"], row["last"], len(stored_tile(row["level"], row["last"]))) for row in last]
    # Read after the tiles, so that a tile that just grew is measured against a log that grew with it.
    present = Head.objects.values_list("size", flat=True).get()
    for level, number, length in edges:
        if number * TILE_WIDTH + length // HASH_BYTES > present >> (TILE_HEIGHT * level):
            yield Finding(f"tile {level}/{number}", "it reaches beyond the newest checkpoint")


def check_queue() -> Iterator[Finding]:
    """What waits is what was queued."""
    waiting = Waiting.objects.values("entry_id")
    for row in Entry.objects.filter(pk__in=waiting).order_by("pk").iterator(chunk_size=_NAMED):
        texts = list(faults_of(row))
        if leaf_hash(bytes(row.body)) != bytes(row.leaf_hash):
            texts.append("its body no longer hashes to what was queued")
        yield from (Finding(f"queued entry {row.pk}", text) for text in texts)
    lost = Waiting.objects.exclude(entry_id__in=Entry.objects.values("pk")).order_by("pk")
    for queue_id in lost.values_list("pk", flat=True)[:_NAMED]:
        yield Finding(f"queued entry {queue_id}", "it waits, but it is missing")
