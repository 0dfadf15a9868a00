"""Applying for the special mark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.audit import record
from products.errors import Forbidden, InvalidInput, NotFound
from products.registry.domain.identifiers import parse_trademark_no
from products.registry.errors import (
    AuthorisationExists,
    EvidenceMissing,
    OutsideArea,
    ProtectionCancelled,
    QuotaMissing,
)
from products.registry.models.authorisation import Authorisation, AuthorisationDecision, YearQuota
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication, RegistrantDecision
from products.registry.queries.indications import area_county_codes, find_indication

MAX_YEARS = 10
MAX_QUOTA_G = 10**13  # ten million tonnes: more than any product of the province
HolderKind = Authorisation.HolderKind


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
    ProtectionCancelled, OutsideArea, EvidenceMissing (公告第354号), QuotaMissing, AuthorisationExists.
    """
    require_scope(actor, Scope.REGISTRY, Role.PRODUCER, Role.INSPECTOR)
    indication = find_indication(application.indication_code)
    enterprise = _enterprise(actor, application.uscc)
    _check(application, indication, enterprise)
    authorisation = Authorisation.objects.create(
        indication=indication,
        enterprise=enterprise,
        product_name=application.product_name.strip(),
        holder_kind=application.holder_kind,
        basis_no=application.basis_no.strip(),
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
            "uscc": enterprise.uscc,
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


def _enterprise(actor: Actor, uscc: str) -> Enterprise:
    if actor.is_role(Role.PRODUCER) and uscc != actor.uscc:
        raise Forbidden(_("只能为本单位申请。"))
    # Locked, so that two applications for one product cannot both find that there is none.
    enterprise = Enterprise.objects.select_for_update().filter(uscc=uscc).first()
    if enterprise is None:
        raise NotFound(_("该企业尚未登记。请先登记企业，再申请使用专用标志。"), field="uscc")
    if actor.is_role(Role.INSPECTOR) and not actor.covers(enterprise.region_id):
        raise Forbidden(_("该企业不在您的辖区内。"))
    return enterprise


def _check(application: Application, indication: Indication, enterprise: Enterprise) -> None:
    if indication.status == "cancelled":
        raise ProtectionCancelled(_("该地理标志的保护已撤销，不能申请。"), field="indication_code")
    if enterprise.region_id not in area_county_codes(indication):
        raise OutsideArea(_("企业所在县（市、区）不在该地理标志的保护范围内。"), field="indication_code")
    product = application.product_name.strip()
    if not 1 <= len(product) <= 80:
        raise InvalidInput(_("请填写产品名称（80 字以内）。"), field="product_name")
    _check_holder(application, indication)
    if not application.valid_from < application.valid_until:
        raise InvalidInput(_("有效期的截止日须晚于起始日。"), field="valid_until")
    if application.valid_until.year - application.valid_from.year > MAX_YEARS:
        raise InvalidInput(_("有效期不得超过 10 年。"), field="valid_until")
    _check_quotas(application)
    taken = Authorisation.objects.filter(indication=indication, enterprise=enterprise, product_name=product)
    if taken.exclude(state__in=["refused", "withdrawn"]).exists():
        raise AuthorisationExists(_("该产品已有申请或授权。请在原有授权上办理，不必重复申请。"), field="product_name")


def _check_holder(application: Application, indication: Indication) -> None:
    if application.holder_kind not in HolderKind.values:
        raise InvalidInput(_("使用人类型须为 1 至 4（公告第354号）。"), field="holder_kind")
    if not application.basis_no.strip():
        raise EvidenceMissing(_("请填写标准号、公告号；证明商标或集体商标的使用人填写商标注册号。"), field="basis_no")
    if application.holder_kind in {HolderKind.COLLECTIVE_MEMBER, HolderKind.CERTIFICATION_LICENSEE}:
        newest = (
            RegistrantDecision.objects.filter(indication=indication, applicant_uscc=application.uscc)
            .order_by("-decided_on", "-pk")
            .first()
        )
        if newest is None or newest.outcome != "admitted":
            raise EvidenceMissing(_("商标注册人尚未同意该企业入会或许可。请先向注册人申请。"), field="holder_kind")
        try:
            parse_trademark_no(application.basis_no)
        except ValueError as error:
            raise EvidenceMissing(
                _("证明商标、集体商标的使用人须填写商标注册号（数字）。"), field="basis_no"
            ) from error


def _check_quotas(application: Application) -> None:
    years = range(application.valid_from.year, application.valid_until.year + 1)
    if not application.quotas:
        raise QuotaMissing(_("请至少填写一个年度的计划用标数量。"), field="quotas")
    for year, grams in application.quotas.items():
        if year not in years:
            raise InvalidInput(_("年度用标数量须在有效期内。"), field="quotas")
        if not 0 < grams <= MAX_QUOTA_G:
            raise InvalidInput(_("年度用标数量须大于 0，且不超过 1,000 万吨。"), field="quotas")
