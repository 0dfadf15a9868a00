"""Which part of the province a reader of the authority's pages sees."""

from __future__ import annotations

from django.db.models import Q

from products.access import Actor, Role, region_filter
from products.registry.models.region import Region


def within(actor: Actor, field: str) -> Q:
    """A condition on `field` (a GB/T 2260 code): the actor's regions, everything for the platform, else nothing."""
    if actor.is_role(Role.ADMIN):
        return Q()
    if actor.is_role(Role.INSPECTOR, Role.AUDITOR):
        return region_filter(actor, field)
    return Q(pk__in=[])


def target_prefixes(actor: Actor) -> tuple[str, ...]:
    """The regions whose part of a target the actor is shown; empty means the whole province.

    The targets are public: only an office of a county or city sees its own part.
    """
    if not actor.is_role(Role.INSPECTOR, Role.AUDITOR):
        return ()
    return () if any(len(prefix) <= 2 for prefix in actor.prefixes) else actor.prefixes


def region_names(actor: Actor) -> list[Region]:
    """The regions an office or auditor answers for."""
    return list(Region.objects.filter(code__in=actor.regions))
