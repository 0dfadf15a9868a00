"""What the tests of the comparison share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from products.registry.queries.regions import county_index


@pytest.fixture(autouse=True)
def _fresh_boundaries() -> Iterator[None]:
    """The index of boundaries is kept for a process; other tests load other boundaries."""
    county_index.cache_clear()
    yield
    county_index.cache_clear()
