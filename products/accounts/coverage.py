"""What `ledger_check` compares of accounts and API tokens. An entry names no person, so accounts go by their office."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from products.accounts.models.token import ApiToken
from products.accounts.models.user import User
from products.accounts.services.erasure import ERASED_DIGEST
from products.audit import timestamp
from products.comparing import PORTION, Facts, Found, Promise, Secret, Statement
from products.row_tables import Row, RowTable, nothing_further, pick

_ISSUED: Final = "accounts.token_issued"
_CREATED: Final = "accounts.user_created"
_ERASED: Final = "accounts.person_erased"


def _read_tokens(rows: Sequence[Row]) -> list[Found]:
    return [
        Found(
            subject=TOKENS.subject(row),
            facts=pick(row, "scopes", "expires_at", "created_at", "revoked_at")
            # The hash of the token is as random as a salt, and is one.
            | {
                "digest": Secret(row["digest"].encode(), "", is_erased=_is_erased(row)),
                "owner": Secret(row["digest"].encode(), str(row["user_id"]), is_erased=_is_erased(row)),
            },
        )
        for row in rows
    ]


def _is_erased(row: Row) -> bool:
    """No hash begins so."""
    return bool(row["digest"].startswith(ERASED_DIGEST))


def _fold_token(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    for statement in statements:
        if statement.kind == _ISSUED:
            promise.take(statement, "scopes")
            promise.say(statement, created_at=statement.at, revoked_at=None)
            promise.say(statement, expires_at=_milliseconds(statement.data.get("expires_at")))
            promise.commit(statement, "digest", "owner")
        else:
            # Who erases an account revokes its tokens first.
            promise.say(statement, revoked_at=statement.at, is_erased=True)
    return promise


def _milliseconds(moment: object) -> object:
    """The entry gives microseconds here; compared is what every other time has."""
    try:
        return timestamp(datetime.fromisoformat(moment)) if isinstance(moment, str) else moment
    except ValueError:
        return moment


class UserTable:
    """The accounts of one firm or one office are compared together: as many entries as accounts, each like one."""

    prefixes: tuple[str, ...] = ("uscc", "office")
    kinds: frozenset[str] = frozenset({_CREATED, _ERASED})
    opening = ""

    def count(self) -> int:
        return User.objects.count()

    def portions(self) -> Iterator[list[Found]]:
        last = ""
        while usccs := list(self._usccs().filter(uscc__gt=last)[:PORTION]):
            last = usccs[-1]
            yield _by_organisation(User.objects.filter(uscc__in=usccs))
        # Officers of one province: few enough to hold at once.
        offices = _by_organisation(User.objects.filter(uscc=""))
        for start in range(0, len(offices), PORTION):
            yield offices[start : start + PORTION]

    def find(self, subjects: Sequence[str]) -> list[Found]:
        usccs = [subject.removeprefix("uscc:") for subject in subjects if subject.startswith("uscc:")]
        found = _by_organisation(User.objects.filter(uscc__in=usccs)) if usccs else []
        if len(usccs) < len(subjects):
            found += _by_organisation(User.objects.filter(uscc=""))
        return [each for each in found if each.subject in set(subjects)]

    def existing(self, subjects: Sequence[str]) -> set[str]:
        return {found.subject for found in self.find(subjects)}

    def fold(self, statements: Sequence[Statement]) -> Promise:
        promise = Promise()
        for statement in statements:
            # The account stays, without its person.
            if statement.kind == _CREATED:
                promise.add("account", statement, "role", "regions", date_joined=statement.at)
        return promise

    def further(self, found: Found, statements: Sequence[Statement]) -> Iterator[str]:
        return nothing_further(found, statements)

    def _usccs(self) -> QuerySet[User, str]:
        return User.objects.exclude(uscc="").order_by("uscc").values_list("uscc", flat=True).distinct()


def _by_organisation(users: QuerySet[User]) -> list[Found]:
    accounts: dict[str, list[Facts]] = defaultdict(list)
    rows: Iterable[tuple[str, list[str], str, datetime]] = users.order_by("pk").values_list(
        "uscc", "regions", "role", "date_joined"
    )
    for uscc, regions, role, joined in rows:
        subject = f"uscc:{uscc}" if uscc else f"office:{regions[0] if regions else 'platform'}"
        accounts[subject].append({"role": role, "regions": regions, "date_joined": timestamp(joined)})
    return [Found(subject=subject, facts={}, children={"account": found}) for subject, found in accounts.items()]


USERS: Final = UserTable()
TOKENS: Final = RowTable(
    model=ApiToken,
    prefix="token",
    key="code",
    columns=("scopes", "expires_at", "created_at", "revoked_at", "digest", "user_id"),
    kinds=frozenset({_ISSUED, "accounts.token_revoked"}),
    opening=_ISSUED,
    read=_read_tokens,
    fold=_fold_token,
)
