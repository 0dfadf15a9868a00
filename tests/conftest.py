"""The cast: fixed people and organisations, so that an access test reads as a sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.conf import settings
from django.test import Client
from django.utils import translation

from products.access import Actor, Role
from products.accounts.models.user import User
from products.crypto import create_secret
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.scans.story import STORIES
from tests import factories
from tests.factories import CUIPING, PIDU
from tests.ledger.flushing import flush_allowed


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is the same on every database is looked at once."""
    if os.environ.get("TEST_DATABASE") != "postgres":
        return
    once = [item for item in items if item.get_closest_marker("same_everywhere")]
    items[:] = [item for item in items if not item.get_closest_marker("same_everywhere")]
    config.hook.pytest_deselected(items=once)


@pytest.fixture(scope="session", autouse=True)
def _secrets() -> None:
    create_secret(settings.FIELD_KEYS_FILE, Fernet.generate_key().decode())


@pytest.fixture(scope="session", autouse=True)
def _flushing() -> Iterator[None]:
    """Tests with real transactions empty the tables afterwards, which the evidence tables' triggers forbid to all others."""
    with flush_allowed():
        yield


@pytest.fixture(autouse=True)
def _clock(request: pytest.FixtureRequest) -> Iterator[None]:
    """Views read the clock themselves: theirs starts at `now`, so that no test comes of age.

    Not where other processes with clocks of their own take part.
    """
    if {"ledger", "e2e", "bench"} & set(request.path.parts):
        yield
        return
    with time_machine.travel(factories.NOW, tick=True):
        yield


@pytest.fixture(autouse=True)
def _stories() -> None:
    """Rows of the test before are gone; nothing said so."""
    STORIES.forget()


@pytest.fixture(autouse=True)
def _language() -> None:
    """A request in English leaves its language behind in the thread; the next request would choose its own."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def now() -> datetime:
    """Noon in Chengdu, 2026-11-23."""
    return factories.NOW


@pytest.fixture
def regions(db: None) -> None:
    factories.make_regions()


@pytest.fixture
def makers(regions: None) -> Enterprise:
    """The maker's enterprise, in 郫都区."""
    return factories.make_enterprise()


@pytest.fixture
def maker(makers: Enterprise) -> Actor:
    """A producer with an enterprise of its own."""
    return factories.make_user(Role.PRODUCER, organisation=makers.uscc)


@pytest.fixture
def rival(regions: None) -> Actor:
    """A producer of another enterprise in the same county."""
    return factories.make_user(Role.PRODUCER, organisation=factories.make_enterprise().uscc)


@pytest.fixture
def registrants_indication(regions: None) -> Indication:
    """A name whose registrant is the association of the cast."""
    return factories.make_indication(registrant_uscc=factories.uscc(9001), registrant_name="郫县豆瓣协会")


@pytest.fixture
def association(registrants_indication: Indication) -> Actor:
    return factories.make_user(Role.ASSOCIATION, organisation=registrants_indication.registrant_uscc)


@pytest.fixture
def officer_north(regions: None) -> Actor:
    """The county office of 郫都区, where the maker is."""
    return factories.make_user(Role.INSPECTOR, regions=(PIDU,))


@pytest.fixture
def officer_south(regions: None) -> Actor:
    """The county office of 翠屏区, where the maker is not."""
    return factories.make_user(Role.INSPECTOR, regions=(CUIPING,))


@pytest.fixture
def officer_city(regions: None) -> Actor:
    """The city office of 成都市."""
    return factories.make_user(Role.INSPECTOR, regions=("510100",))


@pytest.fixture
def province(regions: None) -> Actor:
    return factories.make_user(Role.INSPECTOR, regions=("510000",))


@pytest.fixture
def auditor(regions: None) -> Actor:
    return factories.make_user(Role.AUDITOR, regions=("510000",))


@pytest.fixture
def admin_actor(regions: None) -> Actor:
    return factories.make_user(Role.ADMIN)


def signed_in(actor: Actor) -> Client:
    """A browser of this person."""
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id or 0))
    return client
