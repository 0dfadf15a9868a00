"""Who is asking, and what part of the province they answer for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q
from django.utils.translation import gettext as _

from products.errors import Forbidden


class Role(StrEnum):
    """What a person does here. One person has one role."""

    PRODUCER = "producer"
    ASSOCIATION = "association"
    INSPECTOR = "inspector"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Scope(StrEnum):
    """What an API token may be used for; a session has the scopes of its role."""

    READ = "read"
    BATCHES = "batches:write"
    LABELS = "labels:write"
    REGISTRY = "registry:write"
    OVERSIGHT = "oversight:write"
    ACCOUNTS = "accounts:write"


ROLE_SCOPES: dict[Role, frozenset[Scope]] = {
    Role.PRODUCER: frozenset({Scope.READ, Scope.BATCHES, Scope.LABELS, Scope.REGISTRY}),
    Role.ASSOCIATION: frozenset({Scope.READ, Scope.REGISTRY}),
    Role.INSPECTOR: frozenset({Scope.READ, Scope.REGISTRY, Scope.OVERSIGHT}),
    Role.AUDITOR: frozenset({Scope.READ}),
    Role.ADMIN: frozenset({Scope.READ, Scope.REGISTRY, Scope.ACCOUNTS}),
}


class Level(StrEnum):
    """The three levels of a market regulation office."""

    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"


def region_prefix(code: str) -> str:
    """The significant digits of a GB/T 2260 code: 510000 -> 51, 510100 -> 5101, 510104 -> 510104."""
    if code.endswith("0000"):
        return code[:2]
    if code.endswith("00"):
        return code[:4]
    return code


@dataclass(frozen=True)
class Actor:
    """Somebody acting, or nobody: the empty Actor sees nothing and may do nothing.

    `uscc` is the organisation a producer or association acts for; `regions` are the GB/T 2260
    codes an office or auditor answers for; `scopes` are what this session or token may be used for.
    """

    user_id: int | None = None
    username: str = ""
    role: Role | None = None
    uscc: str = ""
    regions: tuple[str, ...] = ()
    scopes: frozenset[Scope] = frozenset()

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Region prefixes, the widest first; empty means no region at all, never all of them."""
        return tuple(sorted((region_prefix(code) for code in self.regions), key=len))

    @property
    def level(self) -> Level | None:
        """The level of an inspector's office, from its widest region."""
        if self.role is not Role.INSPECTOR or not self.regions:
            return None
        return {2: Level.PROVINCE, 4: Level.CITY}.get(len(self.prefixes[0]), Level.COUNTY)

    @property
    def ledger_name(self) -> str:
        """How the ledger names the actor: an organisation or an office, never a person."""
        if self.uscc:
            return f"uscc:{self.uscc}"
        return f"office:{self.regions[0]}" if self.regions else "office:platform"

    def is_role(self, *roles: Role) -> bool:
        return self.role in roles

    def covers(self, region_code: str) -> bool:
        """Whether `region_code` (GB/T 2260) lies in the regions the actor answers for."""
        return any(region_code.startswith(prefix) for prefix in self.prefixes)


NOBODY = Actor()


def region_filter(actor: Actor, field: str) -> Q:
    """A condition that `field` (a GB/T 2260 code) lies in the actor's regions; no regions match nothing."""
    if field.endswith("_id"):
        # Django compares a foreign key only as a whole; its target's code is the same column.
        field = f"{field.removesuffix('_id')}__code"
    condition = Q(pk__in=[])
    for prefix in actor.prefixes:
        condition |= Q(**{f"{field}__startswith": prefix})
    return condition


def require_scope(actor: Actor, scope: Scope, *roles: Role) -> None:
    """Raise Forbidden unless the actor has the scope, and one of the roles where any are given."""
    if scope not in actor.scopes:
        raise Forbidden(_("当前登录或令牌没有“%(scope)s”权限。") % {"scope": scope.value})
    if roles and not actor.is_role(*roles):
        raise Forbidden(_("您的角色不能做这件事。"))
