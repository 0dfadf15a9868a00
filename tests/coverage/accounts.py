"""Accounts and tokens of the small world."""

from __future__ import annotations

from products.access import Role
from products.accounts.services.tokens import issue_token, revoke_token
from products.accounts.services.users import create_user
from tests.coverage.cast import USCCS, later
from tests.factories import PIDU


def make_accounts() -> None:
    """Two producers of one firm, two officers of one office, a token of each kind of fate."""
    for name, uscc, regions in (
        ("p1", USCCS[0], ()),
        ("p2", USCCS[0], ()),
        ("o1", "", (PIDU,)),
        ("o2", "", (PIDU, "510131")),
    ):
        role = Role.PRODUCER if uscc else Role.INSPECTOR
        user = create_user(
            username=name, password="a long enough one", role=role, uscc=uscc, regions=regions, now=later(len(name))
        )
        token, _plain = issue_token(actor=user.as_actor(), name="API", scopes=["read"], days=30, now=later(3))
        if name == "p2":
            revoke_token(actor=user.as_actor(), code=token.code, now=later(4))
