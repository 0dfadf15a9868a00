"""What the tests of scans share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from products.scans.services import visitors
from tests.ledger.flushing import flush_allowed


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_triggers() -> Iterator[None]:
    with flush_allowed():
        yield


@pytest.fixture(autouse=True)
def _fresh_allowance() -> None:
    """The API's limits count what this process asked for, tests included."""
    cache.clear()


@pytest.fixture(autouse=True)
def _fresh_salts() -> Iterator[None]:
    """A process keeps the day's salt; the database of one test knows nothing of another's."""
    visitors._salts.clear()
    yield
    visitors._salts.clear()
