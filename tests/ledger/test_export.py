"""The static export, read by a client that knows only the specifications."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ledger.adapters.signer import Signer
from ledger.services.exporting import export_log
from ledger.services.sequencing import sequence_batch
from tests.ledger.helpers import NOW, filled, queue, statement
from tests.ledger.static_client import check_growth, read_log


@pytest.mark.django_db
@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 600])
def test_an_export_is_a_complete_log(signer: Signer, tmp_path: Path, size: int) -> None:
    if size:
        filled(signer, size)

    assert export_log(folder=tmp_path / "out") == size

    entries = read_log(tmp_path / "out", (tmp_path / "out" / "vkey").read_text().strip())
    assert entries == [statement(number).body for number in range(size)]


@pytest.mark.django_db
def test_an_export_grows_and_collects_its_partial_tiles(signer: Signer, tmp_path: Path) -> None:
    out = tmp_path / "out"
    filled(signer, 100)
    export_log(folder=out)
    first = (out / "checkpoint").read_bytes()
    assert (out / "tile/0/000.p/100").exists()

    queue(300, first=100)
    sequence_batch(signer=signer, now=NOW)
    export_log(folder=out)

    assert len(read_log(out, str(signer.vkey))) == 400
    check_growth(out, str(signer.vkey), older=first)
    assert (out / "checkpoint").read_bytes() != first
    assert not (out / "tile/0/000.p").exists()
    assert not (out / "tile/entries/000.p").exists()
    assert not list(out.rglob("*.new"))


@pytest.mark.django_db
def test_the_command_says_what_it_wrote(signer: Signer, tmp_path: Path) -> None:
    filled(signer, 3)
    out, err = io.StringIO(), io.StringIO()

    call_command("ledger_export", str(tmp_path / "out"), stdout=out, stderr=err)

    assert out.getvalue() == f"3 entries in {tmp_path / 'out'}\n"
    assert err.getvalue() == "2 of 2 files\n"


@pytest.mark.django_db
def test_without_a_log_there_is_nothing_to_export(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="not been created"):
        call_command("ledger_export", str(tmp_path / "out"))
