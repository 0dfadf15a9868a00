"""What others ask of the log: a proof, a check of everything, the verifier's command."""

from __future__ import annotations

import hashlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import django
from django.conf import settings
from django.db import connection, transaction

from bench.figures import Figure, Size, duration, in_turn
from bench.machine import peak_memory_mib


def proofs(size: Size) -> tuple[int, list[float]]:
    """The log's size, and the seconds each of some proofs took: path, checkpoint and entry, ready to be sent."""
    from ledger import queries

    checkpoint = queries.newest_checkpoint()
    assert checkpoint is not None
    indexes = [number * checkpoint.size // size.proofs for number in range(size.proofs)]
    return checkpoint.size, [_seconds(lambda index=index: queries.proof_text(index)) for index in indexes]  # type: ignore[misc]


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def proof_figure(few: tuple[int, list[float]], many: tuple[int, list[float]]) -> Figure:
    middle, small = statistics.median(many[1]), statistics.median(few[1])
    figure = Figure(
        f"inclusion proof out of {many[0]:,} entries",
        ours=duration(middle),
        peer=f"out of {few[0]:,}: {duration(small)}",
        ratio=middle / small,
    )
    return figure.wanting_ratio(most=1.3).wanting("under 1 ms", middle < 1e-3)


def check(size: Size) -> Figure:
    """The log alone: hashes, tiles, checkpoints, signatures, places and columns."""
    from ledger.queries import newest_checkpoint

    newest = newest_checkpoint()
    assert newest is not None
    rounds = in_turn(lambda: check_all(), _read_and_hash, rounds=min(size.rounds, 3))
    return rounds.times(
        f"`ledger_check` of {newest.size:,} entries",
        peer="reading and SHA-256 hashing the same bytes",
        count=newest.size,
    ).wanting_ratio(most=3)


def check_all() -> int:
    """Returns how many entries were checked."""
    from ledger.adapters.signer import load_signer
    from ledger.models import Head
    from ledger.services.checking.log import check_log

    signer = load_signer(key_file=settings.LEDGER_KEY_FILE, origin=settings.LEDGER_ORIGIN)
    for finding in check_log(signer=signer):
        raise RuntimeError(f"the log of the measurement is not clean: {finding}")
    return Head.objects.values_list("size", flat=True).get()


def peak_of_check() -> float:
    """MiB a process of its own needs to check the log as it is now."""
    done = subprocess.run([sys.executable, "-m", "bench.ledger_reads"], check=True, capture_output=True, text=True)
    return float(done.stdout)


def memory_figure(few: tuple[int, float], many: tuple[int, float]) -> Figure:
    """How much more memory the check of a larger log holds."""
    return Figure(
        f"peak memory of `ledger_check` of {many[0]:,} entries",
        ours=f"{many[1]:.0f} MiB",
        peer=f"of {few[0]:,}: {few[1]:.0f} MiB",
        ratio=many[1] / few[1],
    ).wanting_ratio(most=1.2)


def _read_and_hash() -> int:
    count = 0
    # A named cursor on PostgreSQL, so that the peer streams as the check does.
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute("SELECT body FROM ledger_entry ORDER BY id")
        while portion := cursor.fetchmany(1_024):
            for (body,) in portion:
                hashlib.sha256(body).digest()
            count += len(portion)
    return count


def verifier(size: Size) -> Figure:
    """The auditor's command, from nothing to its exit status."""
    from ledger import queries
    from ledger.published import policy_text

    folder = Path(settings.VAR_DIR)
    proof, policy = folder / "bench.tlog-proof", folder / "bench.policy"
    proof.write_text(queries.proof_text(size.first_entries // 2))
    policy.write_text(policy_text())
    command = [sys.executable, "-m", "ledger.verifier", str(proof), "--policy", str(policy)]
    rounds = in_turn(lambda: _start(command), lambda: _start([sys.executable, "-c", "pass"]), rounds=size.starts)
    return rounds.times("verifier on one proof, with Python's start", peer="`python -c pass`").wanting(
        "under 100 ms", 1 / rounds.our_rate < 0.1
    )


def _start(command: Sequence[str]) -> int:
    environment = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
    subprocess.run(command, check=True, capture_output=True, env=environment, cwd=settings.BASE_DIR)
    return 1


if __name__ == "__main__":
    django.setup()
    check_all()
    print(peak_memory_mib())
