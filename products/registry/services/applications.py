"""Applying for the special mark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.audit import record
from products.errors import Forbidden, InvalidInput, NotFound
from products.registry.errors import (
    AuthorisationExists,
    OutsideArea,
    ProtectionCancelled,
    QuotaMissing,
)
from products.registry.models.authorisation import Authorisation, AuthorisationDecision, YearQuota
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.registry.queries.indications import area_county_codes
from products.registry.services.holders import check_holder
from products.registry.services.texts import clean_number, clean_text

MAX_YEARS = 10
MAX_QUOTA_G = 10**13  # ten million tonnes: more than any product of the province
FIRST_YEAR = 1999  # 原产地域产品保护规定: no right to a mark is older


@dataclass(frozen=True)
class Application:
    """What an applicant states. `quotas` maps production years to grams."""

    indication_code: str
    uscc: str
    product_name: str
    holder_kind: int
    basis_no: str
    valid_from: date
    valid_until: date
    quotas: Mapping[int, int]


@transaction.atomic
def submit_application(
    *, actor: Actor, application: Application, is_demo: bool = False, now: datetime
) -> Authorisation:
    """An application for one product of one indication, waiting for the county's check of origin.

    Raises NotFound for an unknown indication or enterprise, Forbidden for somebody else's enterprise,
    ProtectionCancelled, OutsideArea, EvidenceMissing (公告第354号), QuotaMissing, AuthorisationExists, InvalidInput.
    """
    require_scope(actor, Scope.REGISTRY, Role.PRODUCER, Role.INSPECTOR)
    indication = _lock_indication(clean_text(application.indication_code, field="indication_code", longest=20))
    enterprise = _lock_enterprise(actor, clean_text(application.uscc, field="uscc", longest=18).upper())
    application = replace(
        application,
        product_name=clean_text(application.product_name, field="product_name", longest=80),
        basis_no=clean_number(application.basis_no, field="basis_no"),
    )
    _check(application, indication, enterprise, today=timezone.localdate(now))
    authorisation = Authorisation.objects.create(
        indication=indication,
        enterprise=enterprise,
        product_name=application.product_name,
        holder_kind=application.holder_kind,
        basis_no=application.basis_no,
        valid_from=application.valid_from,
        valid_until=application.valid_until,
        submitted_at=now,
        is_demo=is_demo,
    )
    YearQuota.objects.bulk_create(
        [YearQuota(authorisation=authorisation, year=year, quota_g=grams) for year, grams in application.quotas.items()]
    )
    AuthorisationDecision.objects.create(
        authorisation=authorisation,
        action="submit",
        to_state=authorisation.state,
        decided_by=actor.username,
        office=actor.ledger_name,
        decided_at=now,
    )
    record(
        actor=actor,
        kind="registry.application_submitted",
        subject=f"authorisation:{authorisation.code}",
        data={
            "indication": indication.code,
            "indication_name": indication.name,
            "uscc": enterprise.uscc,
            "enterprise_name": enterprise.name,
            "product_name": authorisation.product_name,
            "holder_kind": authorisation.holder_kind,
            "basis_no": authorisation.basis_no,
            "valid_from": authorisation.valid_from.isoformat(),
            "valid_until": authorisation.valid_until.isoformat(),
            "quotas_g": {str(year): grams for year, grams in application.quotas.items()},
        },
        now=now,
    )
    return authorisation


def _lock_indication(code: str) -> Indication:
    # Locked, so that protection cannot be cancelled between the check below and the new row.
    indication = Indication.objects.select_for_update(no_key=True).filter(code=code).first()
    if indication is None:
        raise NotFound(_("没有这个地理标志。请检查编号，或从首页按名称查询。"), field="indication_code")
    return indication


def _lock_enterprise(actor: Actor, uscc: str) -> Enterprise:
    if actor.is_role(Role.PRODUCER) and uscc != actor.uscc:
        raise Forbidden(_("只能为本单位申请。"))
    # Locked, so that two applications for one product cannot both find that there is none.
    enterprise = Enterprise.objects.select_for_update(no_key=True).filter(uscc=uscc).first()
    if enterprise is None:
        raise NotFound(_("该企业尚未登记。请先登记企业，再申请使用专用标志。"), field="uscc")
    if actor.is_role(Role.INSPECTOR) and not actor.covers(enterprise.region_id):
        raise Forbidden(_("该企业不在您的辖区内。"))
    return enterprise


def _check(application: Application, indication: Indication, enterprise: Enterprise, *, today: date) -> None:
    if indication.status == "cancelled":
        raise ProtectionCancelled(_("该地理标志的保护已撤销，不能申请。"), field="indication_code")
    if enterprise.region_id not in area_county_codes(indication):
        raise OutsideArea(_("企业所在县（市、区）不在该地理标志的保护范围内。"), field="indication_code")
    if not application.product_name:
        raise InvalidInput(_("请填写产品名称（80 字以内）。"), field="product_name")
    check_holder(application.holder_kind, application.basis_no, indication_id=indication.pk, uscc=enterprise.uscc)
    _check_period(application, today)
    _check_quotas(application)
    taken = Authorisation.objects.filter(
        indication=indication, enterprise=enterprise, product_name=application.product_name
    )
    if taken.exclude(state__in=["refused", "withdrawn"]).exists():
        raise AuthorisationExists(_("该产品已有申请或授权。请在原有授权上办理，不必重复申请。"), field="product_name")


def _check_period(application: Application, today: date) -> None:
    if not application.valid_from < application.valid_until:
        raise InvalidInput(_("有效期的截止日须晚于起始日。"), field="valid_until")
    if application.valid_from.year < FIRST_YEAR:
        raise InvalidInput(_("有效期的起始日过早。请核对年份。"), field="valid_from")
    if application.valid_until < today:
        raise InvalidInput(_("有效期已经过去。请填写今后的日期。"), field="valid_until")
    if application.valid_until.year - application.valid_from.year > MAX_YEARS:
        raise InvalidInput(_("有效期不得超过 10 年。"), field="valid_until")


def _check_quotas(application: Application) -> None:
    years = range(application.valid_from.year, application.valid_until.year + 1)
    if not application.quotas:
        raise QuotaMissing(_("请至少填写一个年度的计划用标数量。"), field="quotas")
    for year, grams in application.quotas.items():
        if year not in years:
            raise InvalidInput(_("年度用标数量须在有效期内。"), field="quotas")
        if not 0 < grams <= MAX_QUOTA_G:
            raise InvalidInput(_("年度用标数量须大于 0，且不超过 1,000 万吨。"), field="quotas")
