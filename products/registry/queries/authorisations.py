"""Reads of authorisations: whose they are, and whether the mark may be used."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from products.access import Actor, Level, Role, region_filter
from products.errors import NotFound
from products.registry.errors import AuthorisationInactive
from products.registry.models.authorisation import Authorisation, YearQuota

State = Authorisation.State
# The state an office of each level has to act on.
WAITS_FOR = {
    Level.COUNTY: (State.SUBMITTED,),
    Level.CITY: (State.COUNTY_CHECKED,),
    Level.PROVINCE: (State.CITY_CHECKED, State.PROVINCE_APPROVED),
}


def _whole() -> QuerySet[Authorisation]:
    return Authorisation.objects.select_related("indication", "enterprise", "enterprise__region")


def find_authorisation(*, actor: Actor, code: UUID) -> Authorisation:
    """Raises NotFound for one that is not there or not for this actor's eyes."""
    found = _whole().filter(pk__in=Authorisation.objects.visible_to(actor), code=code).first()
    if found is None:
        raise NotFound(_("没有这项专用标志使用授权，或您无权查看。"))
    return found


def standing(authorisation: Authorisation, *, on: date) -> str:
    """Whether the mark may be used on `on`: `active`, or the key of the reason why not."""
    if authorisation.indication.status == "cancelled":
        return "protection_cancelled"
    if authorisation.state == State.SUSPENDED:
        return "suspended"
    if authorisation.state == State.WITHDRAWN:
        return "withdrawn"
    if authorisation.state != State.ANNOUNCED:
        return "not_announced"
    if on < authorisation.valid_from:
        return "not_yet_valid"
    if on > authorisation.valid_until:
        return "expired"
    return "active"


def _reason(key: str) -> str:
    return {
        "protection_cancelled": _("该地理标志的保护已撤销，不能再使用专用标志。"),
        "suspended": _("专用标志使用已被暂停。请按监管部门的要求整改，恢复后再办理。"),
        "withdrawn": _("专用标志使用资格已被撤销。"),
        "not_announced": _("专用标志使用申请尚未公告，公告后才能使用。"),
        "not_yet_valid": _("所填日期早于授权有效期。请核对生产日期。"),
        "expired": _("所填日期晚于授权有效期。请先办理续展。"),
    }[key]


def require_usable(authorisation: Authorisation, *, on: date) -> None:
    """Raise AuthorisationInactive, with the reason in words, unless the mark may be used on `on`."""
    key = standing(authorisation, on=on)
    if key != "active":
        raise AuthorisationInactive(_reason(key), field="authorisation_code")


def usable_authorisations(*, actor: Actor, on: date) -> QuerySet[Authorisation]:
    """A producer's own authorisations that may be used on `on`."""
    if not actor.is_role(Role.PRODUCER):
        return _whole().none()
    return _whole().filter(
        enterprise__uscc=actor.uscc,
        state=State.ANNOUNCED,
        valid_from__lte=on,
        valid_until__gte=on,
        indication__status="protected",
    )


def own_authorisations(*, actor: Actor) -> QuerySet[Authorisation]:
    """All of a producer's authorisations and applications, or those for an association's indications."""
    if actor.is_role(Role.PRODUCER):
        return _whole().filter(enterprise__uscc=actor.uscc)
    if actor.is_role(Role.ASSOCIATION):
        return _whole().filter(indication__registrant_uscc=actor.uscc)
    return _whole().none()


def pending_applications(*, actor: Actor) -> QuerySet[Authorisation]:
    """What this officer has to act on now, the longest waiting first."""
    if actor.level is None:
        return _whole().none()
    return (
        _whole()
        .filter(region_filter(actor, "enterprise__region_id"), state__in=WAITS_FOR[actor.level])
        .order_by("submitted_at", "pk")
    )


def applications(*, actor: Actor, state: str = "") -> QuerySet[Authorisation]:
    """Every authorisation of the officer's region, in one state if given."""
    found = _whole().filter(region_filter(actor, "enterprise__region_id"))
    if actor.is_role(Role.ADMIN):
        found = _whole()
    known: Q = Q(state=state) if state else Q()
    return found.filter(known)


def quota_of(*, authorisation_id: int, year: int) -> YearQuota | None:
    """The quota of a production year, unlocked: for showing, not for deciding."""
    return YearQuota.objects.filter(authorisation_id=authorisation_id, year=year).first()


def visible_authorisations(*, actor: Actor, state: str = "") -> QuerySet[Authorisation]:
    """Every authorisation the actor may see, in one state if given, with its quotas at hand."""
    found = _whole().filter(pk__in=Authorisation.objects.visible_to(actor)).prefetch_related("quotas")
    return found.filter(state=state) if state else found
