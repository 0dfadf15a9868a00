"""The demonstration's accounts and made-up names; everything that is invented says 演示."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from stdnum.cn import uscc as uscc_number

from products.access import ROLE_SCOPES, Actor, Role
from products.accounts.models.user import User
from products.accounts.services.tokens import issue_token
from products.accounts.services.users import create_user

PROVINCE = "510000"
# Weights of the organisation code's own check character (GB 11714).
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Account:
    """As it stands in var/demo.json."""

    role: str
    username: str
    password: str
    token: str
    enterprise: str
    regions: list[str]


def demo_uscc(number: int, *, county: str, is_coop: bool) -> str:
    """A code with correct check characters; the organisation part 0000#### is given to nobody."""
    body = f"0000{number:04d}"
    total = sum(int(char) * weight for char, weight in zip(body, _WEIGHTS, strict=True))
    check = "0123456789X0"[11 - total % 11]
    head = f"{'93' if is_coop else '91'}{county}{body}{check}"
    return head + uscc_number.calc_check_digit(head)


def make_account(
    role: Role, label: str, username: str, *, uscc: str = "", regions: tuple[str, ...] = (), now: datetime
) -> tuple[Account, Actor]:
    """An account with a password and a token made for this instance alone."""
    password = secrets.token_urlsafe(9)
    user = create_user(
        username=username, password=password, role=role, uscc=uscc, regions=regions, is_demo=True, now=now
    )
    actor = user.as_actor()
    scopes = [scope.value for scope in ROLE_SCOPES[role]]
    _row, token = issue_token(actor=actor, name="演示", scopes=scopes, days=365, now=now)
    return Account(label, username, password, token, uscc, list(regions)), actor


def office(region: str) -> Actor:
    """The office of a region, acting in the demonstration's past; nobody can sign in as it."""
    return Actor(username="demo", role=Role.INSPECTOR, regions=(region,), scopes=ROLE_SCOPES[Role.INSPECTOR])


def maker(uscc: str) -> Actor:
    """A producer acting in the demonstration's past."""
    return Actor(username="demo", role=Role.PRODUCER, uscc=uscc, scopes=ROLE_SCOPES[Role.PRODUCER])


def has_run() -> bool:
    return User.objects.filter(is_demo=True).exists()
