"""Print files: made by the real worker, whole or not at all, kept for a week, for their maker alone."""

from __future__ import annotations

import csv
import io
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.conf import settings
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from products.access import Actor
from products.errors import Forbidden, InvalidInput, NotFound
from products.labels.errors import BatchNotLabellable, InvalidRange, PrintFileGone
from products.labels.models.label_run import LabelRun, PrintFile
from products.labels.services.print_files import (
    KEEP_FOR,
    SILENT_FOR,
    file_path,
    find_print_file,
    make_file,
    open_print_file,
    purge_expired,
)
from products.registry.models.authorisation import Authorisation
from products.trace.models.batch import Batch
from tests.factories import NOW, make_batch
from tests.labels.helpers import ask_for_file, entries_about, genuine_serials, issue, refusal_of
from tests.labels.rendering.reading import page_image, read_all
from tests.labels.subprocesses import environment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(maker: Actor, batch: Batch) -> LabelRun:
    return issue(maker, batch, quantity=100)


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """The worker takes the process's signals for itself."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def work() -> None:
    """What the worker process does until nothing is left to do."""
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)


def content_of(actor: Actor, row: PrintFile, **changes: Any) -> bytes:
    _, stream = open_print_file(actor=actor, code=row.code, **({"now": NOW} | changes))
    with stream:
        return stream.read()


def serials_of_pdf(run: LabelRun, content: bytes) -> list[int]:
    document = pypdfium2.PdfDocument(content)
    texts = [text for page in range(len(document)) for text in read_all(page_image(document, page))]
    return genuine_serials(run, texts)


def test_a_pdf_made_by_the_worker_holds_every_label_once(maker: Actor, run: LabelRun) -> None:
    row = ask_for_file(maker, run)
    assert (row.state, refusal_of(lambda: content_of(maker, row))) == ("queued", "print_file_not_available")

    work()

    row = find_print_file(actor=maker, code=row.code, now=NOW)
    assert (row.state, row.done_count) == ("ready", 100)
    assert sorted(serials_of_pdf(run, content_of(maker, row))) == list(range(1, 101))


@pytest.mark.parametrize("layout", ["a4_8", "a4_24", "a4_45"])
def test_every_sheet_reads_back(maker: Actor, run: LabelRun, layout: str) -> None:
    row = ask_for_file(maker, run, layout=layout, first_serial=31, last_serial=50)

    work()

    assert sorted(serials_of_pdf(run, content_of(maker, row))) == list(range(31, 51))


def test_a_csv_made_by_the_worker_holds_every_code_once(maker: Actor, authorisation: Authorisation) -> None:
    run = issue(maker, make_batch(authorisation=authorisation), quantity=5_000, unit_mass_g=10)
    row = ask_for_file(maker, run, kind="csv", layout="", first_serial=1_001)

    work()

    rows = list(csv.DictReader(io.StringIO(content_of(maker, row).decode("utf-8-sig"))))
    assert genuine_serials(run, [line["查验码"] for line in rows]) == list(range(1_001, 5_001))


def test_a_request_is_stated_with_its_range(maker: Actor, run: LabelRun) -> None:
    ask_for_file(maker, run, first_serial=3, last_serial=30)

    assert entries_about(run)[-1]["data"] == {"purpose": "print_pdf", "first_serial": 3, "last_serial": 30}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "docx"}, "kind"),
        ({"layout": "a3_99"}, "layout"),
        ({"layout": ""}, "layout"),
        ({"first_serial": 0}, "first_serial"),
        ({"last_serial": 101}, "last_serial"),
    ],
)
def test_what_cannot_be_printed_is_refused(maker: Actor, run: LabelRun, changes: dict[str, Any], field: str) -> None:
    with pytest.raises((InvalidInput, InvalidRange)) as caught:
        ask_for_file(maker, run, **changes)

    assert caught.value.field == field
    assert (PrintFile.objects.count(), DBTaskResult.objects.count()) == (0, 0)


def test_files_are_their_makers_alone(
    request: pytest.FixtureRequest, rival: Actor, maker: Actor, run: LabelRun
) -> None:
    row = ask_for_file(maker, run)
    work()

    for act in (find_print_file, open_print_file):
        with pytest.raises(NotFound):
            act(actor=rival, code=row.code, now=NOW)
        for who in ("association", "province", "admin_actor"):
            with pytest.raises(Forbidden):
                act(actor=request.getfixturevalue(who), code=row.code, now=NOW)
    with pytest.raises(NotFound):
        ask_for_file(rival, run)


def test_an_expired_file_is_refused_and_then_deleted(maker: Actor, run: LabelRun, files: Path) -> None:
    row = ask_for_file(maker, run)
    work()
    just_before, after = row.expires_at - timedelta(seconds=1), row.expires_at
    assert content_of(maker, row, now=just_before)

    with pytest.raises(PrintFileGone) as caught:
        content_of(maker, row, now=after)
    assert (caught.value.code, caught.value.status) == ("print_file_not_available", 410)

    assert purge_expired(now=just_before) == 0
    assert list((files / "print").iterdir()) == [file_path(row)]
    assert purge_expired(now=after + timedelta(seconds=1)) == 1
    assert list((files / "print").iterdir()) == []
    assert refusal_of(lambda: content_of(maker, row)) == "not_found"


def test_a_file_that_somebody_deleted_is_gone(maker: Actor, run: LabelRun) -> None:
    row = ask_for_file(maker, run)
    work()
    file_path(row).unlink()

    assert refusal_of(lambda: content_of(maker, row)) == "print_file_not_available"


def test_a_finished_file_is_withheld_after_a_recall(maker: Actor, run: LabelRun) -> None:
    row = ask_for_file(maker, run)
    work()
    Batch.objects.filter(pk=run.batch_id).update(state="recalled")

    with pytest.raises(BatchNotLabellable):
        content_of(maker, row)


def test_a_label_that_cannot_be_drawn_fails_in_words(maker: Actor, run: LabelRun, files: Path) -> None:
    row = ask_for_file(maker, run)
    Authorisation.objects.filter(pk=run.batch.authorisation_id).update(basis_no="")

    work()

    row = find_print_file(actor=maker, code=row.code, now=NOW)
    assert row.state == "failed"
    assert "标准号或公告号" in row.failure
    assert list((files / "print").iterdir()) == []


def test_an_unforeseen_fault_is_told_and_kept_for_the_operator(maker: Actor, run: LabelRun, files: Path) -> None:
    row = ask_for_file(maker, run)
    files.mkdir()
    (files / "print").write_text("a file where the folder should be")

    work()

    row = find_print_file(actor=maker, code=row.code, now=NOW)
    assert row.state == "failed"
    assert row.failure
    assert "FileExistsError" in DBTaskResult.objects.get().exception_class_path


def test_one_file_is_made_once_however_often_it_is_queued(maker: Actor, run: LabelRun) -> None:
    row = ask_for_file(maker, run)
    work()
    made_at = file_path(row).stat().st_mtime_ns

    make_file(row.code)

    assert file_path(row).stat().st_mtime_ns == made_at


def test_two_who_look_at_a_silent_file_queue_it_once(maker: Actor, run: LabelRun) -> None:
    row = ask_for_file(maker, run)
    later = NOW + SILENT_FOR + timedelta(seconds=1)

    for _ in range(2):
        find_print_file(actor=maker, code=row.code, now=later)

    assert DBTaskResult.objects.count() == 2
    work()
    assert find_print_file(actor=maker, code=row.code, now=later).state == "ready"
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {"SUCCESSFUL"}


def test_a_file_whose_worker_was_killed_is_made_again(maker: Actor, authorisation: Authorisation, files: Path) -> None:
    run = issue(maker, make_batch(authorisation=authorisation), quantity=50_000, unit_mass_g=1)
    row = ask_for_file(maker, run)
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "db_worker", "--no-startup-delay", "--interval", "0.05"],
        cwd=settings.BASE_DIR,
        env=environment() | {"GI_TRACE_VAR": str(files.parent)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while not (done := PrintFile.objects.get(pk=row.pk).done_count):
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert 0 < done < 50_000
    left = PrintFile.objects.get(pk=row.pk)
    assert left.state == "running"
    assert [path.suffix for path in (files / "print").iterdir()] == [".part"]
    work()
    assert PrintFile.objects.get(pk=row.pk).state == "running", "the queue alone never takes it up again"

    assert left.heartbeat_at is not None
    soon, later = left.heartbeat_at + SILENT_FOR / 2, left.heartbeat_at + SILENT_FOR + timedelta(seconds=1)
    assert find_print_file(actor=maker, code=row.code, now=soon).state == "running"
    PrintFile.objects.filter(pk=row.pk).update(last_serial=2_000)
    assert find_print_file(actor=maker, code=row.code, now=later).state == "queued"
    work()

    row = find_print_file(actor=maker, code=row.code, now=NOW)
    assert (row.state, row.done_count) == ("ready", 2_000)
    document = pypdfium2.PdfDocument(content_of(maker, row))
    assert len(document) == -(-2_000 // 21)
    assert sorted(genuine_serials(run, read_all(page_image(document, 95)))) == list(range(1_996, 2_001))
    assert purge_expired(now=NOW + KEEP_FOR + timedelta(seconds=1)) == 1
    assert list((files / "print").iterdir()) == []
