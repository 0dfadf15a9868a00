"""The queue: in the caller's transaction or not at all."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from django.db import connection, transaction

from ledger.adapters.signer import Signer
from ledger.errors import EntryRefused
from ledger.models import Entry
from ledger.queries import entries_of, entries_of_subjects, queue_length
from ledger.services.entries import MAX_BODY_BYTES, enqueue, enqueue_many
from ledger.services.sequencing import sequence_batch
from ledger.verifier.merkle import leaf_hash
from tests.ledger.helpers import NOW, findings, queue, statement


@pytest.mark.django_db
def test_a_queued_entry_has_its_hash_and_no_index() -> None:
    with transaction.atomic():
        enqueue(kind="a.b", subject="s:1", body=b"{}", now=NOW)

    row = Entry.objects.get()
    assert (bytes(row.body), bytes(row.leaf_hash), row.queued_at) == (b"{}", leaf_hash(b"{}"), NOW)
    assert [(line.queue_id, line.index) for line in entries_of("s:1")] == [(row.pk, None)]
    assert queue_length() == 1


@pytest.mark.django_db
def test_a_rolled_back_caller_takes_its_entry_along() -> None:
    def fail_after_queueing() -> None:
        with transaction.atomic():
            enqueue(kind="a.b", subject="s:1", body=b"{}", now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_queueing()

    assert queue_length() == 0


@pytest.mark.django_db
def test_many_keep_their_order() -> None:
    numbers = queue(2_500)

    assert numbers == sorted(numbers)
    assert [bytes(Entry.objects.get(pk=numbers[at]).body) for at in (0, 2_499)] == [
        statement(0).body,
        statement(2_499).body,
    ]
    with transaction.atomic():
        enqueue_many([], NOW)
    assert queue_length() == 2_500


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "subject", "body"),
    [
        ("a.b", "s", b""),
        ("a.b", "s", b"x" * (MAX_BODY_BYTES + 1)),
        ("", "s", b"x"),
        ("k" * 65, "s", b"x"),
        ("a.b", "", b"x"),
        ("a.b", "s" * 201, b"x"),
    ],
)
def test_what_cannot_be_an_entry_is_refused(kind: str, subject: str, body: bytes) -> None:
    with pytest.raises(EntryRefused), transaction.atomic():
        enqueue(kind=kind, subject=subject, body=body, now=NOW)

    assert queue_length() == 0


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_nothing_is_queued() -> None:
    with pytest.raises(EntryRefused):
        enqueue(kind="a.b", subject="s:1", body=b"{}", now=NOW)

    assert queue_length() == 0


@pytest.mark.django_db
def test_the_entries_of_subjects_are_found_in_order(signer: Signer) -> None:
    queue(20)
    sequence_batch(signer=signer, now=NOW, limit=10)

    lines = entries_of("batch:3")

    assert [line.index for line in lines] == [3, None, None]
    assert {(line.kind, line.subject, line.at) for line in lines} == {("trace.batch_opened", "batch:3", NOW)}
    both = entries_of_subjects(["batch:4", "batch:3", "batch:4", "nobody"])
    assert [line.queue_id for line in both] == sorted(line.queue_id for line in both)
    assert len(both) == 6
    assert entries_of_subjects([f"none:{number}" for number in range(2_000)]) == []


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_commits_late_is_sequenced_late(signer: Signer) -> None:
    """The lower queue id commits after the higher one was sequenced; only PostgreSQL lets writers overlap."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    has_queued, may_commit = Event(), Event()

    def slow_writer() -> None:
        with transaction.atomic():
            enqueue(kind="a.b", subject="slow", body=b"slow", now=NOW)
            has_queued.set()
            may_commit.wait(10)
        connection.close()

    writer = Thread(target=slow_writer)
    writer.start()
    has_queued.wait(10)
    with transaction.atomic():
        enqueue(kind="a.b", subject="quick", body=b"quick", now=NOW)
    assert sequence_batch(signer=signer, now=NOW).size == 1
    may_commit.set()
    writer.join()
    assert sequence_batch(signer=signer, now=NOW).size == 2

    (slow,), (quick,) = entries_of("slow"), entries_of("quick")
    assert slow.queue_id < quick.queue_id
    assert (slow.index, quick.index) == (1, 0)
    assert findings(signer) == []
