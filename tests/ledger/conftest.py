"""A log of one's own for each test: fresh key, fresh origin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from ledger.adapters.signer import Signer, load_signer
from ledger.services.creation import create_log
from tests.ledger.flushing import flush_allowed

ORIGIN = "log.example/gi"


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_triggers() -> Iterator[None]:
    with flush_allowed():
        yield


@pytest.fixture
def key_file(tmp_path: Path, settings: Settings) -> Path:
    settings.LEDGER_KEY_FILE = tmp_path / "keys" / "ledger.key"
    settings.LEDGER_ORIGIN = ORIGIN
    return tmp_path / "keys" / "ledger.key"


@pytest.fixture
def signer(db: None, key_file: Path, now: datetime) -> Signer:
    """The signer of a log just created."""
    create_log(key_file=key_file, origin=ORIGIN, now=now)
    return load_signer(key_file=key_file, origin=ORIGIN)
