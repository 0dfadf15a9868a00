"""Demonstration zones: their stages and the yearly counts behind the thresholds."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Actor, Level, Role, Scope, require_scope
from products.audit import record
from products.errors import Conflict, Forbidden, InvalidInput, NotFound
from products.registry.domain.zone_states import NEEDS_REASON, next_stages
from products.registry.errors import DocumentMissing, IllegalStep, ReasonMissing
from products.registry.models.zone import Zone, ZoneCensus, ZoneStep
from products.registry.services.texts import clean_number, clean_reason

MAX_COUNT = 2**31 - 1
MAX_FEN = 2**53 - 1  # what canonical JSON can say exactly


@transaction.atomic
def advance_zone(
    *, actor: Actor, code: str, stage: str, document_no: str, reason: str = "", effective_on: date, now: datetime
) -> Zone:
    """Take a zone to its next stage; the province alone does this.

    Raises Forbidden, NotFound, IllegalStep, DocumentMissing, and ReasonMissing for a refusal or revocation.
    """
    require_scope(actor, Scope.REGISTRY, Role.INSPECTOR)
    if actor.level is not Level.PROVINCE:
        raise Forbidden(_("示范区的阶段由省级部门登记。"))
    zone = Zone.objects.select_for_update().filter(code=code).first()
    if zone is None:
        raise NotFound(_("没有这个示范区。"))
    before = zone.stage
    if stage not in next_stages(before):
        raise IllegalStep(_("示范区当前阶段不能直接进入所选阶段。"), field="stage")
    document_no, reason = clean_number(document_no), clean_reason(reason)
    if not document_no:
        raise DocumentMissing(_("请填写文号。"), field="document_no")
    if stage in NEEDS_REASON and not reason:
        raise ReasonMissing(_("请写明理由。"), field="reason")
    if not zone.stage_on <= effective_on <= timezone.localdate(now):
        raise InvalidInput(_("日期须不早于上一阶段，且不在将来。"), field="effective_on")
    zone.stage, zone.stage_on = stage, effective_on
    zone.save(update_fields=["stage", "stage_on"])
    step = ZoneStep.objects.create(
        zone=zone,
        stage=stage,
        document_no=document_no,
        reason=reason,
        effective_on=effective_on,
        decided_by=actor.username,
        recorded_at=now,
    )
    record(
        actor=actor,
        kind="registry.zone_advanced",
        subject=f"zone:{zone.code}",
        data={
            "name": zone.name,
            "grade": zone.grade,
            "region": zone.region_id,
            "from_stage": before,
            "stage": stage,
            "document_no": step.document_no,
            "reason": step.reason,
            "effective_on": effective_on.isoformat(),
        },
        now=now,
    )
    return zone


@transaction.atomic
def record_census(
    *,
    actor: Actor,
    code: str,
    year: int,
    producer_count: int,
    user_count: int,
    output_fen: int,
    user_output_fen: int,
    now: datetime,
) -> ZoneCensus:
    """A year's counts of a zone, entered by an office of its region. Money in fen. Once a year.

    Raises NotFound outside the region, InvalidInput where a part exceeds its whole, Conflict for a second count.
    """
    require_scope(actor, Scope.REGISTRY, Role.INSPECTOR)
    zone = Zone.objects.select_for_update().filter(code=code).first()
    if zone is None or not actor.covers(zone.region_id):
        raise NotFound(_("没有这个示范区，或不在您的辖区内。"))
    if not 2000 <= year <= timezone.localdate(now).year:
        raise InvalidInput(_("年度不对。请填写已经过去或当前的年度。"), field="year")
    if not 0 <= user_count <= producer_count or not 0 <= user_output_fen <= output_fen:
        raise InvalidInput(_("用标企业数和产值不能超过全部生产者的总数和总产值。"), field="user_count")
    if producer_count > MAX_COUNT or output_fen > MAX_FEN:
        raise InvalidInput(_("数量过大。产值以分为单位，请核对。"), field="output_fen")
    if ZoneCensus.objects.filter(zone=zone, year=year).exists():
        raise Conflict(_("该年度已经填报。"), field="year")
    census = ZoneCensus.objects.create(
        zone=zone,
        year=year,
        producer_count=producer_count,
        user_count=user_count,
        output_fen=output_fen,
        user_output_fen=user_output_fen,
        entered_by=actor.username,
        recorded_at=now,
    )
    record(
        actor=actor,
        kind="registry.zone_counted",
        subject=f"zone:{zone.code}",
        data={
            "year": year,
            "producer_count": producer_count,
            "user_count": user_count,
            "output_fen": output_fen,
            "user_output_fen": user_output_fen,
        },
        now=now,
    )
    return census
