"""`ledger_check` as an operator runs it: log and tables together, by night and in full."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from ledger.models import CheckRun
from ledger.services.creation import create_log
from products.labels.models.label_run import LabelRange, LabelRun
from products.labels.services.label_runs import activate_labels, void_labels
from tests.coverage import world
from tests.coverage.cast import later, maker
from tests.coverage.reading import behind_its_back, change, delete_row
from tests.factories import NOW


def checked(*, nightly: bool = False) -> tuple[int, list[str]]:
    """Exit status and the lines printed, but for those on triggers, which are lifted to tamper."""
    out = io.StringIO()
    status = 0
    try:
        call_command("ledger_check", nightly=nightly, stdout=out, stderr=io.StringIO())
    except SystemExit as ended:
        status = int(str(ended.code))
    return status, [line for line in out.getvalue().splitlines() if not line.startswith("database: the trigger ")]


@pytest.fixture
def sequence(db: None, tmp_path: Path, settings: Settings) -> Callable[[], object]:
    """A log of this test alone, and the command that signs what is queued."""
    settings.LEDGER_KEY_FILE, settings.LEDGER_ORIGIN = tmp_path / "ledger.key", "log.example/gi"
    create_log(key_file=settings.LEDGER_KEY_FILE, origin=settings.LEDGER_ORIGIN, now=NOW)
    return lambda: call_command("ledger_run", once=True, stdout=io.StringIO(), stderr=io.StringIO())


def test_rows_that_differ_are_listed_by_the_places_of_their_entries(sequence: Callable[[], object]) -> None:
    world.make_labels()
    sequence()
    assert checked() == (0, ["clean"])
    first, second = LabelRun.objects.order_by("pk")

    with behind_its_back():
        change(first, quantity=5_000)
        delete_row(second)
        status, lines = checked()

    assert status == 1
    assert any(line.startswith(f"run {first.code}: quantity is 5000, entry ") for line in lines)
    assert any(line.startswith(f"run {second.code}: entry ") for line in lines)


def test_by_night_the_subjects_of_new_entries_are_compared(sequence: Callable[[], object]) -> None:
    world.make_labels()
    sequence()
    assert checked() == (0, ["clean"])
    first, second = LabelRun.objects.order_by("pk")
    void_labels(actor=maker(1), run_code=second.code, first_serial=90, last_serial=91, reason="破损", now=later(90))
    activate_labels(actor=maker(1), run_code=second.code, first_serial=81, last_serial=85, now=later(91))
    sequence()
    assert checked(nightly=True) == (0, ["clean"])
    assert CheckRun.objects.order_by("-pk")[0].from_size > 0

    void_labels(actor=maker(1), run_code=second.code, first_serial=95, last_serial=96, reason="破损", now=later(92))
    sequence()
    with behind_its_back():
        change(first, quantity=5_000)
        delete_row(LabelRange.objects.filter(run=second, first_serial=95).get())
        status, lines = checked(nightly=True)
        full = checked()[1]

    assert status == 1
    assert [line.partition(":")[0] for line in lines] == [f"run {second.code}"]
    assert "the range of entry " in lines[0]
    # What nothing new was said about is left to the full run.
    assert {line.partition(":")[0] for line in full} == {f"run {first.code}", f"run {second.code}"}
