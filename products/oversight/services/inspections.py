"""Planning inspections, recording what was found, publishing it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.audit import commitment, new_salt, record
from products.errors import InvalidInput, NotFound
from products.oversight.domain.numbering import INSPECTION
from products.oversight.errors import (
    FindingsMissing,
    InspectionNotPlanned,
    InspectionNotRecorded,
    NothingToInspect,
)
from products.oversight.models.inspection import Inspection
from products.oversight.services.numbers import create_numbered
from products.registry.models.authorisation import Authorisation

State, Result = Inspection.State, Inspection.Result
FARTHEST_PLAN = timedelta(days=366)


@transaction.atomic
def plan_inspection(
    *, actor: Actor, authorisation_code: UUID, planned_on: date, is_demo: bool = False, now: datetime
) -> Inspection:
    """Plan a look at how one authorisation is used.

    Raises NotFound outside the officer's region, NothingToInspect for an authorisation that gives no right,
    InvalidInput for a day in the past or more than a year ahead.
    """
    require_scope(actor, Scope.OVERSIGHT, Role.INSPECTOR)
    authorisation = Authorisation.objects.select_related("enterprise").filter(code=authorisation_code).first()
    if authorisation is None or not actor.covers(authorisation.enterprise.region_id):
        raise NotFound(_("没有这项授权，或不在您的辖区内。"), field="authorisation_code")
    if authorisation.state not in {Authorisation.State.ANNOUNCED, Authorisation.State.SUSPENDED}:
        raise NothingToInspect(_("只能检查已公告或暂停使用的授权。"), field="authorisation_code")
    today = timezone.localdate(now)
    if not today <= planned_on <= today + FARTHEST_PLAN:
        raise InvalidInput(_("计划日期须在今天至一年以内。"), field="planned_on")
    inspection = create_numbered(
        Inspection.objects.all(),
        kind=INSPECTION,
        now=now,
        create=lambda number: Inspection.objects.create(
            number=number,
            authorisation=authorisation,
            planned_on=planned_on,
            office=actor.ledger_name,
            is_demo=is_demo,
        ),
    )
    record(
        actor=actor,
        kind="oversight.inspection_planned",
        subject=f"inspection:{inspection.number}",
        data={
            "authorisation": str(authorisation.code),
            "uscc": authorisation.enterprise.uscc,
            "planned_on": planned_on.isoformat(),
        },
        now=now,
    )
    return inspection


def _lock(actor: Actor, number: str) -> Inspection:
    require_scope(actor, Scope.OVERSIGHT, Role.INSPECTOR)
    found = (
        Inspection.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("authorisation__enterprise")
        .filter(number=number)
        .first()
    )
    if found is None:
        raise NotFound(_("没有这次检查，或不在您的辖区内。"))
    return found


@transaction.atomic
def record_result(
    *, actor: Actor, number: str, result: str, findings: str = "", done_on: date, now: datetime
) -> Inspection:
    """Record `passed` or `problems` with findings, for a day not in the future.

    Raises NotFound, InspectionNotPlanned, FindingsMissing or InvalidInput, having written nothing.
    """
    inspection = _lock(actor, number)
    if inspection.state != State.PLANNED:
        raise InspectionNotPlanned(_("这次检查已有结果。如需复查，请另行安排一次检查。"), field="result")
    if result not in Result.values:
        raise InvalidInput(_("结果须为“未发现问题”或“发现问题”。"), field="result")
    findings = findings.strip()
    if result == Result.PROBLEMS and not findings:
        raise FindingsMissing(_("请写明发现的问题。"), field="findings")
    if done_on > timezone.localdate(now):
        raise InvalidInput(_("检查日期不能晚于今天。"), field="done_on")
    inspection.state = inspection.result = result
    inspection.findings, inspection.findings_salt, inspection.done_on = findings, new_salt(), done_on
    inspection.save(update_fields=["state", "result", "findings", "findings_salt", "done_on"])
    record(
        actor=actor,
        kind="oversight.inspection_recorded",
        subject=f"inspection:{inspection.number}",
        data={"result": result, "done_on": done_on.isoformat()},
        commitments={"findings": commitment(findings, salt=inspection.findings_salt)},
        now=now,
    )
    return inspection


@transaction.atomic
def publish_result(*, actor: Actor, number: str, now: datetime) -> Inspection:
    """Publish what was found (双随机、一公开). Raises NotFound or InspectionNotRecorded."""
    inspection = _lock(actor, number)
    if inspection.state not in {State.PASSED, State.PROBLEMS}:
        raise InspectionNotRecorded(_("只有已记录结果、尚未公示的检查才能公示。"))
    inspection.state, inspection.published_at = State.PUBLISHED, now
    inspection.save(update_fields=["state", "published_at"])
    record(
        actor=actor,
        kind="oversight.inspection_published",
        subject=f"inspection:{inspection.number}",
        data={
            "authorisation": str(inspection.authorisation.code),
            "uscc": inspection.authorisation.enterprise.uscc,
            "result": inspection.result,
            "findings": inspection.findings,
            "done_on": inspection.done_on.isoformat() if inspection.done_on else None,
        },
        now=now,
    )
    return inspection
