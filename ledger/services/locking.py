"""The two statements that differ between databases: taking the log's lock, and numbering many rows at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from ledger.errors import LedgerFatal
from ledger.models import Head

# Any number will do, as long as nothing else in this database takes the same advisory lock.
_ADVISORY_LOCK = 0x6C6564676572


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


def assign_indexes(*, ids: Sequence[int], first: int, now: datetime) -> int:
    """Give these queued entries the indexes `first`, `first` + 1, ... in this order; returns how many rows changed."""
    # The ids are named one by one: a condition could match rows that were not seen a moment ago.
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                'UPDATE ledger_entry SET "index" = %s + place.n - 1, sequenced_at = %s '
                "FROM unnest(%s::bigint[]) WITH ORDINALITY AS place(id, n) "
                'WHERE ledger_entry.id = place.id AND ledger_entry."index" IS NULL',
                [first, now, list(ids)],
            )
        else:
            cursor.execute(
                'UPDATE ledger_entry SET "index" = %s + place.key, sequenced_at = %s '
                "FROM json_each(%s) AS place "
                # The plus keeps SQLite from walking the whole queue once for every id.
                'WHERE ledger_entry.id = place.value AND +ledger_entry."index" IS NULL',
                [first, connection.ops.adapt_datetimefield_value(now), json.dumps(list(ids))],
            )
        return int(cursor.rowcount)
