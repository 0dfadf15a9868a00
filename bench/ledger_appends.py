"""Entries into the log: in bulk, one by one, and how long one waits for its signed checkpoint."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from django.conf import settings
from django.db import connection, transaction
from pymerkle import SqliteTree

from bench import peer
from bench.figures import Figure, Rounds, Size, duration, in_turn
from bench.ledger_log import NOW, append, drain, rows_of
from bench.processes import together
from ledger import queries
from ledger.adapters.signer import Signer
from ledger.services.entries import NewEntry, enqueue


def bulk(size: Size, items: Sequence[NewEntry], signer: Signer) -> Figure:
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


def one_by_one(size: Size, items: Sequence[NewEntry], signer: Signer) -> Figure:
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


def beside_a_merkle_library(size: Size, items: Sequence[NewEntry], signer: Signer) -> Figure:
    """What the usual Merkle library for Python makes durable, entry by entry; it neither queues nor signs."""
    few = items[: size.peer_entries]
    with TemporaryDirectory() as folder, SqliteTree(str(Path(folder) / "tree.db")) as tree:

        def theirs() -> int:
            for item in few:
                tree.append_entry(item.body)
            return len(few)

        rounds = in_turn(lambda: append(items, signer, commit=size.commit), theirs, rounds=size.rounds)
    return rounds.rates(
        "durable appends: ours in bulk, under a signed checkpoint",
        unit="entries",
        peer="`pymerkle.SqliteTree` one by one",
    ).wanting_ratio(least=20)


def latency(size: Size, items: Sequence[NewEntry]) -> Figure:
    """A paced writer, the real sequencer in a process of its own, and a reader that watches the checkpoint grow."""
    first = log_size()
    committed: list[float] = []
    seen: list[tuple[float, int]] = []

    def write() -> None:
        begin = time.perf_counter()
        for number in range(int(size.paced_rate * size.paced_seconds)):
            time.sleep(max(0.0, begin + number / size.paced_rate - time.perf_counter()))
            item = items[number % len(items)]
            with transaction.atomic():
                enqueue(kind=item.kind, subject=item.subject, body=item.body, now=NOW)
            committed.append(time.perf_counter())
        connection.close()

    sequencer = subprocess.Popen(
        [sys.executable, "manage.py", "ledger_run", "--skip-checks"], cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL
    )
    writer = Thread(target=write)
    try:
        # Its start is not what is measured.
        _wait_for_start(items[0])
        first = log_size()
        writer.start()
        while writer.is_alive() or log_size() < first + len(committed):
            seen.append((time.perf_counter(), log_size()))
            time.sleep(0.005)
        seen.append((time.perf_counter(), log_size()))
    finally:
        writer.join()
        sequencer.terminate()
        sequencer.wait()
    waits = sorted(_visible_at(seen, first + number) - moment for number, moment in enumerate(committed))
    p99 = waits[int(len(waits) * 0.99)]
    return Figure(
        f"entry committed to entry under a published checkpoint, {size.paced_rate:,} entries/s: 99th percentile",
        ours=f"{duration(p99)} (median {duration(statistics.median(waits))})",
        peer=f"{len(committed) / (committed[-1] - committed[0]):,.0f} entries/s were committed",
    ).wanting("under 1 s", p99 < 1)


def _wait_for_start(item: NewEntry) -> None:
    before = log_size()
    with transaction.atomic():
        enqueue(kind=item.kind, subject=item.subject, body=item.body, now=NOW)
    deadline = time.monotonic() + 30
    while log_size() == before:
        if time.monotonic() > deadline:
            raise RuntimeError("the sequencer did not start")
        time.sleep(0.01)


def log_size() -> int:
    newest = queries.newest_checkpoint()
    assert newest is not None
    return newest.size


def _visible_at(seen: Sequence[tuple[float, int]], index: int) -> float:
    return next(moment for moment, size in seen if size > index)
