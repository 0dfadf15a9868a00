"""A log, a world with one person all over it, and the day on which everything may be erased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from pytest_django import Settings

from ledger.adapters.signer import Signer, load_signer
from ledger.services.creation import create_log
from products.registry.queries.regions import county_index
from tests.erasure.world import World, make_world
from tests.factories import NOW

# Past every retention period of the world's batches.
MUCH_LATER = datetime(2029, 6, 1, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh_boundaries() -> Iterator[None]:
    """The index of boundaries is kept for a process; other tests load other boundaries."""
    county_index.cache_clear()
    yield
    county_index.cache_clear()


@pytest.fixture
def signer(transactional_db: None, tmp_path: Path, settings: Settings) -> Signer:
    settings.LEDGER_KEY_FILE = tmp_path / "keys" / "ledger.key"
    settings.LEDGER_ORIGIN = "log.example/erasure"
    create_log(key_file=settings.LEDGER_KEY_FILE, origin=settings.LEDGER_ORIGIN, now=NOW)
    return load_signer(key_file=settings.LEDGER_KEY_FILE, origin=settings.LEDGER_ORIGIN)


@pytest.fixture
def world(signer: Signer) -> World:
    return make_world(signer)


@pytest.fixture
def much_later() -> Iterator[datetime]:
    with time_machine.travel(MUCH_LATER, tick=True):
        yield MUCH_LATER
