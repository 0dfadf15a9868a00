"""Bringing in 5,000 batches from a workbook, against the calls of one by one; runs inside an instance (see databases)."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

import xlsxwriter
from django.db import connection

from bench import databases
from bench.figures import Figure, Result, Size, duration, rate
from products.access import Actor, Role
from products.registry.models.authorisation import Authorisation
from products.trace.models.batch import Batch
from products.trace.models.batch_import import BatchImport
from products.trace.services.batches import register_batch
from products.trace.services.import_running import run_import
from products.trace.services.imports import confirm_import, start_import
from products.trace.spreadsheets.columns import COLUMNS
from tests import factories

# What a person still waits for in front of a progress bar.
WITHIN: Final = 15.0
ONE_BY_ONE: Final = 200
PLOTS: Final = 40


def measure(size: Size) -> Result:
    factories.make_regions()
    enterprise = factories.make_enterprise()
    actor = factories.make_user(Role.PRODUCER, organisation=enterprise.uscc)
    authorisation = factories.make_authorisation(enterprise=enterprise)
    content = _workbook(size.import_rows)
    rows: list[BatchImport] = []
    check = _seconds(lambda: rows.append(start_import(actor=actor, content=content, waits=True, now=datetime.now(UTC))))
    (row,) = rows
    write = _seconds(lambda: _commit(row, actor))
    if Batch.objects.count() != size.import_rows:
        raise RuntimeError(f"{Batch.objects.count()} batches were made of {size.import_rows} rows")
    again = _seconds(lambda: _check_again(row, actor, content))
    one = min(size.import_rows, ONE_BY_ONE)
    single = one / _seconds(lambda: _one_by_one(actor, authorisation, one))
    beside = f"`register_batch`, one to a transaction: {rate(single, 'batches')}"
    count = f"{size.import_rows:,} batches"
    figures = (
        Figure(f"{count} read from .xlsx and checked, nothing written", duration(check)).wanting(
            f"under {WITHIN:g} s", check < WITHIN
        ),
        Figure(
            f"{count} registered, with their log entries",
            f"{duration(write)}, {rate(size.import_rows / write, 'batches')}",
            beside,
            ratio=size.import_rows / write / single,
        ).wanting(f"under {WITHIN:g} s", write < WITHIN),
        Figure(f"the same file again: {size.import_rows:,} rows that are there", duration(again)),
    )
    note = f"The workbook has {len(content) // 1024:,} KiB; every batch has a plot, {PLOTS} different ones in all."
    return Result("trace", databases.name_of(connection.vendor), figures, (note,))


def _seconds(work: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _commit(row: BatchImport, actor: Actor) -> None:
    confirm_import(actor=actor, code=row.code, plan_sha256=row.plan_sha256, now=datetime.now(UTC))
    # As the worker does; what is short has been done already.
    run_import(row.code)


def _check_again(row: BatchImport, actor: Actor, content: bytes) -> None:
    found = start_import(actor=actor, content=content, waits=True, now=datetime.now(UTC))
    if (found.code, found.same_count) != (row.code, row.create_count):
        raise RuntimeError("the rows were not found again")


def _one_by_one(actor: Actor, authorisation: Authorisation, count: int) -> None:
    for number in range(count):
        register_batch(
            actor=actor,
            authorisation_code=authorisation.code,
            lot=f"S{number:06d}",
            origin_code=factories.PIDU,
            produced_on=date(2026, 11, 1),
            net_mass_g=100_000,
            plot_name=f"plot {number % PLOTS}",
            now=datetime.now(UTC),
        )


def _workbook(count: int) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [column.zh for column in COLUMNS])
        for number in range(1, count + 1):
            plot = number % PLOTS
            sheet.write_row(number, 1, ["郫县豆瓣", f"B{number:06d}", 100 + number % 7])
            sheet.write_datetime(number, 4, date(2026, 1 + number % 10, 1 + number % 28))
            sheet.write_row(number, 5, [f"郫都区 {factories.PIDU}", "2027-12-01", "6901234567892", f"plot {plot}"])
            sheet.write_row(number, 9, [103.8 + plot / 1000, 30.81, "WGS-84"])
    return target.getvalue()
