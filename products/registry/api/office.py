"""Applying and deciding over the API."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from products.http import actor_of, now_of, paginate
from products.registry.api.public import EnterpriseOut, ZoneOut
from products.registry.models.authorisation import Authorisation
from products.registry.queries.authorisations import find_authorisation, visible_authorisations
from products.registry.services.applications import Application, submit_application
from products.registry.services.authorisations import decide, set_quota
from products.registry.services.enterprises import accept_legacy_uscc, register_enterprise
from products.registry.services.indications import record_change
from products.registry.services.registrants import record_registrant_decision
from products.registry.services.use_statements import state_use
from products.registry.services.zones import advance_zone, record_census

router = Router(tags=["registry"])


class EnterpriseIn(Schema):
    uscc: str
    name: str
    region_code: str
    address: str = ""
    name_en: str = ""


class LegacyEnterpriseIn(Schema):
    uscc: str
    name: str
    region_code: str
    address: str = ""
    proof_sha256: str


class QuotaIn(Schema):
    year: int
    quota_g: int
    document_no: str = ""


class QuotaOut(Schema):
    year: int
    quota_g: int


class ApplicationIn(Schema):
    indication_code: str
    uscc: str
    product_name: str
    holder_kind: int
    basis_no: str
    valid_from: date
    valid_until: date
    quotas: dict[int, int]


class DecisionIn(Schema):
    action: str
    reason: str = ""
    document_no: str = ""


class UseIn(Schema):
    year: int
    mass_g: int
    label_count: int
    output_fen: int


class UseOut(UseIn):
    stated_at: datetime


class AuthorisationOut(Schema):
    code: UUID
    indication: str
    uscc: str
    product_name: str
    holder_kind: int
    basis_no: str
    announcement_no: str
    valid_from: date
    valid_until: date
    state: str
    quotas: list[QuotaOut]

    @staticmethod
    def of(row: Authorisation) -> AuthorisationOut:
        return AuthorisationOut(
            code=row.code,
            indication=row.indication.code,
            uscc=row.enterprise.uscc,
            product_name=row.product_name,
            holder_kind=row.holder_kind,
            basis_no=row.basis_no,
            announcement_no=row.announcement_no,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            state=row.state,
            quotas=[QuotaOut(year=quota.year, quota_g=quota.quota_g) for quota in row.quotas.all()],
        )


class AuthorisationPageOut(Schema):
    items: list[AuthorisationOut]
    next: str | None


class ChangeIn(Schema):
    kind: str
    document_no: str
    reason: str = ""
    effective_on: date


class ChangeOut(ChangeIn):
    indication: str


class RegistrantDecisionIn(Schema):
    applicant_uscc: str
    applicant_name: str
    outcome: str
    reason: str = ""
    document_no: str = ""
    decided_on: date


class StageIn(Schema):
    stage: str
    document_no: str
    reason: str = ""
    effective_on: date


class CensusIn(Schema):
    year: int
    producer_count: int
    user_count: int
    output_fen: int
    user_output_fen: int


@router.post(
    "/enterprises", response={201: EnterpriseOut}, operation_id="register_enterprise", summary="Enter an enterprise"
)
def create_enterprise(request: HttpRequest, body: EnterpriseIn) -> Status[EnterpriseOut]:
    row = register_enterprise(actor=actor_of(request), now=now_of(request), **body.dict())
    return Status(201, EnterpriseOut.of(row))


@router.post(
    "/legacy-enterprises",
    response={201: EnterpriseOut},
    operation_id="accept_legacy_uscc",
    summary="Enter an enterprise whose early code fails its check, with proof",
)
def create_legacy_enterprise(request: HttpRequest, body: LegacyEnterpriseIn) -> Status[EnterpriseOut]:
    row = accept_legacy_uscc(actor=actor_of(request), now=now_of(request), **body.dict())
    return Status(201, EnterpriseOut.of(row))


@router.get(
    "/authorisations",
    response=AuthorisationPageOut,
    operation_id="list_authorisations",
    summary="Authorisations I may see",
)
def list_authorisations(
    request: HttpRequest, state: str = "", cursor: str = "", limit: int = 50
) -> AuthorisationPageOut:
    found = visible_authorisations(actor=actor_of(request), state=state)
    rows, following = paginate(found, cursor=cursor, limit=limit)
    return AuthorisationPageOut(items=[AuthorisationOut.of(row) for row in rows], next=following)


@router.post(
    "/authorisations",
    response={201: AuthorisationOut},
    operation_id="submit_application",
    summary="Apply for the special mark",
)
def create_application(request: HttpRequest, body: ApplicationIn) -> Status[AuthorisationOut]:
    row = submit_application(actor=actor_of(request), application=Application(**body.dict()), now=now_of(request))
    return Status(201, AuthorisationOut.of(row))


@router.get(
    "/authorisations/{uuid:code}",
    response=AuthorisationOut,
    operation_id="get_authorisation",
    summary="An authorisation",
)
def get_authorisation(request: HttpRequest, code: UUID) -> AuthorisationOut:
    return AuthorisationOut.of(find_authorisation(actor=actor_of(request), code=code))


@router.post(
    "/authorisations/{uuid:code}/decisions",
    response={201: AuthorisationOut},
    operation_id="decide_authorisation",
    summary="Take one step: check, approve, announce, refuse, suspend, resume, withdraw",
)
def create_decision(request: HttpRequest, code: UUID, body: DecisionIn) -> Status[AuthorisationOut]:
    row = decide(actor=actor_of(request), code=code, now=now_of(request), **body.dict())
    return Status(201, AuthorisationOut.of(row))


@router.post(
    "/authorisations/{uuid:code}/quotas",
    response={201: QuotaOut},
    operation_id="set_quota",
    summary="Set or raise a year's quota",
)
def create_quota(request: HttpRequest, code: UUID, body: QuotaIn) -> Status[QuotaOut]:
    row = set_quota(actor=actor_of(request), code=code, now=now_of(request), **body.dict())
    return Status(201, QuotaOut(year=row.year, quota_g=row.quota_g))


@router.post(
    "/authorisations/{uuid:code}/use-statements",
    response={201: UseOut},
    operation_id="state_use",
    summary="The user's yearly statement",
)
def create_use_statement(request: HttpRequest, code: UUID, body: UseIn) -> Status[UseOut]:
    row = state_use(actor=actor_of(request), code=code, now=now_of(request), **body.dict())
    return Status(201, UseOut(**body.dict(), stated_at=row.stated_at))


@router.post(
    "/indications/{code}/changes",
    response={201: ChangeOut},
    operation_id="record_indication_change",
    summary="Note recognition, change or cancellation",
)
def create_change(request: HttpRequest, code: str, body: ChangeIn) -> Status[ChangeOut]:
    record_change(actor=actor_of(request), code=code, now=now_of(request), **body.dict())
    return Status(201, ChangeOut(indication=code, **body.dict()))


@router.post(
    "/indications/{code}/registrant-decisions",
    response={201: RegistrantDecisionIn},
    operation_id="record_registrant_decision",
    summary="A registrant admits or refuses a member or licensee",
)
def create_registrant_decision(
    request: HttpRequest, code: str, body: RegistrantDecisionIn
) -> Status[RegistrantDecisionIn]:
    record_registrant_decision(actor=actor_of(request), code=code, now=now_of(request), **body.dict())
    return Status(201, body)


@router.post(
    "/zones/{code}/stages",
    response={201: ZoneOut},
    operation_id="advance_zone",
    summary="Take a zone to its next stage",
)
def create_stage(request: HttpRequest, code: str, body: StageIn) -> Status[ZoneOut]:
    return Status(201, ZoneOut.of(advance_zone(actor=actor_of(request), code=code, now=now_of(request), **body.dict())))


@router.post(
    "/zones/{code}/censuses", response={201: CensusIn}, operation_id="record_census", summary="A zone's yearly counts"
)
def create_census(request: HttpRequest, code: str, body: CensusIn) -> Status[CensusIn]:
    record_census(actor=actor_of(request), code=code, now=now_of(request), **body.dict())
    return Status(201, body)
