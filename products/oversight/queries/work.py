"""Lists and details of the authority's own work: applications, inspections, cases and complaints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from products.access import Actor, Role
from products.errors import NotFound
from products.oversight.models.case import Case
from products.oversight.models.inspection import Inspection
from products.oversight.queries.records import start_of
from products.oversight.queries.scope import within
from products.registry.domain.authorisation_states import actions_in, levels_for
from products.registry.models.authorisation import Authorisation
from products.scans.models.complaint import Complaint
from products.scans.queries import visible_complaints


def authorisations_in_charge(*, actor: Actor, state: str = "", text: str = "") -> QuerySet[Authorisation]:
    """Applications and authorisations of enterprises in the actor's regions."""
    found = Authorisation.objects.filter(within(actor, "enterprise__region_id")).select_related(
        "indication", "enterprise__region__parent"
    )
    if state:
        found = found.filter(state=state)
    if text := text.strip():
        found = found.filter(
            Q(enterprise__name__icontains=text)
            | Q(indication__name__icontains=text)
            | Q(product_name__icontains=text)
            | Q(enterprise__uscc=text.upper())
        )
    return found


def find_in_charge(*, actor: Actor, code: UUID) -> Authorisation:
    """Raises NotFound outside the actor's regions, announced or not: the public page shows those."""
    found = authorisations_in_charge(actor=actor).prefetch_related("quotas", "decisions").filter(code=code).first()
    if found is None:
        raise NotFound(_("没有这项申请或授权，或不在您的辖区内。"))
    return found


@dataclass(frozen=True)
class LegalAction:
    """A step this officer may take now."""

    action: str
    label: str


def legal_actions(*, actor: Actor, authorisation: Authorisation) -> list[LegalAction]:
    """What the officer's level may decide in the present state; nothing for anybody else."""
    if actor.level is None or not actor.covers(authorisation.enterprise.region_id):
        return []
    labels = dict(authorisation.decisions.model.Action.choices)
    return [
        LegalAction(action.value, str(labels[action.value]))
        for action in actions_in(authorisation.state)
        if actor.level.value in levels_for(authorisation.state, action)
    ]


def inspections(*, actor: Actor, state: str = "", since: date | None = None, uscc: str = "") -> QuerySet[Inspection]:
    """`since` narrows to inspections done on or after that day."""
    found = Inspection.objects.visible_to(actor).select_related(
        "authorisation__enterprise__region", "authorisation__indication"
    )
    if state:
        found = found.filter(state=state)
    if since:
        found = found.filter(done_on__gte=since)
    return found.filter(authorisation__enterprise__uscc=uscc) if uscc else found


def find_inspection(*, actor: Actor, number: str) -> Inspection:
    """Raises NotFound."""
    found = inspections(actor=actor).filter(number=number).first()
    if found is None:
        raise NotFound(_("没有这次检查，或不在您的辖区内。"))
    return found


def published_inspections() -> QuerySet[Inspection]:
    """What anybody may read (双随机、一公开), the newest first."""
    return (
        Inspection.objects.filter(state=Inspection.State.PUBLISHED)
        .select_related("authorisation__enterprise__region__parent", "authorisation__indication")
        .order_by("-published_at", "-pk")
    )


def cases(*, actor: Actor, state: str = "", since: date | None = None, uscc: str = "") -> QuerySet[Case]:
    """`since` narrows to cases with a step on or after that day."""
    found = Case.objects.visible_to(actor).select_related("enterprise", "complaint")
    if state:
        found = found.filter(state=state)
    if since:
        found = found.filter(steps__at__gte=start_of(since)).distinct()
    return found.filter(enterprise__uscc=uscc) if uscc else found


def find_case(*, actor: Actor, number: str) -> Case:
    """Raises NotFound."""
    found = cases(actor=actor).prefetch_related("steps").filter(number=number).first()
    if found is None:
        raise NotFound(_("没有这个案件，或不在您的辖区内。"))
    return found


def complaints(*, actor: Actor, state: str = "", since: date | None = None, uscc: str = "") -> QuerySet[Complaint]:
    """`since` narrows to complaints received on or after that day."""
    found = visible_complaints(actor=actor, state=state)
    if since:
        found = found.filter(received_at__gte=start_of(since))
    return found.filter(run__batch__authorisation__enterprise__uscc=uscc) if uscc else found


def may_work(actor: Actor) -> bool:
    """Inspectors act; auditors and the platform only read."""
    return actor.is_role(Role.INSPECTOR)
