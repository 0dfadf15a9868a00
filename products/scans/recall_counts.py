"""Scans of what is recalled, counted from the moment it was."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from products.scans.models.scan import Scan
from products.trace.models.batch import Batch
from products.trace.queries.downstream import portions
from products.trace.queries.recall_page import Covered


@dataclass(frozen=True)
class ScansAfter:
    """Scans of one batch in one region (GB/T 2260 code of a prefecture, "" where unknown) on one day in China."""

    batch: Batch
    region: str
    day: date
    count: int


def scans_after(covered: Sequence[Covered]) -> list[ScansAfter]:
    """Of each covered batch since it was covered; the latest day first."""
    batches = {row.batch.pk: row.batch for row in covered}
    since: dict[datetime, list[int]] = defaultdict(list)
    for row in covered:
        since[row.at].append(row.batch.pk)
    found = []
    for moment, pks in since.items():
        for portion in portions(pks):
            rows = (
                Scan.objects.filter(run__batch__in=portion, at__gte=moment)
                .annotate(day=TruncDate("at", tzinfo=timezone.get_default_timezone()))
                .order_by()
                .values_list("run__batch_id", "region", "day")
                .annotate(count=Count("pk"))
            )
            found += [ScansAfter(batches[pk], region, day, count) for pk, region, day, count in rows]
    return sorted(found, key=lambda row: (-row.day.toordinal(), row.batch.pk, row.region))


@dataclass(frozen=True)
class ScanSums:
    """The same summed one way each, the most first but for the days."""

    total: int
    by_batch: list[tuple[Batch, int]]
    by_region: list[tuple[str, int]]
    by_day: list[tuple[date, int]]


def scan_sums(rows: Sequence[ScansAfter]) -> ScanSums:
    batches: Counter[Batch] = Counter()
    regions: Counter[str] = Counter()
    days: Counter[date] = Counter()
    for row in rows:
        batches[row.batch] += row.count
        regions[row.region] += row.count
        days[row.day] += row.count
    return ScanSums(
        total=sum(row.count for row in rows),
        by_batch=batches.most_common(),
        by_region=regions.most_common(),
        by_day=sorted(days.items(), reverse=True),
    )
