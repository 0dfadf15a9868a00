"""The cast: fixed people and organisations, so that an access test reads as a sentence."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest


@pytest.fixture
def now() -> datetime:
    """Noon in Chengdu, 2026-11-23."""
    return datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
