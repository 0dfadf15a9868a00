"""The public register over the API."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from ninja import Router, Schema

from products.http import paginate
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.registry.models.region import Region
from products.registry.models.standard import Limit, Standard, StandardVersion
from products.registry.models.zone import Zone
from products.registry.queries import register
from products.registry.queries.indications import area_county_codes, find_indication, search_indications
from products.registry.queries.limit_words import facts_of, sentence
from products.registry.queries.regions import all_regions
from products.registry.queries.standards import find_standard

router = Router(tags=["register"], auth=None)


class RegionOut(Schema):
    code: str
    name: str
    name_en: str
    level: str
    parent: str | None

    @staticmethod
    def of(row: Region) -> RegionOut:
        return RegionOut(code=row.code, name=row.name, name_en=row.name_en, level=row.level, parent=row.parent_id)


class IndicationOut(Schema):
    code: str
    name: str
    name_en: str
    types: list[str]
    category: str
    prefecture: str | None
    area_text: str
    announcement_no: str
    announced_on: date | None
    eu_china: bool
    standard_text: str
    status: str
    source: str
    confidence: str
    is_demo: bool

    @staticmethod
    def of(row: Indication) -> IndicationOut:
        names = [name for name in IndicationOut.model_fields if name != "prefecture"]
        return IndicationOut(**{name: getattr(row, name) for name in names}, prefecture=row.prefecture_id)


class IndicationDetailOut(Schema):
    indication: IndicationOut
    counties: list[str]


class IndicationPageOut(Schema):
    items: list[IndicationOut]
    next: str | None


class LimitOut(Schema):
    key: str
    indicator: str
    name: str
    name_en: str
    unit: str
    basis: str
    comparator: str
    values: list[str]
    condition: dict[str, object] | None
    scope: str
    is_usable: bool
    source: str
    confidence: str
    text: str
    text_en: str

    @staticmethod
    def of(row: Limit) -> LimitOut:
        facts = facts_of(row)
        words = sentence(facts)
        return LimitOut(**facts, text=words.chinese, text_en=words.english)


class VersionOut(Schema):
    label: str
    status: str
    effective_from: date | None
    effective_to: date | None
    source: str
    max_yield_kg_per_ha: int | None
    limits: list[LimitOut]

    @staticmethod
    def of(row: StandardVersion) -> VersionOut:
        return VersionOut(
            label=row.label,
            status=row.status,
            effective_from=row.effective_from,
            effective_to=row.effective_to,
            source=row.source,
            max_yield_kg_per_ha=row.max_yield_kg_per_ha,
            limits=[LimitOut.of(limit) for limit in row.limits.all()],
        )


class StandardOut(Schema):
    code: str
    title: str
    indication: str | None
    versions: list[VersionOut]

    @staticmethod
    def of(row: Standard) -> StandardOut:
        return StandardOut(
            code=row.code,
            title=row.title,
            indication=row.indication.code if row.indication else None,
            versions=[VersionOut.of(version) for version in row.versions.all()],
        )


class GrantOut(Schema):
    code: str
    indication: str
    product_name: str
    state: str
    announcement_no: str
    announced_on: date | None
    valid_from: date
    valid_until: date


class EnterpriseOut(Schema):
    uscc: str
    name: str
    name_en: str
    region: str
    is_demo: bool

    @staticmethod
    def of(row: Enterprise) -> EnterpriseOut:
        return EnterpriseOut(
            uscc=row.uscc, name=row.name, name_en=row.name_en, region=row.region_id, is_demo=row.is_demo
        )


class EnterpriseDetailOut(Schema):
    enterprise: EnterpriseOut
    authorisations: list[GrantOut]


class ZoneOut(Schema):
    code: str
    name: str
    grade: str
    region: str
    stage: str
    stage_on: date
    is_demo: bool

    @staticmethod
    def of(row: Zone) -> ZoneOut:
        names = [name for name in ZoneOut.model_fields if name != "region"]
        return ZoneOut(**{name: getattr(row, name) for name in names}, region=row.region_id)


@router.get("/regions", response=list[RegionOut], operation_id="list_regions", summary="Divisions by GB/T 2260 code")
def list_regions(request: HttpRequest, parent: str = "510000") -> list[RegionOut]:
    return [RegionOut.of(row) for row in all_regions(parent)]


@router.get("/indications", response=IndicationPageOut, operation_id="list_indications", summary="Search indications")
def list_indications(
    request: HttpRequest, q: str = "", prefecture: str = "", kind: str = "", cursor: str = "", limit: int = 50
) -> IndicationPageOut:
    rows, following = paginate(search_indications(q, prefecture=prefecture, kind=kind), cursor=cursor, limit=limit)
    return IndicationPageOut(items=[IndicationOut.of(row) for row in rows], next=following)


@router.get("/indications/{code}", response=IndicationDetailOut, operation_id="get_indication", summary="An indication")
def get_indication(request: HttpRequest, code: str) -> IndicationDetailOut:
    row = find_indication(code)
    return IndicationDetailOut(indication=IndicationOut.of(row), counties=sorted(area_county_codes(row)))


@router.get(
    "/standards", response=StandardOut, operation_id="get_standard", summary="A standard with its versions and limits"
)
def get_standard(request: HttpRequest, code: str) -> StandardOut:
    return StandardOut.of(find_standard(code))


@router.get(
    "/enterprises/{uscc}",
    response=EnterpriseDetailOut,
    operation_id="get_enterprise",
    summary="An enterprise with its announced authorisations",
)
def get_enterprise(request: HttpRequest, uscc: str) -> EnterpriseDetailOut:
    page = register.enterprise_page(uscc)
    grants = [
        GrantOut(
            code=str(row.code),
            indication=row.indication.code,
            product_name=row.product_name,
            state=row.state,
            announcement_no=row.announcement_no,
            announced_on=row.announced_on,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        )
        for row in page.authorisations
    ]
    return EnterpriseDetailOut(enterprise=EnterpriseOut.of(page.enterprise), authorisations=grants)


@router.get("/zones", response=list[ZoneOut], operation_id="list_zones", summary="Demonstration zones")
def list_zones(request: HttpRequest) -> list[ZoneOut]:
    return [ZoneOut.of(row) for row in register.all_zones()]


@router.get("/zones/{code}", response=ZoneOut, operation_id="get_zone", summary="A demonstration zone")
def get_zone(request: HttpRequest, code: str) -> ZoneOut:
    return ZoneOut.of(register.zone_page(code).zone)
