"""The commands as an operator meets them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ledger.adapters.signer import Signer
from ledger.models import Checkpoint
from ledger.queries import newest_checkpoint, vkey
from tests.ledger.helpers import queue


@pytest.mark.django_db
def test_the_log_is_created_by_command_only(key_file: Path) -> None:
    out = io.StringIO()
    call_command("ledger_init", stdout=out)
    assert out.getvalue() == f"Created the log: {vkey()}\n"
    assert key_file.exists()

    with pytest.raises(CommandError, match="never created twice"):
        call_command("ledger_init", stdout=out)
    call_command("ledger_init", "--if-missing", stdout=out)
    assert Checkpoint.objects.count() == 1


@pytest.mark.django_db
def test_running_once_empties_the_queue(signer: Signer) -> None:
    queue(25)
    out = io.StringIO()

    call_command("ledger_run", "--once", "--batch", "10", stdout=out)

    assert out.getvalue().splitlines() == [
        "signed 10 entries, 10 of them new",
        "signed 20 entries, 10 of them new",
        "signed 25 entries, 5 of them new",
    ]
    newest = newest_checkpoint()
    assert newest is not None
    assert newest.size == 25


@pytest.mark.django_db
def test_the_sequencer_stops_where_a_person_must_look(key_file: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("ledger_run", "--once")


@pytest.mark.django_db
def test_the_verifier_is_written(tmp_path: Path) -> None:
    call_command("build_verifier", str(tmp_path / "v.pyz"), stdout=io.StringIO())

    assert (tmp_path / "v.pyz").read_bytes().startswith(b"#!/usr/bin/env python3\n")
    assert (tmp_path / "v.pyz").stat().st_mode & 0o111
