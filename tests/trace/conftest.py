"""What the tests of batches share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.adapters.signer import Signer
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.registry.queries.regions import county_index
from tests.factories import make_authorisation
from tests.ledger.flushing import flush_allowed
from tests.trace.own_events import BASE, new_log


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
def authorisation(makers: Enterprise) -> Authorisation:
    """The maker's right to use the mark, for 郫都区 and 2025 to 2027."""
    return make_authorisation(enterprise=makers)


@pytest.fixture
def reports_folder(settings: Any, tmp_path: Path) -> Path:
    """Where the files of reports lie; empty."""
    settings.VAR_DIR = tmp_path
    return tmp_path / "reports"


@pytest.fixture
def base(settings: Any) -> None:
    """A public address, as events of ours name it."""
    settings.BASE_URL = BASE


@pytest.fixture
def signer(db: None, tmp_path: Path) -> Signer:
    """A log of its own, empty."""
    return new_log(tmp_path)
