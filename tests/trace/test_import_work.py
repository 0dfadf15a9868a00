"""Imports by the worker: killed at any moment, taken up again, done by two at once, or overtaken by events."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from ledger.models import Entry
from products.access import Actor
from products.accounts.models.user import User
from products.errors import NotFound
from products.oversight.services.erasure import account_target, erase, preview
from products.registry.models.authorisation import Authorisation
from products.trace.errors import DuplicateLot
from products.trace.models.batch import Batch, BatchStep
from products.trace.models.batch_import import BatchImport
from products.trace.services.import_files import plan_of, plan_path, upload_path
from products.trace.services.import_running import PORTION, run_import
from products.trace.services.imports import SILENT_FOR, check_again, confirm_import, find_import, start_import
from tests.factories import NOW
from tests.labels.subprocesses import environment
from tests.trace.helpers import register
from tests.trace.import_files import bring_in, check, many_rows, row_of, workbook
from tests.trace.test_at_once import AT_ONCE, together

ROWS = 4 * PORTION


def confirmed(maker: Actor, authorisation: Authorisation, count: int = ROWS) -> BatchImport:
    """A long import that waits for the worker to register it."""
    now = timezone.now()
    row, _plan = check(maker, workbook(many_rows(authorisation, count)), now=now)
    return confirm_import(actor=maker, code=row.code, plan_sha256=row.plan_sha256, now=now)


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_and_doubles_nothing(maker: Actor, authorisation: Authorisation) -> None:
    row = confirmed(maker, authorisation)
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "db_worker", "--queue-name", "*", "--no-startup-delay", "--interval", "0.05"],
        cwd=settings.BASE_DIR,
        env=environment() | {"GI_TRACE_VAR": str(settings.VAR_DIR)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while not Batch.objects.exists():
            assert time.monotonic() < deadline, "the worker never began"
            time.sleep(0.005)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    row.refresh_from_db()
    assert Batch.objects.count() == row.done_count == row.made_count, "whole portions, or none"
    assert 0 < row.done_count < ROWS, "killed in between"

    later = timezone.now() + SILENT_FOR + timedelta(hours=9)
    BatchImport.objects.update(expires_at=later + timedelta(days=1))
    queued = DBTaskResult.objects.count()
    assert find_import(actor=maker, code=row.code, now=later).state == "to_register"
    assert find_import(actor=maker, code=row.code, now=later).state == "to_register"
    assert DBTaskResult.objects.count() == queued + 1, "given to another once"
    run_import(row.code)

    row.refresh_from_db()
    assert (row.state, row.done_count, row.made_count) == ("done", ROWS, ROWS)
    assert Batch.objects.count() == BatchStep.objects.count() == ROWS
    assert Entry.objects.filter(kind="trace.batch_registered").values("subject").distinct().count() == ROWS
    assert Entry.objects.count() == ROWS


@pytest.mark.django_db(transaction=True)
def test_workers_that_take_each_other_for_dead_write_nothing_twice(maker: Actor, authorisation: Authorisation) -> None:
    row = confirmed(maker, authorisation)

    def work() -> None:
        # As if the row had been given away at once, again and again.
        BatchImport.objects.filter(pk=row.pk, state="registering").update(state="to_register")
        run_import(row.code)

    assert together(work) == ["done"] * AT_ONCE
    BatchImport.objects.filter(pk=row.pk, state="registering").update(state="to_register")
    run_import(row.code)

    row.refresh_from_db()
    assert (row.state, row.made_count) == ("done", ROWS)
    assert Batch.objects.count() == BatchStep.objects.count() == Entry.objects.count() == ROWS


@pytest.mark.django_db(transaction=True)
def test_a_lot_taken_at_the_same_moment_is_there_once(maker: Actor, authorisation: Authorisation) -> None:
    now = timezone.now()
    row, _plan = check(maker, workbook([row_of(lot=f"L{number}") for number in range(20)]), now=now)
    turns = iter(range(AT_ONCE))

    def act() -> None:
        if next(turns) == 0:
            confirm_import(actor=maker, code=row.code, plan_sha256=row.plan_sha256, now=now)
        else:
            for number in range(20):
                with suppress(DuplicateLot):
                    register(maker, authorisation, lot=f"L{number}", now=now)

    assert together(act) == ["done"] * AT_ONCE
    row.refresh_from_db()
    assert (row.state, row.done_count) == ("done", 20)
    assert Batch.objects.count() == Entry.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_confirming_at_once_registers_once(maker: Actor, authorisation: Authorisation) -> None:
    now = timezone.now()
    row, _plan = check(maker, workbook([row_of(), row_of(lot="B")]), now=now)

    results = together(lambda: confirm_import(actor=maker, code=row.code, plan_sha256=row.plan_sha256, now=now))

    assert results == ["done"] * AT_ONCE
    assert Batch.objects.count() == Entry.objects.count() == 2


@pytest.mark.django_db
def test_rows_that_somebody_registered_meanwhile_are_left_out(maker: Actor, authorisation: Authorisation) -> None:
    row, _plan = check(maker, workbook([row_of(), row_of(lot="B")]))
    register(maker, authorisation)

    done = confirm_import(actor=maker, code=row.code, plan_sha256=row.plan_sha256, now=NOW)

    assert (done.state, done.done_count, done.made_count) == ("done", 2, 1)
    assert Batch.objects.count() == 2


@pytest.mark.django_db
def test_what_changed_meanwhile_stops_the_import_and_says_where(maker: Actor, authorisation: Authorisation) -> None:
    row, _plan = check(maker, workbook([row_of(), row_of(lot="B")]))
    register(maker, authorisation, lot="B", net_mass_g=1)

    stopped = confirm_import(actor=maker, code=row.code, plan_sha256=row.plan_sha256, now=NOW)

    assert (stopped.state, stopped.made_count) == ("failed", 0)
    assert stopped.failure.startswith("第 3 行")
    assert Batch.objects.count() == 1
    again = check_again(actor=maker, code=row.code, now=NOW)
    assert (again.state, again.create_count, again.differs_count) == ("checked", 1, 1)


@pytest.mark.django_db
def test_a_right_suspended_meanwhile_stops_the_import(maker: Actor, authorisation: Authorisation) -> None:
    row, _plan = check(maker, workbook([row_of()]))
    Authorisation.objects.filter(pk=authorisation.pk).update(state="suspended")

    stopped = confirm_import(actor=maker, code=row.code, plan_sha256=row.plan_sha256, now=NOW)

    assert (stopped.state, "暂停" in stopped.failure, Batch.objects.count()) == ("failed", True, 0)


@pytest.mark.django_db
def test_an_account_that_was_closed_writes_nothing(maker: Actor, authorisation: Authorisation) -> None:
    row = confirmed(maker, authorisation, count=PORTION * 2)
    User.objects.filter(username=maker.username).update(is_active=False)

    run_import(row.code)

    row.refresh_from_db()
    assert (row.state, Batch.objects.count()) == ("failed", 0)


@pytest.mark.django_db
def test_a_plan_that_was_touched_is_not_carried_out(maker: Actor, authorisation: Authorisation) -> None:
    row = confirmed(maker, authorisation, count=PORTION * 2)
    plan_path(row).write_bytes(plan_path(row).read_bytes().replace(b"100000", b"900000"))

    run_import(row.code)

    row.refresh_from_db()
    assert (row.state, Batch.objects.count()) == ("failed", 0)


@pytest.mark.django_db
def test_the_same_file_under_way_is_not_begun_again(maker: Actor, authorisation: Authorisation) -> None:
    content = workbook(many_rows(authorisation, PORTION * 2))
    first = start_import(actor=maker, content=content, now=NOW)
    tasks = DBTaskResult.objects.count()

    second = start_import(actor=maker, content=content, now=NOW)

    assert (second.code, DBTaskResult.objects.count()) == (first.code, tasks)


@pytest.mark.django_db
def test_a_long_sheet_is_checked_in_portions_that_show(maker: Actor, authorisation: Authorisation) -> None:
    row = start_import(actor=maker, content=workbook(many_rows(authorisation, PORTION * 2)), now=NOW)
    assert (row.state, row.row_count, plan_of(row)) == ("to_check", PORTION * 2, None)

    run_import(row.code)

    row.refresh_from_db()
    assert (row.state, row.create_count) == ("checked", PORTION * 2)
    assert not Batch.objects.exists()


@pytest.mark.django_db
def test_with_the_account_go_its_uploads(
    maker: Actor, authorisation: Authorisation, django_capture_on_commit_callbacks: Any
) -> None:
    row = bring_in(maker, workbook([row_of()]))
    target = account_target(maker.username)
    paths = [upload_path(row), plan_path(row)]

    with django_capture_on_commit_callbacks(execute=True):
        assert preview(target=target, now=NOW)["imports"] == 1
    assert all(path.exists() for path in paths), "a preview deletes nothing"
    with django_capture_on_commit_callbacks(execute=True):
        erase(target=target, journal=None, now=NOW)

    assert not any(path.exists() for path in paths)
    assert Batch.objects.count() == 1
    with pytest.raises(NotFound):
        find_import(actor=maker, code=row.code, now=NOW)
