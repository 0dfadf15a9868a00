"""A test with several connections ends with a flush, which the append-only triggers would forbid."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ledger.flushing import flush_allowed


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_triggers() -> Iterator[None]:
    with flush_allowed():
        yield
