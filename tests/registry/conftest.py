"""What the tests of the register share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from products.access import Actor, Role
from products.registry.models.indication import Indication
from products.registry.queries.regions import county_index
from tests.factories import make_indication, make_user
from tests.ledger.flushing import flush_allowed


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_triggers() -> Iterator[None]:
    with flush_allowed():
        yield


@pytest.fixture(autouse=True)
def _fresh_boundaries() -> Iterator[None]:
    """The index of boundaries is kept for a process; other tests load other boundaries."""
    county_index.cache_clear()
    yield
    county_index.cache_clear()


@pytest.fixture
def indication(regions: None) -> Indication:
    """A name protected in 郫都区 alone."""
    return make_indication()


@pytest.fixture
def officer_yibin(regions: None) -> Actor:
    """The city office of 宜宾市, where the maker is not."""
    return make_user(Role.INSPECTOR, regions=("511500",))
