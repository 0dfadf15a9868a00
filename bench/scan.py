"""Scans through a real server against a bare read of one row in the same server; runs inside an instance."""

from __future__ import annotations

import json
import random
import statistics
from dataclasses import dataclass, replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from bench import databases
from bench.figures import Figure, Result, Rounds, Size, three_digits
from bench.load import Load, apply_load, missing_wrk
from bench.server import fetch, running
from bench.wsgi import ROW
from ledger.adapters.signer import load_signer
from ledger.services.entries import NewEntry, enqueue_many
from ledger.services.sequencing import sequence_batch
from products.labels.domain.unit_code import unit_codes
from products.labels.models.label_run import LabelRun
from products.scans.models.scan import Scan, UnitSeen
from tests import factories

JSON, HTML, BARE = "scan as JSON", "scan as a page", "one row"
ACCEPT: Final = {JSON: "application/json", HTML: "text/html", BARE: "text/plain"}
QUANTITY: Final = 10_000
CODES_A_RUN: Final = 200
RUNS_AN_ENTERPRISE: Final = 5


@dataclass(frozen=True)
class Ask:
    """What is asked for: a file of paths."""

    kind: str
    paths: Path


def measure(size: Size) -> Result:
    runs = make_data(size)
    asks = _asks(runs)
    connections.close_all()
    with running() as address:
        for ask in asks:
            _require_right_answer(address, ask)
        if reason := missing_wrk():
            return Result("scan", databases.name_of(connection.vendor), (), (f"Skipped under load: {reason}.",))
        for ask in asks:  # unmeasured: statements are prepared, templates compiled
            _load(address, ask, connections_=size.connections[-1], seconds=1)
        before = Scan.objects.count()
        loads = _loads(address, asks, size)
    recorded = Scan.objects.count() - before
    figures = [
        _figure(kind, loads[kind, number], loads[BARE, number], connections_=number)
        for kind in (JSON, HTML)
        for number in size.connections
    ]
    scans = [load for (kind, _), spells in loads.items() if kind != BARE for load in spells]
    return Result("scan", databases.name_of(connection.vendor), tuple(figures), (_account(recorded, scans),))


def make_data(size: Size) -> list[LabelRun]:
    """The reference data, enterprises, batches, activated runs with their log entries, and scans of the past year."""
    call_command("load_reference", stdout=StringIO())
    indication = factories.make_indication()
    version = factories.make_version(indication)
    runs = []
    with transaction.atomic():
        for number in range(size.scan_batches):
            if number % RUNS_AN_ENTERPRISE == 0:
                authorisation = factories.make_authorisation(indication=indication, quota_g=10**12)
            batch = factories.make_batch(
                authorisation=authorisation, standard_version=version, net_mass_g=QUANTITY * 500
            )
            runs.append(factories.make_run(batch=batch, quantity=QUANTITY))
        subjects = [f"batch:{run.batch.code}" for run in runs] + [f"run:{run.code}" for run in runs]
        bodies = [NewEntry("bench.made", subject, json.dumps({"subject": subject}).encode()) for subject in subjects]
        enqueue_many(bodies, now=timezone.now())
    signer = load_signer(key_file=settings.LEDGER_KEY_FILE, origin=settings.LEDGER_ORIGIN)
    sequence_batch(signer=signer, now=timezone.now())
    _add_past_scans(runs, size.scans)
    return runs


def _add_past_scans(runs: list[LabelRun], count: int) -> None:
    """One scan each of units that nobody is going to ask for again."""
    rng = random.Random(1)
    now = timezone.now()
    seen = {(rng.choice(runs), rng.randrange(CODES_A_RUN + 1, QUANTITY)) for _ in range(count)}
    ordered = sorted(seen, key=lambda unit: (unit[0].pk, unit[1]))
    moments = [now - timedelta(minutes=rng.randrange(500_000)) for _ in ordered]
    scans = [
        Scan(run=run, serial=serial, at=at, verdict="genuine", region="510100", visitor=rng.randbytes(16))
        for (run, serial), at in zip(ordered, moments, strict=True)
    ]
    Scan.objects.bulk_create(scans, batch_size=1_000)
    units = [UnitSeen(run=s.run, serial=s.serial, scan_count=1, first_at=s.at, first_region=s.region) for s in scans]
    UnitSeen.objects.bulk_create(units, batch_size=1_000)


def _asks(runs: list[LabelRun]) -> list[Ask]:
    folder = Path(settings.VAR_DIR)
    codes = [f"/t/{code}" for run in runs for code in unit_codes(factories.RUN_KEY, run.code, 1, CODES_A_RUN)]
    rows = [f"{ROW}{run.pk}" for run in runs]
    asks = []
    for kind, paths in ((JSON, codes), (HTML, codes), (BARE, rows)):
        file = folder / f"paths-{ACCEPT[kind].replace('/', '-')}"
        file.write_text("\n".join(paths) + "\n")
        asks.append(Ask(kind, file))
    return asks


def _require_right_answer(address: str, ask: Ask) -> None:
    """What is fast but wrong is no figure."""
    path = ask.paths.read_text().splitlines()[0]
    body = fetch(address + path, ACCEPT[ask.kind])
    if ask.kind == JSON and json.loads(body)["verdict"] != "genuine":
        raise RuntimeError(f"{path} is not genuine: {body[:500]!r}")
    if ask.kind == HTML and b"<html" not in body:
        raise RuntimeError(f"{path} is no page: {body[:500]!r}")


def _loads(address: str, asks: list[Ask], size: Size) -> dict[tuple[str, int], list[Load]]:
    """Every kind of request at every number of connections, in turn, `rounds` times."""
    loads: dict[tuple[str, int], list[Load]] = {}
    for _ in range(size.load_rounds):
        for number in size.connections:
            for ask in asks:
                load = _load(address, ask, connections_=number, seconds=size.load_seconds)
                loads.setdefault((ask.kind, number), []).append(load)
    return loads


def _load(address: str, ask: Ask, *, connections_: int, seconds: int) -> Load:
    load = apply_load(address, paths=ask.paths, accept=ACCEPT[ask.kind], connections=connections_, seconds=seconds)
    if load.refused:
        raise RuntimeError(f"{ask.kind}: {load.refused} of {load.answers} requests were refused")
    return load


def _figure(kind: str, ours: list[Load], bare: list[Load], *, connections_: int) -> Figure:
    rounds = Rounds(tuple(load.per_second for load in ours), tuple(load.per_second for load in bare))
    median = statistics.median(load.median_ms for load in ours)
    slowest = statistics.median(load.slowest_ms for load in ours)
    figure = rounds.rates(f"{kind}, {connections_} connections", unit="requests", peer="reading one row by its key")
    figure = replace(figure, ours=f"{figure.ours} (median {three_digits(median)} ms, p99 {three_digits(slowest)} ms)")
    if connection.vendor != "postgresql" or connections_ != 4:
        return figure
    if kind == HTML:
        return figure.wanting("at least 800/s", rounds.our_rate >= 800)
    return (
        figure.wanting_ratio(least=0.45)
        .wanting("at least 2,000/s", rounds.our_rate >= 2_000)
        .wanting("p99 under 15 ms", slowest < 15)
    )


def _account(recorded: int, scans: list[Load]) -> str:
    """Whether what was answered had been written; what was still under way when the load stopped is written too."""
    answers = sum(load.answers for load in scans)
    if recorded >= answers:
        return f"Every answered scan was recorded: {answers:,} answers, {recorded:,} rows."
    return f"**Not every answered scan was recorded**: {answers:,} answers, {recorded:,} rows."
