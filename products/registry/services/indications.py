"""Recognition, change and cancellation of protection."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from products.access import Actor, Level, Role, Scope, require_scope
from products.audit import record
from products.errors import Forbidden, InvalidInput, NotFound
from products.registry.errors import DocumentMissing, EvidenceMissing, ProtectionCancelled, ReasonMissing
from products.registry.models.indication import Indication, IndicationChange, RegistrantDecision
from products.registry.services.authorisations import withdraw_for_cancelled_protection


@transaction.atomic
def record_change(
    *, actor: Actor, code: str, kind: str, document_no: str, reason: str = "", effective_on: date, now: datetime
) -> IndicationChange:
    """Note that protection was recognised, changed or cancelled (国知局令第80号); the province alone does this.

    A cancellation ends every authorisation of the indication in the same transaction.
    Raises Forbidden, NotFound, ProtectionCancelled, DocumentMissing, ReasonMissing, InvalidInput.
    """
    require_scope(actor, Scope.REGISTRY, Role.INSPECTOR)
    if actor.level is not Level.PROVINCE:
        raise Forbidden(_("地理标志的认定、变更和撤销由省级部门登记。"))
    if kind not in IndicationChange.Kind.values:
        raise InvalidInput(_("变动类型须为认定、变更或撤销。"), field="kind")
    if not document_no.strip():
        raise DocumentMissing(_("请填写公告号或文号。"), field="document_no")
    if kind == "cancelled" and not reason.strip():
        raise ReasonMissing(_("请写明撤销的理由。"), field="reason")
    if effective_on > now.date():
        raise InvalidInput(_("生效日期不能在将来。请在生效后登记。"), field="effective_on")
    indication = Indication.objects.select_for_update().filter(code=code).first()
    if indication is None:
        raise NotFound(_("没有这个地理标志。"))
    if indication.status == "cancelled":
        raise ProtectionCancelled(_("该地理标志的保护已经撤销。"))
    change = IndicationChange.objects.create(
        indication=indication,
        kind=kind,
        document_no=document_no.strip(),
        reason=reason.strip(),
        effective_on=effective_on,
        decided_by=actor.username,
        recorded_at=now,
    )
    if kind == "recognised":
        indication.recognised_on = effective_on
    elif kind == "cancelled":
        indication.status = "cancelled"
    indication.save(update_fields=["recognised_on", "status"])
    record(
        actor=actor,
        kind="registry.indication_changed",
        subject=f"indication:{indication.code}",
        data={
            "kind": kind,
            "document_no": change.document_no,
            "reason": change.reason,
            "effective_on": effective_on.isoformat(),
        },
        now=now,
    )
    if kind == "cancelled":
        withdraw_for_cancelled_protection(
            actor=actor,
            indication_id=indication.pk,
            reason=_("地理标志保护已撤销：%(reason)s") % {"reason": change.reason},
            document_no=change.document_no,
            now=now,
        )
    return change


@transaction.atomic
def record_registrant_decision(
    *,
    actor: Actor,
    code: str,
    applicant_uscc: str,
    applicant_name: str,
    outcome: str,
    reason: str = "",
    document_no: str = "",
    decided_on: date,
    now: datetime,
) -> RegistrantDecision:
    """A registrant admits or refuses a member or licensee; a refusal has its reason (商标法 2026 Art. 60).

    Raises NotFound for somebody else's indication, ReasonMissing, EvidenceMissing, InvalidInput.
    """
    require_scope(actor, Scope.REGISTRY, Role.ASSOCIATION)
    indication = Indication.objects.filter(code=code, registrant_uscc=actor.uscc).first()
    if indication is None:
        raise NotFound(_("没有这个地理标志，或贵协会不是它的注册人。"))
    if outcome not in RegistrantDecision.Outcome.values:
        raise InvalidInput(_("结果须为同意或拒绝。"), field="outcome")
    if outcome == "refused" and not reason.strip():
        raise ReasonMissing(_("拒绝须写明理由：无正当理由拒绝符合条件者要承担责任。"), field="reason")
    if not applicant_uscc.strip() or not applicant_name.strip():
        raise EvidenceMissing(_("请填写申请人的名称和统一社会信用代码。"), field="applicant_uscc")
    if decided_on > now.date():
        raise InvalidInput(_("决定日期不能在将来。"), field="decided_on")
    decision = RegistrantDecision.objects.create(
        indication=indication,
        applicant_uscc=applicant_uscc.strip().upper(),
        applicant_name=applicant_name.strip(),
        outcome=outcome,
        reason=reason.strip(),
        document_no=document_no.strip(),
        decided_on=decided_on,
        recorded_at=now,
    )
    record(
        actor=actor,
        kind="registry.registrant_decided",
        subject=f"indication:{indication.code}",
        data={
            "applicant_uscc": decision.applicant_uscc,
            "applicant_name": decision.applicant_name,
            "outcome": outcome,
            "reason": decision.reason,
            "document_no": decision.document_no,
            "decided_on": decided_on.isoformat(),
        },
        now=now,
    )
    return decision
