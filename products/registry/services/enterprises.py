"""Enterprises enter the register under a checked 统一社会信用代码."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.audit import record
from products.errors import Forbidden, InvalidInput
from products.registry.domain.identifiers import InvalidUscc as MalformedUscc
from products.registry.domain.identifiers import UsccAssessment, assess_uscc
from products.registry.errors import AlreadyRegistered, EvidenceMissing, InvalidUscc, UsccNeedsReview
from products.registry.models.enterprise import Enterprise
from products.registry.models.region import Region
from products.registry.queries.regions import find_county
from products.registry.services.texts import clean_text


@transaction.atomic
def register_enterprise(
    *,
    actor: Actor,
    uscc: str,
    name: str,
    region_code: str,
    address: str = "",
    name_en: str = "",
    is_demo: bool = False,
    now: datetime,
) -> Enterprise:
    """Enter an enterprise whose code passes its check.

    Raises InvalidUscc, UsccNeedsReview (then accept_legacy_uscc is the way), UnknownCounty,
    AlreadyRegistered, or Forbidden for an office elsewhere and for a producer with another code.
    """
    require_scope(actor, Scope.REGISTRY, Role.PRODUCER, Role.INSPECTOR)
    assessment = _assess(uscc)
    if assessment.verdict != "valid":
        raise UsccNeedsReview(
            _("统一社会信用代码的校验位不符。请核对；若营业执照确是此码，请附执照图片由监管部门核准。"), field="uscc"
        )
    county = find_county(region_code, field="region_code")
    _require_may_register(actor, assessment.uscc, county)
    return _enter(
        actor=actor,
        now=now,
        county=county,
        facts={
            "uscc": assessment.uscc,
            "name": name,
            "name_en": name_en,
            "address": address,
        },
        verdict="valid",
        is_demo=is_demo,
    )


@transaction.atomic
def accept_legacy_uscc(
    *, actor: Actor, uscc: str, name: str, region_code: str, proof_sha256: str, address: str = "", now: datetime
) -> Enterprise:
    """Enter an enterprise whose early code is legal but fails its check: an officer has seen the licence.

    `proof_sha256` is the hash of the licence's picture, kept by the office. Raises EvidenceMissing without it.
    """
    require_scope(actor, Scope.REGISTRY, Role.INSPECTOR)
    assessment = _assess(uscc)
    if not re.fullmatch(r"[0-9a-f]{64}", proof_sha256):
        raise EvidenceMissing(_("请附营业执照图片的 SHA-256 摘要（64 位十六进制）。"), field="proof_sha256")
    county = find_county(region_code, field="region_code")
    _require_may_register(actor, assessment.uscc, county)
    is_valid = assessment.verdict == "valid"
    return _enter(
        actor=actor,
        now=now,
        county=county,
        facts={"uscc": assessment.uscc, "name": name, "name_en": "", "address": address},
        verdict="valid" if is_valid else "accepted",
        proof_sha256="" if is_valid else proof_sha256,
    )


def _assess(uscc: str) -> UsccAssessment:
    try:
        return assess_uscc(uscc)
    except MalformedUscc as error:
        raise InvalidUscc(
            _("统一社会信用代码须为 18 位，只含数字和除 I、O、S、V、Z 外的大写字母。请对照营业执照改正。"), field="uscc"
        ) from error


def _require_may_register(actor: Actor, uscc: str, county: Region) -> None:
    if actor.is_role(Role.PRODUCER) and uscc != actor.uscc:
        raise Forbidden(_("生产者只能登记本单位。请使用本单位的统一社会信用代码。"))
    if actor.is_role(Role.INSPECTOR) and not actor.covers(county.code):
        raise Forbidden(_("该企业不在您的辖区内。"))


def _enter(
    *,
    actor: Actor,
    now: datetime,
    county: Region,
    facts: dict[str, str],
    verdict: str,
    proof_sha256: str = "",
    is_demo: bool = False,
) -> Enterprise:
    name = clean_text(facts["name"], field="name", longest=120)
    if len(name) < 2:
        raise InvalidInput(_("请填写企业全称（2 至 120 字）。"), field="name")
    if Enterprise.objects.filter(uscc=facts["uscc"]).exists():
        raise AlreadyRegistered(_("该统一社会信用代码已经登记。"), field="uscc")
    enterprise = Enterprise(
        uscc=facts["uscc"],
        name=name,
        name_en=clean_text(facts["name_en"], field="name_en", longest=160),
        region=county,
        address=clean_text(facts["address"], field="address", longest=200),
        uscc_verdict=verdict,
        uscc_proof_sha256=proof_sha256,
        uscc_reviewed_by=actor.ledger_name if verdict == "accepted" else "",
        is_demo=is_demo,
        registered_at=now,
    )
    try:
        with transaction.atomic():
            enterprise.save(force_insert=True)
    except IntegrityError as error:
        # Two requests for one code may both have found nothing above; the constraint lets one through.
        raise AlreadyRegistered(_("该统一社会信用代码已经登记。"), field="uscc") from error
    record(
        actor=actor,
        kind="registry.enterprise_registered",
        subject=f"enterprise:{enterprise.uscc}",
        data={
            "uscc": enterprise.uscc,
            "name": enterprise.name,
            "name_en": enterprise.name_en,
            "region": county.code,
            "address": enterprise.address,
            "uscc_verdict": enterprise.uscc_verdict,
            "uscc_proof_sha256": enterprise.uscc_proof_sha256,
            "uscc_reviewed_by": enterprise.uscc_reviewed_by,
        },
        now=now,
    )
    return enterprise
