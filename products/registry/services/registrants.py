"""What the registrant of a collective or certification mark decides about those who ask to use it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.audit import record
from products.errors import InvalidInput, NotFound
from products.registry.domain.identifiers import InvalidUscc as MalformedUscc
from products.registry.domain.identifiers import assess_uscc
from products.registry.errors import InvalidUscc, ProtectionCancelled, ReasonMissing
from products.registry.models.indication import Indication, RegistrantDecision
from products.registry.services.texts import clean_number, clean_reason, clean_text


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

    The newest decision about an applicant is the one that counts. Raises NotFound for somebody else's indication,
    ProtectionCancelled, InvalidUscc, ReasonMissing, InvalidInput.
    """
    require_scope(actor, Scope.REGISTRY, Role.ASSOCIATION)
    indication = Indication.objects.filter(code=code, registrant_uscc=actor.uscc).first()
    if indication is None:
        raise NotFound(_("没有这个地理标志，或贵协会不是它的注册人。"))
    if indication.status == Indication.Status.CANCELLED:
        raise ProtectionCancelled(_("该地理标志的保护已经撤销。"))
    if outcome not in RegistrantDecision.Outcome.values:
        raise InvalidInput(_("结果须为同意或拒绝。"), field="outcome")
    reason = clean_reason(reason)
    if outcome == RegistrantDecision.Outcome.REFUSED and not reason:
        raise ReasonMissing(_("拒绝须写明理由：无正当理由拒绝符合条件者要承担责任。"), field="reason")
    if decided_on > timezone.localdate(now):
        raise InvalidInput(_("决定日期不能在将来。"), field="decided_on")
    decision = RegistrantDecision.objects.create(
        indication=indication,
        applicant_uscc=_applicant(applicant_uscc),
        applicant_name=_name(applicant_name),
        outcome=outcome,
        reason=reason,
        document_no=clean_number(document_no),
        decided_on=decided_on,
        recorded_at=now,
    )
    record(
        actor=actor,
        kind="registry.registrant_decided",
        subject=f"indication:{indication.code}",
        data={
            "name": indication.name,
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


def _applicant(uscc: str) -> str:
    try:
        # The shape only: whether a failing check digit is lawful is settled when the enterprise registers.
        return assess_uscc(uscc).uscc
    except MalformedUscc as error:
        raise InvalidUscc(_("请填写申请人的 18 位统一社会信用代码。"), field="applicant_uscc") from error


def _name(text: str) -> str:
    name = clean_text(text, field="applicant_name", longest=120)
    if not name:
        raise InvalidInput(_("请填写申请人的名称。"), field="applicant_name")
    return name
