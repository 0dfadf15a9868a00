"""Reads of standards' versions: their drafts, what waits for an office, what is public."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from products.access import Actor, Level, Role
from products.errors import NotFound
from products.registry.models.indication import Indication
from products.registry.models.region import Region
from products.registry.models.standard import Standard, StandardVersion
from products.registry.models.version_record import VersionRecord, VersionStep

State = VersionRecord.State
REVIEW_LEVELS = (Level.CITY, Level.PROVINCE)


def in_order(versions: Iterable[StandardVersion]) -> list[StandardVersion]:
    """The oldest first; an unknown beginning counts as the earliest."""
    return sorted(versions, key=lambda row: (row.effective_from or date.min, row.pk))


def last_version(standard: Standard) -> StandardVersion | None:
    versions = in_order(standard.versions.all())
    return versions[-1] if versions else None


def whole_records(actor: Actor) -> QuerySet[VersionRecord]:
    """Every version the actor may see."""
    return VersionRecord.objects.filter(pk__in=VersionRecord.objects.visible_to(actor)).select_related(
        "indication__prefecture", "base__standard", "version__standard"
    )


def find_record(*, actor: Actor, code: UUID) -> VersionRecord:
    """Raises NotFound for one that is not there or not for this actor's eyes."""
    found = whole_records(actor).filter(code=code).first()
    if found is None:
        raise NotFound(_("没有这个标准版本，或您无权查看。"))
    return found


def own_drafts(*, actor: Actor) -> QuerySet[VersionRecord]:
    """A registrant's drafts and what of them is under review, the newest first."""
    if not actor.is_role(Role.ASSOCIATION):
        return VersionRecord.objects.none()
    return whole_records(actor).filter(indication__registrant_uscc=actor.uscc, state__in=(State.DRAFT, State.IN_REVIEW))


def waiting_reviews(*, actor: Actor) -> QuerySet[VersionRecord]:
    """What an office has to decide on, the longest waiting first."""
    if actor.level not in REVIEW_LEVELS:
        return VersionRecord.objects.none()
    return whole_records(actor).filter(state=State.IN_REVIEW).order_by("changed_at", "pk")


def open_records(*, actor: Actor) -> QuerySet[VersionRecord]:
    """Drafts and versions under review that the actor may see."""
    return whole_records(actor).filter(state__in=(State.DRAFT, State.IN_REVIEW))


def may_review(actor: Actor, indication: Indication | None) -> bool:
    """Whether the office covers the whole area: a city's its own, the province any."""
    if indication is None or actor.level not in REVIEW_LEVELS:
        return False
    if actor.level is Level.PROVINCE:
        return True
    places = [indication.prefecture_id or "", *indication.counties.values_list("code", flat=True)]
    return all(place and actor.covers(place) for place in places)


@dataclass(frozen=True)
class StepLine:
    """A step, and whose it was in words."""

    step: VersionStep
    party: str


def step_lines(steps: Iterable[VersionStep], indication: Indication | None) -> list[StepLine]:
    """Steps with registrants and offices by name; what is unknown stays as the log has it."""
    rows = list(steps)
    codes = {row.by.partition(":")[2] for row in rows}
    regions = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    names = {f"office:{code}": _("%(region)s市场监督管理部门") % {"region": name} for code, name in regions.items()}
    if indication and indication.registrant_name:
        names[f"uscc:{indication.registrant_uscc}"] = indication.registrant_name
    return [StepLine(row, names.get(row.by, row.by)) for row in rows]


def own_standards(*, actor: Actor) -> list[Standard]:
    """The standards of a registrant's indications, with their versions."""
    if not actor.is_role(Role.ASSOCIATION):
        return []
    rows = Standard.objects.filter(indication__registrant_uscc=actor.uscc)
    return list(
        rows.select_related("indication").prefetch_related("versions__limits").order_by("indication__code", "code")
    )


def own_indications(*, actor: Actor) -> list[Indication]:
    """The protected names a registrant may draft standards for."""
    if not actor.is_role(Role.ASSOCIATION) or not actor.uscc:
        return []
    return list(Indication.objects.filter(registrant_uscc=actor.uscc, status="protected").order_by("code"))
