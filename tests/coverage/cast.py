"""Who acts in the small world, and when."""

from __future__ import annotations

from datetime import datetime, timedelta

from products.access import ROLE_SCOPES, Actor, Role
from tests import factories
from tests.factories import NOW, PIDU

# Codes stand in what is compared: fixed ones keep the tests' ids and their words the same.
_SECOND = factories.uscc(7002)
# The second is an early one whose last character fails the check.
USCCS = (factories.uscc(7001), _SECOND[:-1] + ("0" if _SECOND[-1] != "0" else "1"))
ASSOCIATION = factories.uscc(7009)
PHONE = "13900000000"
UNKNOWN_CODE = "GZZZZZZ0000100000000"


def later(minutes: int) -> datetime:
    """Every act has its own minute, with microseconds that entries do not keep."""
    return NOW + timedelta(minutes=minutes, microseconds=321)


def maker(number: int) -> Actor:
    return Actor(username="maker", role=Role.PRODUCER, uscc=USCCS[number], scopes=ROLE_SCOPES[Role.PRODUCER])


def office(region: str) -> Actor:
    return Actor(username="officer", role=Role.INSPECTOR, regions=(region,), scopes=ROLE_SCOPES[Role.INSPECTOR])


COUNTY, CITY, PROVINCE = office(PIDU), office("510100"), office("510000")
