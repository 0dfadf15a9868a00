"""What the tests of scans share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from products.scans.services import visitors


@pytest.fixture(autouse=True)
def _fresh_salts() -> Iterator[None]:
    """A process keeps the day's salt; the database of one test knows nothing of another's."""
    visitors._salts.clear()
    yield
    visitors._salts.clear()
