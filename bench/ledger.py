"""The log against bare statements of the same database; runs inside an instance (see databases)."""

from __future__ import annotations

import hashlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from bench import databases, peer
from bench.figures import Figure, Result, Rounds, Size, duration, in_turn
from bench.processes import together
from ledger import queries
from ledger.adapters.signer import Signer, load_signer
from ledger.models import Entry, Span
from ledger.services.checking.log import check_log
from ledger.services.entries import NewEntry, enqueue, enqueue_many
from ledger.services.sequencing import sequence_batch
from ledger.verifier.merkle import leaf_hash
from products.audit import canonical

KIND: Final = "labels.run_issued"
# One moment for all: an entry is queued under the time it states.
NOW: Final = datetime.now(UTC)
BATCH: Final = "batch:6e1f3c1e-6f0c-4a3e-9a64-9f1a3f0d2b11"


def measure(size: Size) -> Result:
    peer.create_table()
    signer = load_signer(key_file=settings.LEDGER_KEY_FILE, origin=settings.LEDGER_ORIGIN)
    items = statements(size.entries)
    append(items[: size.first_entries], signer, commit=size.commit)
    few = _proofs(size)
    bulk = _bulk(size, items, signer)
    many = _proofs(size)
    figures = (
        bulk,
        _single(size, items, signer),
        _proof_figure(few, many),
        _check(size, signer),
        _verifier(size),
    )
    return Result("ledger", databases.name_of(connection.vendor), figures)


def statements(count: int) -> list[NewEntry]:
    """As the platform writes them when labels are issued: some 400 bytes each."""
    items = []
    for number in range(count):
        subject = f"run:{number:06d}"
        data = {"batch": BATCH, "lot": f"L{number:08d}", "quantity": 10_000, "unit_mass_g": 500, "mass_g": 5_000_000}
        actor = "uscc:91510117MADEM00017"
        body = canonical(kind=KIND, at=NOW, subject=subject, actor=actor, data=data, commitments={})
        items.append(NewEntry(kind=KIND, subject=subject, body=body))
    return items


def append(items: Sequence[NewEntry], signer: Signer, *, commit: int) -> int:
    """Queue and sequence, `commit` entries to a transaction; returns when all of them stand under a checkpoint."""
    for start in range(0, len(items), commit):
        with transaction.atomic():
            enqueue_many(items[start : start + commit], now=NOW)
        drain(signer, limit=commit)
    return len(items)


def drain(signer: Signer, *, limit: int = 20_000) -> None:
    while sequence_batch(signer=signer, now=datetime.now(UTC), limit=limit).count:
        pass


def rows_of(items: Sequence[NewEntry]) -> list[peer.Row]:
    return [(item.kind, item.subject, item.body, leaf_hash(item.body), NOW) for item in items]


def _bulk(size: Size, items: Sequence[NewEntry], signer: Signer) -> Figure:
    rows = rows_of(items)
    rounds = in_turn(
        lambda: append(items, signer, commit=size.commit),
        lambda: peer.insert_many(rows, commit=size.commit),
        rounds=size.rounds,
    )
    return (
        rounds.rates(
            f"appends in bulk, {size.commit:,} to a transaction: queued, sequenced, signed",
            unit="entries",
            peer="bare INSERT of the same rows",
        )
        .wanting_ratio(least=0.5)
        .wanting("at least 20,000 entries/s", rounds.our_rate >= 20_000)
    )


def _single(size: Size, items: Sequence[NewEntry], signer: Signer) -> Figure:
    """One entry to a transaction, while a sequencer runs beside them; it ends with an empty queue."""
    # SQLite has one writer at a time: more of them would only measure how they wait for each other.
    processes = size.processes if connection.vendor == "postgresql" else 1
    ours: list[float] = []
    bare: list[float] = []
    rows = rows_of(items[:1_000])

    def append_one(number: int) -> None:
        item = items[number % len(items)]
        with transaction.atomic():
            enqueue(kind=item.kind, subject=item.subject, body=item.body, now=NOW)

    for _ in range(size.rounds):
        ours.append(together(append_one, processes=processes, seconds=size.seconds, beside=lambda: drain(signer)))
        bare.append(
            together(
                lambda number: peer.insert_one(rows[number % len(rows)]),
                processes=processes,
                seconds=size.seconds,
            )
        )
    rounds = Rounds(tuple(ours), tuple(bare))
    figure = rounds.rates(
        f"appends one by one from {connection_count(processes)}: committed, sequenced, signed",
        unit="entries",
        peer="bare INSERT, one row to a transaction",
    )
    if connection.vendor == "postgresql":
        figure = figure.wanting("at least 1,500 entries/s", rounds.our_rate >= 1_500)
    return figure


def connection_count(processes: int) -> str:
    return "1 connection" if processes == 1 else f"{processes} connections"


def _proofs(size: Size) -> tuple[int, list[float]]:
    """The log's size, and the seconds each of some proofs took: path, checkpoint and entry, ready to be sent."""
    checkpoint = queries.newest_checkpoint()
    assert checkpoint is not None
    indexes = [number * checkpoint.size // size.proofs for number in range(size.proofs)]
    return checkpoint.size, [_seconds(lambda index=index: queries.proof_text(index)) for index in indexes]  # type: ignore[misc]


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _proof_figure(few: tuple[int, list[float]], many: tuple[int, list[float]]) -> Figure:
    middle, small = statistics.median(many[1]), statistics.median(few[1])
    figure = Figure(
        f"inclusion proof out of {many[0]:,} entries",
        ours=duration(middle),
        peer=f"out of {few[0]:,}: {duration(small)}",
        ratio=middle / small,
    )
    return figure.wanting_ratio(most=1.3).wanting("under 1 ms", middle < 1e-3)


def _check(size: Size, signer: Signer) -> Figure:
    total = Span.objects.aggregate(total=Sum("count"))["total"]

    def check() -> int:
        found = list(check_log(signer=signer))
        if found:
            raise RuntimeError(f"the log of the measurement is not clean: {found[0]}")
        return total

    rounds = in_turn(check, _read_and_hash, rounds=min(size.rounds, 2))
    return rounds.times(
        f"`ledger_check` of {total:,} entries", peer="reading and SHA-256 hashing the same bytes", count=total
    ).wanting_ratio(most=3)


def _read_and_hash() -> int:
    count = 0
    bodies = Entry.objects.order_by("pk").values_list("body", flat=True)
    sql, parameters = bodies.query.sql_with_params()
    # A named cursor on PostgreSQL, so that the peer streams as the check does.
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while portion := cursor.fetchmany(1_024):
            for (body,) in portion:
                hashlib.sha256(body).digest()
            count += len(portion)
    return count


def _verifier(size: Size) -> Figure:
    """The auditor's command, from nothing to its exit status."""
    folder = Path(settings.VAR_DIR)
    proof, policy = folder / "bench.tlog-proof", folder / "bench.policy"
    proof.write_text(queries.proof_text(size.first_entries // 2))
    policy.write_text(queries.plain_policy(queries.vkey() or ""))
    command = [sys.executable, "-m", "ledger.verifier", str(proof), "--policy", str(policy)]
    rounds = in_turn(lambda: _start(command), lambda: _start([sys.executable, "-c", "pass"]), rounds=size.starts)
    return rounds.times("verifier on one proof, with Python's start", peer="`python -c pass`").wanting(
        "under 100 ms", 1 / rounds.our_rate < 0.1
    )


def _start(command: Sequence[str]) -> int:
    environment = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
    subprocess.run(command, check=True, capture_output=True, env=environment, cwd=settings.BASE_DIR)
    return 1
