"""Partners' systems, each with its token."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from products.access import Actor
from tests.trace.epcis.partner import Partner, token_of


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """Requests are counted for each user, and users of other tests had the same numbers."""
    cache.clear()


@pytest.fixture
def partner(db: None) -> Callable[[Actor], Partner]:
    return lambda actor: Partner(Client(), token_of(actor))
