"""What the demonstration's public did: 50,000 scans over a year, some of copied codes, and reports."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from products.management.demo.making import Made
from products.management.demo.register import Progress, at_office_hours
from products.registry.models.region import Region
from products.scans.models.scan import Scan, UnitSeen

SCANS, CLONES = 50_000, 6


def add_scans(rng: random.Random, made: Sequence[Made], *, scale: float, now: datetime, progress: Progress) -> None:
    """Honest buyers scan a pack once or twice, near where it is sold; a copied code is scanned all over.

    Written in bulk: a scan changes nothing but its own two tables.
    """
    prefectures = list(Region.objects.filter(level="prefecture").values_list("code", flat=True))
    on_sale = [
        one
        for one in made
        if one.run.ranges.filter(kind="activated").exists() and one.released_on < now.date() - timedelta(days=3)
    ]
    wanted = max(2_000, round(SCANS * scale))
    scans: list[Scan] = []
    for clone in rng.sample(on_sale, CLONES):
        scans += _copied(rng, clone, prefectures, now=now, count=rng.randrange(40, 400))
    while len(scans) < wanted:
        one = rng.choice(on_sale)
        scans += _honest(rng, one, prefectures, now=now)
    Scan.objects.bulk_create(scans, batch_size=2_000)
    counts: Counter[tuple[int, int]] = Counter()
    first: dict[tuple[int, int], Scan] = {}
    for scan in sorted(scans, key=lambda scan: scan.at):
        key = (scan.run_id, scan.serial)
        counts[key] += 1
        first.setdefault(key, scan)
    UnitSeen.objects.bulk_create(
        [
            UnitSeen(
                run_id=key[0], serial=key[1], scan_count=count, first_at=first[key].at, first_region=first[key].region
            )
            for key, count in counts.items()
        ],
        batch_size=2_000,
    )
    progress("scans", len(scans), len(scans))


def _scan(rng: random.Random, one: Made, serial: int, at: datetime, region: str, verdict: str) -> Scan:
    return Scan(run=one.run, serial=serial, at=at, verdict=verdict, region=region, visitor=rng.randbytes(16))


def _later(rng: random.Random, one: Made, now: datetime) -> datetime:
    """Some time after release, sooner more often, never in the future."""
    begin = at_office_hours(one.released_on + timedelta(days=3), rng)
    at = begin + timedelta(hours=rng.expovariate(1 / 900))
    return at if at < now else begin + (now - begin) * rng.random()


def _honest(rng: random.Random, one: Made, prefectures: Sequence[str], *, now: datetime) -> list[Scan]:
    serial = rng.randrange(21, one.run.quantity * 3 // 4)
    home = one.licensed.county[:4] + "00"
    region = rng.choices([home, "510100", rng.choice(prefectures)], weights=[5, 3, 2])[0]
    at = _later(rng, one, now)
    times = rng.choices([1, 2, 3], weights=[85, 12, 3])[0]
    return [
        _scan(rng, one, serial, min(at + timedelta(hours=20 * again), now), region, "genuine") for again in range(times)
    ]


def _copied(rng: random.Random, one: Made, prefectures: Sequence[str], *, now: datetime, count: int) -> list[Scan]:
    serial = rng.randrange(21, one.run.quantity * 3 // 4)
    moments = sorted(_later(rng, one, now) for _ in range(count))
    return [
        _scan(rng, one, serial, at, rng.choice(prefectures), "genuine" if nth < 30 else "attention")
        for nth, at in enumerate(moments)
    ]
