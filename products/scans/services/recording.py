"""Counting a scan: durable before the answer is given, in one round trip where the database can do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from products.scans.domain.verdict import OFTEN, Verdict
from products.scans.models.scan import Scan, UnitSeen

# The same phone looking again within this time is one scan.
REPEAT_WITHIN: Final = timedelta(minutes=10)

# One statement: the first scan inserts, later ones add, and no two of them can count the same number.
_COUNT = """
    INSERT INTO products_unitseen (run_id, serial, scan_count, first_at, first_region)
    {values}
    ON CONFLICT (run_id, serial) DO UPDATE SET scan_count = products_unitseen.scan_count + 1
    RETURNING *"""
_AT_ONCE = f"""
    WITH counted AS ({_COUNT}), kept AS (
      INSERT INTO products_scan (run_id, serial, at, verdict, region, visitor)
      SELECT %(run)s, %(serial)s, %(at)s, CASE WHEN scan_count >= %(limit)s THEN %(often)s ELSE %(rarely)s END,
        %(region)s, %(mark)s FROM counted
    )
    SELECT scan_count, first_at, first_region FROM counted"""  # noqa: S608 - constants alone
_UNLESS_AGAIN = """
    SELECT %(run)s, %(serial)s, 1, %(at)s, %(region)s WHERE NOT EXISTS (
      SELECT 1 FROM products_scan
      WHERE run_id = %(run)s AND serial = %(serial)s AND at > %(after)s AND visitor = %(mark)s)"""
_FIRST = "VALUES (%s, %s, 1, %s, %s)"


@dataclass(frozen=True)
class Look:
    """Somebody looks at one unit. `mark` tells a repetition from a stranger (`visitor_hash`)."""

    run_id: int
    serial: int
    at: datetime
    region: str
    mark: bytes


@dataclass(frozen=True)
class Seen:
    """How often one unit was scanned, this time included."""

    count: int
    first_at: datetime
    first_region: str


def look_up(run_id: int, serial: int) -> Seen | None:
    """How often it was scanned so far; None for never."""
    row = UnitSeen.objects.filter(run_id=run_id, serial=serial).first()
    return Seen(row.scan_count, row.first_at, row.first_region) if row else None


def record_look(look: Look, *, rarely: Verdict, often: Verdict) -> Seen | None:
    """Count the scan and keep it with its verdict, which is `often` from the OFTEN-th scan on; None for a repetition."""
    if connection.vendor == "postgresql":
        return _record_at_once(look, rarely=rarely, often=often)
    return _record_in_turn(look, rarely=rarely, often=often)


def _record_at_once(look: Look, *, rarely: Verdict, often: Verdict) -> Seen | None:
    with connection.cursor() as cursor:
        cursor.execute(
            _AT_ONCE.format(values=_UNLESS_AGAIN),
            {
                "run": look.run_id,
                "serial": look.serial,
                "at": look.at,
                "after": look.at - REPEAT_WITHIN,
                "region": look.region,
                "mark": look.mark,
                "limit": OFTEN,
                "often": often.value,
                "rarely": rarely.value,
            },
        )
        row = cursor.fetchone()
    return Seen(*row) if row else None


@transaction.atomic
def _record_in_turn(look: Look, *, rarely: Verdict, often: Verdict) -> Seen | None:
    """SQLite changes one table in a statement; it has one writer, so nobody comes in between."""
    recent = Scan.objects.filter(run_id=look.run_id, serial=look.serial, at__gt=look.at - REPEAT_WITHIN)
    if recent.filter(visitor=look.mark).exists():
        return None
    at = connection.ops.adapt_datetimefield_value(look.at)
    values = [look.run_id, look.serial, at, look.region]
    (row,) = UnitSeen.objects.raw(_COUNT.format(values=_FIRST), values)
    verdict = often if row.scan_count >= OFTEN else rarely
    Scan.objects.create(
        run_id=look.run_id,
        serial=look.serial,
        at=look.at,
        verdict=verdict.value,
        region=look.region,
        visitor=look.mark,
    )
    return Seen(row.scan_count, row.first_at, row.first_region)
