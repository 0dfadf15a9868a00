"""Rotating the log's key: who signs what, what stops it, and what a restored backup meets."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from django.db import transaction

from ledger.adapters.key_files import alone_with
from ledger.adapters.signer import Signer, create_key, load_signer, next_file, retired_file
from ledger.errors import LedgerFatal
from ledger.models import Checkpoint, Head, LogKey
from ledger.queries import entries_of, entry_body, vkey
from ledger.rotations import KEY_ROTATED, rotation_faults, rotations
from ledger.services import rotation as steps
from ledger.services.keys import keys_in_force
from ledger.services.sequencing import sequence_batch
from tests.ledger.conftest import ORIGIN
from tests.ledger.flushing import triggers_lifted
from tests.ledger.helpers import NOW, filled, findings, queue
from tests.ledger.key_helpers import later, loaded, rotate, signers_of


@pytest.mark.django_db(transaction=True)
def test_the_checkpoint_that_first_covers_the_announcement_is_signed_by_both(signer: Signer) -> None:
    old = str(signer.vkey)
    filled(signer, 3)
    queue(2, first=3)

    done = rotate(signer)

    assert (done.old, done.size) == (old, 6)
    assert done.new == vkey() == str(loaded(signer).vkey) != old
    assert signers_of(3) == [old]
    assert signers_of(6) == [old, done.new]
    queue(1, first=6)
    assert sequence_batch(signer=loaded(signer), now=NOW).size == 7
    assert signers_of(7) == [done.new]
    assert [[str(key) for key in keys_in_force(size)] for size in (0, 5, 6, 7)] == [
        [old],
        [old],
        [old, done.new],
        [done.new],
    ]
    assert findings(loaded(signer)) == []
    assert list(rotation_faults()) == []


@pytest.mark.django_db(transaction=True)
def test_the_announcement_is_an_entry(signer: Signer) -> None:
    done = rotate(signer)

    (line,) = entries_of(f"log:{ORIGIN}")
    assert (line.kind, line.index) == (KEY_ROTATED, 0)
    body = entry_body(0)
    statement = json.loads(body)
    assert statement.pop("at") == f"{line.at:%Y-%m-%dT%H:%M:%S}.000Z"
    assert statement == {
        "v": 1,
        "kind": "ledger.key_rotated",
        "subject": f"log:{ORIGIN}",
        "actor": "office:platform",
        "data": {"old": done.old, "new": done.new},
        "commitments": {},
    }
    assert body == json.dumps(json.loads(body), separators=(",", ":"), sort_keys=True).encode()


@pytest.mark.django_db(transaction=True)
def test_the_files_move(signer: Signer, key_file: Path) -> None:
    before = key_file.read_bytes()
    old = signer.vkey

    rotate(signer)

    retired = retired_file(key_file, old)
    assert retired.read_bytes() == before
    assert retired.stat().st_mode & 0o777 == 0o400
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert not next_file(key_file).exists()
    assert sorted(path.name for path in key_file.parent.iterdir()) == sorted(
        [key_file.name, f"{key_file.name}.signed", retired.name]
    )


@pytest.mark.django_db(transaction=True)
def test_a_running_sequencer_signs_the_rotation_and_follows_it(signer: Signer) -> None:
    """It has read the old key long ago; the command is interrupted after the announcement."""
    create_key(key_file=next_file(signer.key_file))
    successor = signer.successor()
    assert successor is not None
    steps._announce(signer=signer, new=str(successor.vkey), now=later())
    old = str(signer.vkey)

    assert sequence_batch(signer=signer, now=NOW).size == 1
    assert signers_of(1) == [old, str(successor.vkey)]
    # The files have not moved yet; the log goes on all the same, and so does a process that starts now.
    filled(signer, 2)
    assert signers_of(3) == [str(successor.vkey)]
    assert findings(loaded(signer)) == []

    assert rotate(signer).size == 1
    queue(1, first=2)
    assert sequence_batch(signer=signer, now=NOW).size == 4
    assert LogKey.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_keys_change_again_and_again(signer: Signer) -> None:
    done = [rotate(signer) for _ in range(3)]

    assert [item.size for item in done] == [1, 2, 3]
    assert [(item.index, item.size, item.old, item.new) for item in rotations()] == [
        (number, item.size, item.old, item.new) for number, item in enumerate(done)
    ]
    assert findings(loaded(signer)) == []
    assert list(rotation_faults()) == []


@pytest.mark.django_db(transaction=True)
def test_repeating_the_command_is_no_second_rotation(signer: Signer) -> None:
    moment = later()
    rotate(signer, clock=lambda: moment)

    with pytest.raises(LedgerFatal, match="nothing is left to do"):
        rotate(signer, clock=lambda: moment)
    rotate(signer, clock=lambda: moment, again=True)

    assert LogKey.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_rotations_at_once_are_one(signer: Signer) -> None:
    with alone_with(signer.key_file), pytest.raises(LedgerFatal, match="another process"):
        rotate(signer)

    assert LogKey.objects.count() == 1
    assert not next_file(signer.key_file).exists()


@pytest.mark.django_db(transaction=True)
def test_a_key_lost_after_its_announcement_is_replaced_by_another(signer: Signer) -> None:
    create_key(key_file=next_file(signer.key_file))
    lost = signer.successor()
    assert lost is not None
    steps._announce(signer=signer, new=str(lost.vkey), now=later())
    next_file(signer.key_file).unlink()

    with pytest.raises(LedgerFatal, match="run `ledger_key rotate` to announce another"):
        sequence_batch(signer=signer, now=NOW)
    assert Checkpoint.objects.count() == 1

    # In rounds of one entry the lost key's announcement is signed first, and changes nothing.
    create_key(key_file=next_file(signer.key_file))
    found = signer.successor()
    assert found is not None
    steps._announce(signer=signer, new=str(found.vkey), now=later())
    assert sequence_batch(signer=signer, now=NOW, limit=1).size == 1
    assert signers_of(1) == [str(signer.vkey)]

    done = rotate(signer)

    assert (done.new, done.size) == (str(found.vkey), 2)
    assert [item.new for item in rotations()] == [done.new]
    assert findings(loaded(signer)) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mark", ["kept", "lost"])
@pytest.mark.parametrize("retired", ["kept", "lost"])
def test_an_older_database_with_the_newer_key_refuses_to_sign(signer: Signer, mark: str, retired: str) -> None:
    old, root = signer.vkey, bytes(Head.objects.get().root)
    rotate(signer)
    with triggers_lifted():
        Head.objects.update(vkey=str(old), size=0, root=root)
        LogKey.objects.filter(from_size=1).delete()
        LogKey.objects.update(until_size=None)
        Checkpoint.objects.filter(size=1).delete()
    if mark == "lost":
        signer.key_file.with_name(f"{signer.key_file.name}.signed").unlink()
    if retired == "lost":
        retired_file(signer.key_file, old).unlink()
    queue(1)

    with pytest.raises(LedgerFatal, match=r"Restore the newest.*'A restored database'"):
        sequence_batch(signer=load_signer(key_file=signer.key_file, origin=ORIGIN), now=NOW)
    with pytest.raises(LedgerFatal, match="Restore the newest"):
        rotate(signer)
    assert Checkpoint.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_older_key_with_the_newer_database_refuses_to_sign(signer: Signer, tmp_path: Path) -> None:
    shutil.copy(signer.key_file, tmp_path / "backup")
    rotate(signer)
    shutil.copy(tmp_path / "backup", signer.key_file)
    queue(1)

    with pytest.raises(LedgerFatal, match="older than a rotation"):
        sequence_batch(signer=load_signer(key_file=signer.key_file, origin=ORIGIN), now=NOW)


@pytest.mark.django_db(transaction=True)
def test_a_rotated_table_of_keys_is_found_out(signer: Signer) -> None:
    filled(signer, 2)
    rotate(signer)
    queue(1, first=2)
    sequence_batch(signer=signer, now=NOW)
    row, spoiled = LogKey.objects.get(from_size=3), {}
    for change in ({"from_size": 4}, {"vkey": "x"}, {"until_size": 4}):
        with triggers_lifted(), transaction.atomic():
            LogKey.objects.filter(pk=row.pk).update(**change)
            spoiled[str(change)] = list(rotation_faults())
            row.save()

    assert all(spoiled.values()), spoiled
    assert list(rotation_faults()) == []
