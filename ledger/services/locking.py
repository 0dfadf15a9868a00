"""The statements that differ between databases: taking the log's lock, and taking entries from the queue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import connection

from ledger.errors import LedgerFatal
from ledger.models import Head
from ledger.verifier.merkle import leaf_hash

# Any number will do, as long as nothing else in this database takes the same advisory lock.
_ADVISORY_LOCK = 0x6C6564676572
# Bodies are hashed as they stream by; this many rows are fetched at a time.
_PORTION = 1_000

_QUEUE = (
    "SELECT waiting.entry_id, entry.leaf_hash, {body} FROM ledger_waiting waiting "
    "JOIN ledger_entry entry ON entry.id = waiting.entry_id ORDER BY waiting.entry_id LIMIT %s"
)


def lock_head() -> Head:
    """Wait for the log's lock, held until the transaction ends, and read the log's present state.

    Raises LedgerFatal when the log has not been created.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        else:
            # Writing to the row takes SQLite's write lock before anything is read.
            cursor.execute("UPDATE ledger_head SET size = size")
    head = Head.objects.select_for_update().first()
    if head is None:
        raise LedgerFatal("there is no log yet; create it with ledger_init")
    head.root = bytes(head.root)
    return head


def read_queue(limit: int) -> Iterator[tuple[tuple[int, ...], list[bytes], list[bytes]]]:
    """Up to `limit` waiting entries, oldest queue id first, in portions.

    Each portion holds the queue ids, the hashes as queued, and the hashes of the bodies as they stand now.
    """
    is_postgresql = connection.vendor == "postgresql"
    # PostgreSQL hashes bodies where they lie: those of a full round need not travel.
    body = "sha256('\\x00'::bytea || entry.body)" if is_postgresql else "entry.body"
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE.format(body=body), [limit])
        while rows := cursor.fetchmany(_PORTION):
            ids, queued, bodies = zip(*rows, strict=True)
            yield ids, list(map(bytes, queued)), [bytes(item) if is_postgresql else leaf_hash(item) for item in bodies]


def leave_queue(ids: Sequence[int]) -> int:
    """Take exactly these entries from the queue; returns how many were still in it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Named one by one: a lower id may have committed since the queue was read.
            cursor.execute("DELETE FROM ledger_waiting WHERE entry_id = ANY(%s)", [list(ids)])
        else:
            # Under SQLite's one write lock nobody else can have added a row.
            cursor.execute("DELETE FROM ledger_waiting WHERE entry_id BETWEEN %s AND %s", [ids[0], ids[-1]])
        return int(cursor.rowcount)
