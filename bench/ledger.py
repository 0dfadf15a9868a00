"""The log against bare statements of the same database; runs inside an instance (see databases)."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from bench import databases, ledger_appends, ledger_reads, peer
from bench.figures import Result, Size
from bench.ledger_log import append, grow, statements
from ledger.adapters.signer import load_signer


def measure(size: Size) -> Result:
    peer.create_table()
    signer = load_signer(key_file=settings.LEDGER_KEY_FILE, origin=settings.LEDGER_ORIGIN)
    items = statements(size.entries)
    append(items[: size.first_entries], signer, commit=size.commit)
    few = ledger_reads.proofs(size)
    bulk = ledger_appends.bulk(size, items, signer)
    library = ledger_appends.beside_a_merkle_library(size, items, signer)
    single = ledger_appends.one_by_one(size, items, signer)
    latency = ledger_appends.latency(size, items)
    # A quarter of it is already more than the page cache SQLite may fill.
    peaks = []
    for until in (size.many_entries // 4, size.many_entries):
        grow(items, signer, until=until, size=ledger_appends.log_size(), commit=size.commit)
        peaks.append((ledger_appends.log_size(), ledger_reads.peak_of_check()))
    many = ledger_reads.proofs(size)
    figures = (
        bulk,
        library,
        single,
        latency,
        ledger_reads.proof_figure(few, many),
        ledger_reads.check(size),
        ledger_reads.memory_figure(*peaks),
        ledger_reads.verifier(size),
    )
    return Result("ledger", databases.name_of(connection.vendor), figures)
