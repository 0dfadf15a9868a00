"""The sequencer: order, refusals, and faults injected at every write, the whole log re-derived after each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection, transaction

from ledger.adapters.signer import Signer, create_key, load_signer
from ledger.errors import LedgerFatal
from ledger.models import Checkpoint, Entry, Head, LogKey, Span, Tile
from ledger.queries import entry_body, newest_checkpoint, proof_text
from ledger.services.creation import create_log
from ledger.services.sequencing import sequence_batch
from ledger.verifier.verify import verify_proof
from tests.ledger.conftest import ORIGIN
from tests.ledger.flushing import triggers_lifted
from tests.ledger.helpers import NOW, filled, findings, plain_policy, queue, reference_root, statement

# Each write of a round by the words its SQL contains.
WRITES = {
    "lock": ("pg_advisory_xact_lock", "UPDATE ledger_head SET size = size"),
    "queue": ("DELETE FROM ledger_waiting",),
    "spans": ('INSERT INTO "ledger_span"',),
    "tiles": ('INSERT INTO "ledger_tile"',),
    "checkpoint": ('INSERT INTO "ledger_checkpoint"',),
    "head": ('UPDATE "ledger_head"',),
}


class InjectedError(DatabaseError):
    """A database that failed us."""


@contextmanager
def failing_at(write: str, *, persisted: bool) -> Iterator[list[str]]:
    """The first statement of this write fails, before it is run or after; yields what was hit."""
    hit: list[str] = []

    def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if hit or not any(words in sql for words in WRITES[write]):
            return execute(sql, params, many, context)
        hit.append(sql)
        if persisted:
            execute(sql, params, many, context)
        raise InjectedError(write)

    with connection.execute_wrapper(wrapper):
        yield hit


def assert_signed(signer: Signer, size: int) -> None:
    newest = newest_checkpoint()
    assert newest is not None
    assert newest.size == size
    assert newest.root == reference_root([statement(number).body for number in range(size)])
    assert findings(signer) == []


@pytest.mark.django_db
def test_entries_are_numbered_in_the_order_of_the_queue(signer: Signer) -> None:
    filled(signer, 1, 1, 254, 1, 300)

    assert [entry_body(index) for index in range(557)] == [statement(number).body for number in range(557)]
    assert Checkpoint.objects.count() == 6
    assert_signed(signer, 557)


@pytest.mark.django_db
def test_every_proof_verifies_with_the_verifier(signer: Signer) -> None:
    filled(signer, 300)

    for index in (0, 1, 254, 255, 256, 299):
        verified = verify_proof(proof_text(index).encode(), policy=plain_policy(signer))
        assert (verified.index, verified.entry) == (index, statement(index).body)


@pytest.mark.django_db
def test_an_empty_queue_signs_nothing(signer: Signer) -> None:
    assert sequence_batch(signer=signer, now=NOW).count == 0
    assert Checkpoint.objects.count() == 1


@pytest.mark.django_db
def test_a_batch_has_a_limit(signer: Signer) -> None:
    queue(25)

    assert [sequence_batch(signer=signer, now=NOW, limit=10).count for _ in range(4)] == [10, 10, 5, 0]
    assert_signed(signer, 25)


@pytest.mark.django_db
def test_a_lower_queue_id_that_commits_late_is_not_skipped(signer: Signer) -> None:
    (last,) = queue(1)
    sequence_batch(signer=signer, now=NOW)
    late = statement(1)
    with transaction.atomic():
        # On PostgreSQL a transaction may take its id early and commit after others.
        Entry.objects.create(
            id=last - 1_000_000,
            kind=late.kind,
            subject=late.subject,
            body=late.body,
            leaf_hash=reference_root([late.body]),
            queued_at=NOW,
        )

    assert sequence_batch(signer=signer, now=NOW).size == 2
    assert_signed(signer, 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("persisted", [False, True], ids=["failed", "failed_but_persisted"])
@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("before", [0, 3, 256])
def test_a_fault_at_a_write_leaves_the_log_whole(signer: Signer, write: str, persisted: bool, before: int) -> None:
    if before:
        filled(signer, before)
    queue(300, first=before)

    with failing_at(write, persisted=persisted) as hit, pytest.raises(InjectedError):
        sequence_batch(signer=signer, now=NOW)

    assert len(hit) == 1
    assert_signed(signer, before)
    assert sequence_batch(signer=signer, now=NOW).size == before + 300
    assert_signed(signer, before + 300)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("persisted", [False, True], ids=["failed", "failed_but_persisted"])
def test_a_fault_at_the_commit_leaves_the_log_whole(signer: Signer, persisted: bool) -> None:
    filled(signer, 3)
    queue(300, first=3)
    commit = connection.commit

    def failing() -> None:
        if persisted:
            commit()
        raise InjectedError("commit")

    with patch.object(connection, "commit", failing), pytest.raises(InjectedError):
        sequence_batch(signer=signer, now=NOW)

    assert_signed(signer, 303 if persisted else 3)
    assert sequence_batch(signer=signer, now=NOW).size == 303
    assert_signed(signer, 303)


@pytest.mark.django_db(transaction=True)
def test_a_fault_after_the_commit_leaves_the_log_whole(signer: Signer, key_file: Path) -> None:
    queue(5)
    in_the_way = key_file.with_name(f"{key_file.name}.{os.getpid()}")
    in_the_way.mkdir()

    with pytest.raises(OSError, match="directory"):
        sequence_batch(signer=signer, now=NOW)

    in_the_way.rmdir()
    assert_signed(signer, 5)
    queue(5, first=5)
    assert sequence_batch(signer=signer, now=NOW).size == 10


@pytest.mark.django_db
def test_a_log_moved_by_someone_else_stops_the_sequencer(signer: Signer) -> None:
    filled(signer, 4)
    queue(3, first=4)

    def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if 'INSERT INTO "ledger_checkpoint"' in sql:
            execute("UPDATE ledger_head SET size = 5", (), False, context)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper), pytest.raises(LedgerFatal, match="another sequencer"):
        sequence_batch(signer=signer, now=NOW)

    assert_signed(signer, 4)


@pytest.mark.django_db
def test_a_restored_backup_refuses_to_sign(signer: Signer) -> None:
    filled(signer, 3)
    with triggers_lifted():
        Checkpoint.objects.filter(size=3).delete()
        Tile.objects.all().delete()
        Span.objects.all().delete()
        Entry.objects.all().delete()
        Head.objects.update(size=0, root=reference_root([]))
    queue(1)

    with pytest.raises(LedgerFatal, match="has signed 3 entries, the database holds 0"):
        sequence_batch(signer=signer, now=NOW)


@pytest.mark.django_db
def test_another_key_refuses_to_sign(signer: Signer, tmp_path: Path) -> None:
    create_key(key_file=tmp_path / "other.key")
    queue(1)

    with pytest.raises(LedgerFatal, match="was created for"):
        sequence_batch(signer=load_signer(key_file=tmp_path / "other.key", origin=ORIGIN), now=NOW)


@pytest.mark.django_db
def test_spoiled_tiles_and_bodies_are_not_signed_over(signer: Signer) -> None:
    filled(signer, 3)
    (queued,) = queue(1, first=3)
    with triggers_lifted():
        Entry.objects.filter(pk=queued).update(body=b"other")

    with pytest.raises(LedgerFatal, match="no longer hashes"):
        sequence_batch(signer=signer, now=NOW)

    with triggers_lifted():
        Entry.objects.filter(pk=queued).update(body=statement(3).body)
        Tile.objects.update(hashes=b"\1" * 96)
    with pytest.raises(LedgerFatal, match="tiles do not add up"):
        sequence_batch(signer=signer, now=NOW)


@pytest.mark.django_db
def test_the_log_is_created_once(signer: Signer, key_file: Path) -> None:
    assert key_file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(LedgerFatal, match="never created twice"):
        create_log(key_file=key_file, origin=ORIGIN, now=NOW)
    assert create_log(key_file=key_file, origin=ORIGIN, now=NOW, if_missing=True) is False

    key_file.unlink()
    with pytest.raises(LedgerFatal, match="cannot be read"):
        create_log(key_file=key_file, origin=ORIGIN, now=NOW, if_missing=True)


@pytest.mark.django_db
def test_a_key_that_has_signed_does_not_begin_anew(signer: Signer, key_file: Path) -> None:
    filled(signer, 2)
    with triggers_lifted():
        for model in (Head, Checkpoint, Tile, Span, Entry, LogKey):
            model.objects.all().delete()

    with pytest.raises(LedgerFatal, match="has signed 2 entries"):
        create_log(key_file=key_file, origin=ORIGIN, now=NOW, if_missing=True)


@pytest.mark.django_db
def test_without_a_log_nothing_is_sequenced(key_file: Path) -> None:
    create_key(key_file=key_file)

    queue(1)

    with pytest.raises(LedgerFatal, match="ledger_init"):
        sequence_batch(signer=load_signer(key_file=key_file, origin=ORIGIN), now=NOW)


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o620])
def test_a_key_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    create_key(key_file=tmp_path / "k")
    (tmp_path / "k").chmod(mode)

    with pytest.raises(LedgerFatal, match="open to others"):
        load_signer(key_file=tmp_path / "k", origin=ORIGIN)


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    create_key(key_file=tmp_path / "k")

    with pytest.raises(FileExistsError):
        create_key(key_file=tmp_path / "k")


def test_what_is_not_a_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "k").write_text("-----BEGIN PRIVATE KEY-----")
    (tmp_path / "k").chmod(0o600)

    for origin in (ORIGIN, "with space"):
        with pytest.raises(LedgerFatal):
            load_signer(key_file=tmp_path / "k", origin=origin)
