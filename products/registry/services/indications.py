"""Recognition, change and cancellation of protection."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Actor, Level, Role, Scope, require_scope
from products.audit import record
from products.errors import Forbidden, InvalidInput, NotFound
from products.registry.errors import DocumentMissing, ProtectionCancelled, ReasonMissing
from products.registry.models.indication import Indication, IndicationChange
from products.registry.services.authorisations import withdraw_for_cancelled_protection
from products.registry.services.texts import clean_number, clean_reason


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
    document_no, reason = clean_number(document_no), clean_reason(reason)
    if not document_no:
        raise DocumentMissing(_("请填写公告号或文号。"), field="document_no")
    if kind == "cancelled" and not reason:
        raise ReasonMissing(_("请写明撤销的理由。"), field="reason")
    if effective_on > timezone.localdate(now):
        raise InvalidInput(_("生效日期不能在将来。请在生效后登记。"), field="effective_on")
    indication = Indication.objects.select_for_update().filter(code=code).first()
    if indication is None:
        raise NotFound(_("没有这个地理标志。"))
    if indication.status == "cancelled":
        raise ProtectionCancelled(_("该地理标志的保护已经撤销。"))
    change = IndicationChange.objects.create(
        indication=indication,
        kind=kind,
        document_no=document_no,
        reason=reason,
        effective_on=effective_on,
        decided_by=actor.username,
        recorded_at=now,
    )
    _apply(indication, change, actor=actor, now=now)
    return change


def _apply(indication: Indication, change: IndicationChange, *, actor: Actor, now: datetime) -> None:
    """What a recorded change does to the indication, to the ledger, and to everybody's right to the mark."""
    if change.kind == "recognised":
        indication.recognised_on = change.effective_on
    elif change.kind == "cancelled":
        indication.status = "cancelled"
    indication.save(update_fields=["recognised_on", "status"])
    record(
        actor=actor,
        kind="registry.indication_changed",
        subject=f"indication:{indication.code}",
        data={
            "name": indication.name,
            "kind": change.kind,
            "document_no": change.document_no,
            "reason": change.reason,
            "effective_on": change.effective_on.isoformat(),
        },
        now=now,
    )
    if change.kind == "cancelled":
        withdraw_for_cancelled_protection(
            actor=actor,
            indication_id=indication.pk,
            # Not translated: it is stored, and must not depend on the language of whoever recorded it.
            reason=f"地理标志保护已撤销：{change.reason}",
            document_no=change.document_no,
            now=now,
        )
