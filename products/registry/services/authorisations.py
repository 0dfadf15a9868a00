"""Deciding about the right to use the mark, step by step, and its yearly quota."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Actor, Level, Role, Scope, require_scope
from products.audit import record
from products.errors import Forbidden, InvalidInput, NotFound
from products.registry.domain.authorisation_states import (
    NEEDS_REASON,
    TERMINAL,
    Action,
    IllegalTransition,
    levels_for,
    next_state,
)
from products.registry.domain.authorisation_states import State as DomainState
from products.registry.errors import (
    DocumentMissing,
    IllegalStep,
    ProtectionCancelled,
    QuotaLowered,
    QuotaMissing,
    ReasonMissing,
)
from products.registry.models.authorisation import Authorisation, AuthorisationDecision, YearQuota
from products.registry.models.indication import Indication
from products.registry.queries.authorisations import require_usable
from products.registry.services.applications import MAX_QUOTA_G
from products.registry.services.texts import clean_number, clean_reason

_KINDS = {
    Action.CHECK_COUNTY: "registry.authorisation_checked",
    Action.CHECK_CITY: "registry.authorisation_checked",
    Action.APPROVE_PROVINCE: "registry.authorisation_approved",
    Action.ANNOUNCE: "registry.authorisation_announced",
    Action.REFUSE: "registry.authorisation_refused",
    Action.SUSPEND: "registry.authorisation_suspended",
    Action.RESUME: "registry.authorisation_resumed",
    Action.WITHDRAW: "registry.authorisation_withdrawn",
}
# Steps that bring the right about; they end with the protection.
_FORWARD = {Action.CHECK_COUNTY, Action.CHECK_CITY, Action.APPROVE_PROVINCE, Action.ANNOUNCE, Action.RESUME}
# What is approved, announced, suspended or withdrawn is so by a paper that has a number.
_NEEDS_DOCUMENT = {Action.APPROVE_PROVINCE, Action.ANNOUNCE, Action.SUSPEND, Action.WITHDRAW}


def _lock(actor: Actor, code: UUID) -> Authorisation:
    found = (
        Authorisation.objects.select_for_update(of=("self",))
        .select_related("enterprise", "indication")
        .filter(code=code)
        .first()
    )
    if found is None or not actor.covers(found.enterprise.region_id):
        raise NotFound(_("没有这项申请或授权，或不在您的辖区内。"))
    return found


@transaction.atomic
def decide(
    *, actor: Actor, code: UUID, action: str, reason: str = "", document_no: str = "", now: datetime
) -> Authorisation:
    """Take one step: check, approve, announce, refuse, suspend, resume or withdraw.

    Raises NotFound outside the officer's region, Forbidden for another level's step, IllegalStep,
    ProtectionCancelled, ReasonMissing, DocumentMissing or InvalidInput, having written nothing.
    """
    require_scope(actor, Scope.REGISTRY, Role.INSPECTOR)
    if action not in {member.value for member in _KINDS}:
        raise InvalidInput(_("没有这种办理步骤。"), field="action")
    authorisation = _lock(actor, code)
    step = Action(action)
    try:
        state = next_state(authorisation.state, step)
    except IllegalTransition as error:
        raise IllegalStep(_("当前状态下不能办理这一步。请刷新页面查看最新状态。"), field="action") from error
    if str(actor.level) not in levels_for(authorisation.state, step):
        raise Forbidden(_("这一步由其他层级的部门办理。"))
    if step in _FORWARD and authorisation.indication.status == Indication.Status.CANCELLED:
        raise ProtectionCancelled(_("该地理标志的保护已撤销，不能再办理。"))
    reason, document_no = clean_reason(reason), clean_number(document_no)
    if step in NEEDS_REASON and not reason:
        raise ReasonMissing(_("请写明理由，当事人会看到。"), field="reason")
    if step in _NEEDS_DOCUMENT and not document_no:
        raise DocumentMissing(_("请填写文号或公告号。"), field="document_no")
    return _take(actor, authorisation, step, state, reason=reason, document_no=document_no, now=now)


def _take(
    actor: Actor,
    authorisation: Authorisation,
    step: Action,
    state: DomainState,
    *,
    reason: str,
    document_no: str,
    now: datetime,
) -> Authorisation:
    before = authorisation.state
    authorisation.state = state.value
    if step is Action.ANNOUNCE:
        authorisation.announced_on = timezone.localdate(now)
        authorisation.announcement_no = document_no
    authorisation.save(update_fields=["state", "announced_on", "announcement_no"])
    AuthorisationDecision.objects.create(
        authorisation=authorisation,
        action=step.value,
        from_state=before,
        to_state=state.value,
        reason=reason,
        document_no=document_no,
        decided_by=actor.username,
        office=actor.ledger_name,
        decided_at=now,
    )
    record(
        actor=actor,
        kind=_KINDS[step],
        subject=f"authorisation:{authorisation.code}",
        data={
            "action": step.value,
            "from_state": before,
            "to_state": state.value,
            "reason": reason,
            "document_no": document_no,
            **_right(authorisation),
        },
        now=now,
    )
    return authorisation


def _right(authorisation: Authorisation) -> dict[str, object]:
    """What the step is about, as the ledger states it."""
    return {
        "indication": authorisation.indication.code,
        "indication_name": authorisation.indication.name,
        "uscc": authorisation.enterprise.uscc,
        "enterprise_name": authorisation.enterprise.name,
        "product_name": authorisation.product_name,
        "valid_from": authorisation.valid_from.isoformat(),
        "valid_until": authorisation.valid_until.isoformat(),
        "announcement_no": authorisation.announcement_no,
        "announced_on": authorisation.announced_on.isoformat() if authorisation.announced_on else None,
        "quotas_g": {str(quota.year): quota.quota_g for quota in authorisation.quotas.all()},
    }


@transaction.atomic
def withdraw_for_cancelled_protection(
    *, actor: Actor, indication_id: int, reason: str, document_no: str, now: datetime
) -> int:
    """End every open authorisation of an indication that lost its protection; returns how many."""
    open_ones = (
        Authorisation.objects.select_for_update(of=("self",))
        .select_related("enterprise", "indication")
        .filter(indication_id=indication_id)
        .exclude(state__in=TERMINAL)
        .order_by("pk")
    )
    count = 0
    for authorisation in open_ones:
        is_granted = authorisation.state in {DomainState.ANNOUNCED, DomainState.SUSPENDED}
        step = Action.WITHDRAW if is_granted else Action.REFUSE
        state = DomainState.WITHDRAWN if is_granted else DomainState.REFUSED
        _take(actor, authorisation, step, state, reason=reason, document_no=document_no, now=now)
        count += 1
    return count


@transaction.atomic
def set_quota(*, actor: Actor, code: UUID, year: int, quota_g: int, document_no: str = "", now: datetime) -> YearQuota:
    """Set a year's quota in grams, or raise it; a city office or the province does this.

    Raises Forbidden for a county office, NotFound outside the region, IllegalStep after refusal or withdrawal,
    QuotaLowered, InvalidInput.
    """
    require_scope(actor, Scope.REGISTRY, Role.INSPECTOR)
    if actor.level not in {Level.CITY, Level.PROVINCE}:
        raise Forbidden(_("年度用标数量由市级或省级部门核定。"))
    authorisation = _lock(actor, code)
    if authorisation.state in TERMINAL:
        raise IllegalStep(_("未核准或已撤销的授权没有用标数量。"))
    if not authorisation.valid_from.year <= year <= authorisation.valid_until.year:
        raise InvalidInput(_("该年度不在授权有效期内。"), field="year")
    if not 0 < quota_g <= MAX_QUOTA_G:
        raise InvalidInput(_("年度用标数量须大于 0，且不超过 1,000 万吨。"), field="quota_g")
    present = YearQuota.objects.select_for_update().filter(authorisation=authorisation, year=year).first()
    if present and quota_g < present.quota_g:
        raise QuotaLowered(_("年度用标数量只能增加，不能减少：已印的标签无法收回。"), field="quota_g")
    quota, _is_new = YearQuota.objects.update_or_create(
        authorisation=authorisation, year=year, defaults={"quota_g": quota_g, "document_no": clean_number(document_no)}
    )
    record(
        actor=actor,
        kind="registry.quota_set",
        subject=f"authorisation:{authorisation.code}",
        data={
            "indication": authorisation.indication.code,
            "uscc": authorisation.enterprise.uscc,
            "product_name": authorisation.product_name,
            "year": year,
            "quota_g": quota_g,
            "document_no": quota.document_no,
        },
        now=now,
    )
    return quota


def lock_usable(*, authorisation_id: int, days: Iterable[date]) -> Authorisation:
    """The authorisation, kept from being decided about until the transaction ends, if usable on each of `days`.

    Without the lock a label could be issued after a suspension that was already announced. Raises AuthorisationInactive.
    """
    authorisation = (
        Authorisation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("indication")
        .get(pk=authorisation_id)
    )
    for day in days:
        require_usable(authorisation, on=day)
    return authorisation


def lock_quota(*, authorisation_id: int, year: int) -> YearQuota:
    """The quota of a production year, locked until the transaction ends. Raises QuotaMissing."""
    quota = YearQuota.objects.select_for_update().filter(authorisation_id=authorisation_id, year=year).first()
    if quota is None:
        raise QuotaMissing(
            _("该授权没有 %(year)s 年度的用标数量。请先向监管部门申请核定。") % {"year": year}, field="produced_on"
        )
    return quota
