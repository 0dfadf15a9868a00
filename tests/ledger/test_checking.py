"""Tampering with every column of every table, and whether ledger_check says so; and the triggers that forbid it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from ledger.adapters.signer import Signer, load_signer
from ledger.models import Checkpoint, Entry, Head, LogKey, Span, Tile, Waiting
from ledger.services.checking.entries import read_entries
from ledger.services.triggers import missing_triggers
from ledger.spans import id_at
from ledger.verifier.checkpoint import CheckpointText
from ledger.verifier.merkle import leaf_hash
from tests.ledger.flushing import triggers_lifted
from tests.ledger.helpers import NOW, filled, findings, queue

LATER = NOW.replace(year=2027)
TAMPERINGS: dict[str, tuple[str, dict[str, Any], str]] = {
    "entry body": ("entry", {"body": b"{}"}, "entry 5: its body hashes"),
    "entry body and hash": ("entry", {"body": b"{}", "leaf_hash": leaf_hash(b"{}")}, "tile 0/0"),
    "entry hash": ("entry", {"leaf_hash": b"\1" * 32}, "entry 5: its body hashes"),
    "entry kind": ("entry", {"kind": "other.kind"}, "entry 5: it is filed under the kind 'other.kind'"),
    "entry subject": ("entry", {"subject": "batch:99"}, "entry 5: it is filed under the subject 'batch:99'"),
    "entry time": ("entry", {"queued_at": LATER}, "entry 5: it is filed under 2027"),
    "entry place": ("entry", {"id": 10**12}, "entry 5: it is missing"),
    "span index": ("span", {"first_index": 260}, "log: the places of its entries have a hole or overlap at entry 260"),
    "span id": ("span", {"first_id": F("first_id") + 9}, "entry 298: it is missing"),
    "span count": ("span", {"count": 49}, "log: 306 entries have a place, 307 were signed"),
    "span overlap": ("span", {"first_id": F("first_id") - 9}, "log: queue id"),
    "key in force": ("logkey", {"from_size": 5}, "checkpoint 0: it is signed by no key"),
    "tile hashes": ("tile", {"hashes": b"\1" * 8192}, "tile 0/0: it does not hold"),
    "tile cut": ("tile", {"hashes": b"\1" * 32}, "tile 0/0: it does not hold"),
    "tile place": ("tile", {"number": 9}, "tile 0/0: it is missing"),
    "checkpoint root": ("checkpoint", {"root": b"\1" * 32}, "checkpoint 257: its root"),
    "checkpoint size": ("checkpoint", {"size": 258}, "checkpoint 258"),
    "checkpoint note": ("checkpoint", {"note": b"x"}, "checkpoint 257: its note does not verify"),
    "head size": ("head", {"size": 256}, "entry 256: it lies beyond"),
    "head root": ("head", {"root": b"\1" * 32}, "log: no checkpoint"),
    "head origin": ("head", {"origin": "other.example"}, "log: it names"),
}


def tamper(table: str, change: dict[str, Any]) -> None:
    rows = {
        "entry": Entry.objects.filter(pk=id_at(5) or 0),
        "span": Span.objects.filter(first_index=257),
        "logkey": LogKey.objects.all(),
        "tile": Tile.objects.filter(level=0, number=0),
        "checkpoint": Checkpoint.objects.filter(size=257),
        "head": Head.objects.all(),
    }[table]
    with triggers_lifted():
        assert rows.update(**change) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found(signer: Signer, name: str) -> None:
    table, change, expected = TAMPERINGS[name]
    filled(signer, 257, 50)
    assert findings(signer) == []

    tamper(table, change)

    found = findings(signer)
    assert any(text.startswith(expected) for text in found), found


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Entry, Span, Tile, Checkpoint, Head, LogKey])
def test_deletion_is_found(signer: Signer, model: Any) -> None:
    filled(signer, 257, 50)

    with triggers_lifted():
        model.objects.order_by("-pk").first().delete()

    assert findings(signer) != []


@pytest.mark.django_db
def test_one_changed_entry_is_reported_once(signer: Signer) -> None:
    filled(signer, 257, 50)

    tamper("entry", {"body": b"{}"})

    assert len(findings(signer)) == 1


@pytest.mark.django_db
def test_a_queued_entry_is_checked_too(signer: Signer) -> None:
    filled(signer, 3)
    queue(2, first=3)
    with triggers_lifted():
        Entry.objects.filter(pk__in=Waiting.objects.values("pk")).update(body=b"{}")

    assert len(findings(signer)) == 2


@pytest.mark.django_db
def test_a_history_signed_anew_by_another_key_is_found(signer: Signer, tmp_path: Path) -> None:
    from ledger.adapters.signer import create_key

    filled(signer, 3)
    create_key(key_file=tmp_path / "thief")
    thief = load_signer(key_file=tmp_path / "thief", origin=signer.origin)
    with triggers_lifted():
        Head.objects.update(vkey=str(thief.vkey))
        LogKey.objects.update(vkey=str(thief.vkey))
        for row in Checkpoint.objects.all():
            text = CheckpointText(origin=signer.origin, size=row.size, root=bytes(row.root))
            Checkpoint.objects.filter(pk=row.pk).update(note=thief.sign(text))

    assert findings(thief) == []
    assert any("the key file holds" in text for text in findings(signer))


@pytest.mark.django_db
def test_a_missing_trigger_is_found(signer: Signer) -> None:
    assert missing_triggers() == []

    with connection.cursor() as cursor:
        table = " ON ledger_tile" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER ledger_tile_delete{table}")

    assert findings(signer) == ["database: the trigger ledger_tile_delete is missing"]


REFUSED = {
    "an entry's body": "UPDATE ledger_entry SET body = leaf_hash",
    "an entry's kind": "UPDATE ledger_entry SET kind = 'x'",
    "an entry's subject": "UPDATE ledger_entry SET subject = 'x'",
    "an entry's hash": "UPDATE ledger_entry SET leaf_hash = body",
    "an entry's queue time": "UPDATE ledger_entry SET queued_at = (SELECT max(signed_at) FROM ledger_checkpoint)",
    "an entry's queue id": "UPDATE ledger_entry SET id = id + 1000",
    "an entry": "DELETE FROM ledger_entry",
    "a place in the queue": "UPDATE ledger_waiting SET entry_id = 0",
    "an entry's index": "UPDATE ledger_span SET first_index = first_index + 1000",
    "an entry's index taken away": "DELETE FROM ledger_span",
    "a key of the log": "UPDATE ledger_logkey SET vkey = 'x'",
    "a key forgotten": "DELETE FROM ledger_logkey",
    "a tile's place": "UPDATE ledger_tile SET number = number + 1",
    "a tile's hashes": "UPDATE ledger_tile SET hashes = (SELECT root FROM ledger_head)",
    "a tile": "DELETE FROM ledger_tile",
    "a checkpoint's root": "UPDATE ledger_checkpoint SET root = note",
    "a checkpoint's size": "UPDATE ledger_checkpoint SET size = size + 1000",
    "a checkpoint's time": "UPDATE ledger_checkpoint SET signed_at = NULL",
    "a checkpoint": "DELETE FROM ledger_checkpoint",
    "the log's size": "UPDATE ledger_head SET size = size - 1",
    "the log's root": "UPDATE ledger_head SET root = (SELECT hashes FROM ledger_tile LIMIT 1)",
    "the log's key": "UPDATE ledger_head SET vkey = 'x'",
    "the log": "DELETE FROM ledger_head",
}
TRUNCATIONS = [
    f"TRUNCATE ledger_{table}" for table in ("entry", "span", "waiting", "tile", "checkpoint", "head", "logkey")
]


@pytest.mark.django_db
@pytest.mark.parametrize("statement", [*REFUSED.values(), *TRUNCATIONS])
def test_evidence_is_append_only(signer: Signer, statement: str) -> None:
    if statement.startswith("TRUNCATE") and connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    filled(signer, 3)
    queue(1, first=3)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert findings(signer) == []


@pytest.mark.django_db
def test_the_command_lists_what_differs(signer: Signer) -> None:
    filled(signer, 30)
    out, err = io.StringIO(), io.StringIO()
    call_command("ledger_check", log_only=True, stdout=out, stderr=err)
    assert out.getvalue() == "clean\n"

    tamper("entry", {"subject": "batch:99"})
    with pytest.raises(SystemExit) as caught:
        call_command("ledger_check", log_only=True, stdout=out, stderr=err)

    assert caught.value.code == 1
    assert "entry 5: it is filed under the subject 'batch:99', but says 'batch:5'" in out.getvalue()
    assert "30 of 30 entries" in err.getvalue()


@pytest.mark.django_db
def test_the_check_holds_few_entries_at_a_time(signer: Signer) -> None:
    filled(signer, 100, 4_900)

    sizes = [len(stretch.bodies) for stretch in read_entries(50, 4_950)]

    assert sum(sizes) == 4_900
    assert max(sizes) <= 2_048


@pytest.mark.django_db
def test_a_table_of_keys_that_the_entries_do_not_announce_is_found(signer: Signer) -> None:
    filled(signer, 5)
    with triggers_lifted():
        LogKey.objects.update(until_size=5)
        LogKey.objects.create(vkey=str(signer.vkey).replace("+A", "+B"), from_size=5, created_at=NOW)

    found = findings(signer)

    assert any("is not the one in force by the table of keys" in text for text in found), found
    assert any("no entry announces the key" in text for text in found), found
