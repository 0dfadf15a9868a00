"""After an erasure and its finishing step nothing of the values, salts and ciphertexts is left in the database."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.erasure.searching import database_files, in_columns, in_files, in_statistics
from tests.erasure.world import World


def _analyse() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def test_no_file_and_no_column_of_the_database_holds_what_was_erased(
    world: World, much_later: object, tmp_path: Path
) -> None:
    wanted = world.markers | world.secrets
    _analyse()
    # The search itself works: all but the contact, which is encrypted, stand there before.
    in_clear = {name for name in wanted if name != "CONTACT"}
    assert {found.split(": ")[1] for found in in_columns(wanted)} == in_clear
    assert in_files(wanted) == in_clear

    world.erase_all(tmp_path / "erasure.journal")
    assert in_columns(wanted) == set()

    call_command("erase_person", "--finish")
    assert in_files(wanted) == set()
    assert in_columns(wanted) == set()
    if connection.vendor == "postgresql":
        assert in_statistics(wanted) == set()


def test_the_journal_holds_identifiers_only(world: World, much_later: object, tmp_path: Path) -> None:
    journal = tmp_path / "erasure.journal"
    world.erase_all(journal)

    content = journal.read_bytes()
    assert [name for name, secret in (world.markers | world.secrets).items() if secret in content] == []
    assert len(content.splitlines()) == len(world.everything())
    assert journal.stat().st_mode & 0o777 == 0o600


def test_finishing_beside_a_reader_says_that_it_could_not(world: World, much_later: object, tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a file with a write-ahead log beside it is SQLite's")
    world.erase_all(tmp_path / "erasure.journal")
    connection.connect()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 100")
    reader = sqlite3.connect(database_files()[0])
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM products_complaint").fetchone()

    with pytest.raises(CommandError, match="another process"):
        call_command("erase_person", "--finish")

    reader.close()
    call_command("erase_person", "--finish")
    assert in_files(world.markers | world.secrets) == set()


def test_finishing_beside_an_older_transaction_says_that_it_could_not(
    world: World, much_later: object, tmp_path: Path
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL keeps a deleted row for those who began before")
    reader = connection.copy()
    with reader.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT count(*) FROM products_complaint")
    world.erase_all(tmp_path / "erasure.journal")

    with pytest.raises(CommandError, match="another transaction"):
        call_command("erase_person", "--finish")

    reader.close()
    call_command("erase_person", "--finish")
    assert in_files(world.markers | world.secrets) == set()
