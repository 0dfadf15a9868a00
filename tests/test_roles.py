"""The PostgreSQL roles of docs/operations.md: enough to work, not enough to rewrite."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

PAGE = Path(settings.BASE_DIR) / "docs" / "operations.md"
NAME = f"gi_roles_{os.getpid()}"

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no roles")


def documented() -> str:
    """The statements of the page; roles belong to the whole server, so this test's get names of their own."""
    section = PAGE.read_text(encoding="utf-8").split("## PostgreSQL", 1)[1].split("\n## ", 1)[0]
    found = re.search(r"```sql\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1].replace("gi_owner", f"{NAME}_owner").replace("gi_web", f"{NAME}_web")


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A database migrated by the owner, with the documented roles; its address."""
    import psycopg

    server = os.environ["DATABASE_URL"]
    address = urlunsplit(urlsplit(server)._replace(path=f"/{NAME}"))
    with psycopg.connect(server, autocommit=True) as session:
        session.execute(f'CREATE DATABASE "{NAME}"'.encode())
    try:
        with psycopg.connect(address, autocommit=True) as session:
            session.execute(documented().encode())
        environment = os.environ | {"DATABASE_URL": address, "PGOPTIONS": f"-c role={NAME}_owner"}
        command = [sys.executable, "manage.py", "migrate", "--skip-checks", "-v0"]
        subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True, capture_output=True)
        yield address
    finally:
        with psycopg.connect(server, autocommit=True) as session:
            session.execute(f'DROP DATABASE "{NAME}" WITH (FORCE)'.encode())
            for role in ("web", "owner"):
                session.execute(f'DROP ROLE IF EXISTS "{NAME}_{role}"'.encode())


def test_the_web_role_can_run_the_log(database: str, tmp_path: Path) -> None:
    environment = os.environ | {
        "DATABASE_URL": database,
        "PGOPTIONS": f"-c role={NAME}_web",
        "GI_TRACE_LEDGER_KEY_FILE": str(tmp_path / "ledger.key"),
    }
    for command in (
        ["ledger_init"],
        ["shell", "-c", ENQUEUE],
        ["ledger_run", "--once"],
        ["epcis_events", "--once"],
        ["ledger_check", "--log-only"],
    ):
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout == "clean\n"


ENQUEUE = """
from datetime import datetime, UTC
from django.db import transaction
from ledger.services.entries import enqueue
with transaction.atomic():
    enqueue(kind="a.b", subject="s:1", body=b"{}", now=datetime.now(UTC))
"""


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER ledger_entry_update ON ledger_entry",
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        "ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_update",
        "SET session_replication_role = replica",
        "TRUNCATE ledger_checkpoint",
        "DROP TABLE ledger_entry CASCADE",
        "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TABLE ledger_other (id int)",
        "ALTER TABLE products_batchstep DISABLE TRIGGER ALL",
    ],
)
def test_the_web_role_cannot_get_past_the_triggers(database: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(database) as session:
        session.execute(f'SET ROLE "{NAME}_web"'.encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(statement.encode())
