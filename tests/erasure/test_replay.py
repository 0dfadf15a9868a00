"""A backup brings back what was erased since; the journal erases it again."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from products.accounts.models.user import User
from products.scans.models.complaint import Complaint
from tests.coverage.reading import differences
from tests.erasure.searching import database_files, in_columns
from tests.erasure.world import World
from tests.ledger.flushing import triggers_lifted

ROOT = Path(__file__).resolve().parent.parent.parent


def backed_up(folder: Path) -> Path:
    """A copy of the SQLite file as `sqlite3 FILE ".backup COPY"` makes it."""
    copy = folder / "backup.sqlite3"
    source, target = sqlite3.connect(database_files()[0]), sqlite3.connect(copy)
    with target:
        source.backup(target)
    source.close()
    target.close()
    return copy


def manage(database: Path, folder: Path, *arguments: str) -> str:
    """A command of an instance of its own that runs on this file."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "GI_TRACE_VAR": str(folder),
        "DATABASE_URL": f"sqlite:///{database}",
        "SECRET_KEY": "tests-only-0123456789",
        "GI_TRACE_FIELD_KEYS_FILE": str(settings.FIELD_KEYS_FILE),
    }
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_restored_older_copy_forgets_again(world: World, much_later: object, tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("restores a copy of a file; the replay itself is tested on both databases below")
    wanted = world.markers | world.secrets
    copy, journal = backed_up(tmp_path), tmp_path / "erasure.journal"
    world.erase_all(journal)
    restored = tmp_path / "var" / "restored.sqlite3"
    restored.parent.mkdir()
    shutil.copy(copy, restored)
    assert any(secret in restored.read_bytes() for secret in wanted.values())

    said = manage(restored, restored.parent, "erase_person", "--replay", str(journal))
    manage(restored, restored.parent, "erase_person", "--finish")

    assert said.count("erased again") == len(world.everything())
    left = b"".join(path.read_bytes() for path in restored.parent.glob("restored.sqlite3*"))
    assert [name for name, secret in wanted.items() if secret in left] == []
    again = manage(restored, restored.parent, "erase_person", "--replay", str(journal))
    assert again.count("already erased") == len(world.everything())


def test_a_replay_minds_no_state_from_before_the_decision(world: World, tmp_path: Path) -> None:
    """The copy is from when the report was not answered and the plot's records still had to be kept."""
    with triggers_lifted():
        Complaint.objects.filter(pk=world.complaint.pk).update(state="accepted")
        type(world.case).objects.filter(pk=world.case.pk).update(state="opened")
    journal = tmp_path / "erasure.journal"
    joined = User.objects.get(pk=world.user.pk).date_joined.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    journal.write_text(
        f"2029-06-01T04:00:00.000Z complaint {world.complaint.number}\n"
        f"2029-06-01T04:00:00.000Z account {world.user.pk}@{joined}\n"
        f"2029-06-01T04:00:00.000Z case {world.case.number}\n\n"
        f"2029-06-01T04:00:00.000Z inspection {world.inspection.number}\n"
        f"2029-06-01T04:00:00.000Z plot {world.batch.code}\n"
        f"2029-06-01T04:00:00.000Z certificate {world.certificate.number}\n"
        f"2029-06-01T04:00:00.000Z grower {world.grower.code}\n"
        f"2029-06-01T04:00:00.000Z place {world.yard.code}\n"
        f"2029-06-01T04:00:00.000Z seller {world.bought.code}\n"
        f"2029-06-01T04:00:00.000Z consignee {world.sent.code}\n"
    )

    call_command("erase_person", "--replay", str(journal))

    assert in_columns(world.markers | world.secrets) == set()


def test_a_replay_takes_nobody_who_came_later_under_the_same_number(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = tmp_path / "erasure.journal"
    journal.write_text(f"2029-06-01T04:00:00.000Z account {world.user.pk}@2020-01-01T00:00:00.000Z\n")

    call_command("erase_person", "--replay", str(journal))

    assert "not in this database" in capsys.readouterr().out
    assert User.objects.get(pk=world.user.pk).is_active
    assert differences() == []


def test_a_broken_journal_is_refused_before_anything_goes(world: World, tmp_path: Path) -> None:
    journal = tmp_path / "erasure.journal"
    for broken in ("half a", "2029-06-01T04:00:00.000Z nonsense 7"):
        journal.write_text(f"2029-06-01T04:00:00.000Z complaint {world.complaint.number}\n{broken}\n")
        with pytest.raises(CommandError, match="line 2"):
            call_command("erase_person", "--replay", str(journal))
    assert Complaint.objects.get(pk=world.complaint.pk).text
