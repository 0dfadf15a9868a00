"""What the tests of labels share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.trace.models.batch import Batch
from tests.conftest import signed_in
from tests.factories import make_authorisation, make_batch
from tests.ledger.flushing import flush_allowed


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_triggers() -> Iterator[None]:
    with flush_allowed():
        yield


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Settings) -> Path:
    """Print files and marks of this test alone."""
    settings.VAR_DIR = tmp_path
    return tmp_path / "files"


@pytest.fixture
def authorisation(makers: Enterprise) -> Authorisation:
    """The maker's right to use the mark, for 2025 to 2027, one tonne a year."""
    return make_authorisation(enterprise=makers)


@pytest.fixture
def batch(authorisation: Authorisation) -> Batch:
    """A released batch of the maker, 100 kg of 2026."""
    return make_batch(authorisation=authorisation)


@pytest.fixture
def browser(maker: Actor) -> Client:
    """The maker's browser."""
    return signed_in(maker)
