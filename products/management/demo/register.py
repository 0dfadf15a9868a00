"""The demonstration's register: indications marked 演示, zones, enterprises and their authorisations."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from products.access import Actor
from products.management.demo.cast import PROVINCE, demo_uscc, maker, office
from products.registry.models.indication import Indication
from products.registry.models.region import Region
from products.registry.models.zone import Zone
from products.registry.queries.indications import area_county_codes
from products.registry.services.applications import Application, submit_application
from products.registry.services.authorisations import decide
from products.registry.services.enterprises import register_enterprise
from products.registry.services.indications import record_change
from products.registry.services.zones import advance_zone, record_census

PLAN_START, PLAN_END = date(2021, 1, 1), date(2025, 12, 31)
# Eight of the enterprises lose the mark later: 300 keep it.
NEW_INDICATIONS, ZONES, ENTERPRISES = 100, 5, 308
# The association one can sign in as; it is made the registrant of the first 演示 indication.
ASSOCIATION_USCC = demo_uscc(9001, county="510100", is_coop=False)
# What became of the applications beyond those that were announced.
OTHER_FATES = ("submitted", "county_checked", "city_checked", "province_approved", "refused")
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Licensed:
    """An announced authorisation that batches can be made under."""

    code: UUID
    uscc: str
    county: str
    category: str
    product: str
    announced_on: date


def at_office_hours(day: date, rng: random.Random) -> datetime:
    """A moment of the day between nine and five in China."""
    return datetime.combine(day, time(1), tzinfo=UTC) + timedelta(minutes=rng.randrange(480))


def add_new_indications(rng: random.Random, *, today: date) -> None:
    """Bring the number of indications recognised since the plan began to NEW_INDICATIONS.

    Real ones count where the reference data has a date in the plan period; the rest say 演示 in their names.
    """
    real = Indication.objects.filter(recognised_on__gte=PLAN_START, is_demo=False).count()
    prefectures = list(Region.objects.filter(level="prefecture").order_by("code"))
    categories = ["茶叶", "水果", "蔬菜", "粮油", "畜禽", "中药材", "调味品", "白酒"]
    for number in range(1, NEW_INDICATIONS - real + 1):
        prefecture = prefectures[(number - 1) % len(prefectures)]
        counties = list(Region.objects.filter(parent=prefecture).order_by("code"))
        chosen = rng.sample(counties, k=min(len(counties), rng.choice([1, 1, 2])))
        category = rng.choice(categories)
        # The last dozen came after the plan's due date, so that progress by the date differs from progress now.
        late = number > NEW_INDICATIONS - real - 12
        span = (PLAN_END - PLAN_START).days
        day = (
            PLAN_END + timedelta(days=10 + rng.randrange(250))
            if late
            else PLAN_START + timedelta(days=rng.randrange(30, span))
        )
        indication = Indication.objects.create(
            code=f"YS-{number:04d}",
            name=f"演示{chosen[0].name}{category}{number:02d}",
            name_en=f"Demonstration {chosen[0].name_en} No. {number}",
            types=["gi_product"],
            category=category,
            prefecture=prefecture,
            area_text="、".join(county.name for county in chosen),
            announcement_no=f"演示公告{day.year}年第{number}号",
            registrant_name="演示·地理标志协会" if number == 1 else "",
            registrant_uscc=ASSOCIATION_USCC if number == 1 else "",
            source="演示",
            confidence="demo",
            is_demo=True,
        )
        indication.counties.set(chosen)
        record_change(
            actor=office(PROVINCE),
            code=indication.code,
            kind="recognised",
            document_no=indication.announcement_no,
            reason="演示",
            effective_on=day,
            now=at_office_hours(min(day, today), rng),
        )


def add_zones(rng: random.Random) -> None:
    """Five recognised zones and one in each other stage, with the bureau's yearly counts."""
    real = list(Indication.objects.filter(is_demo=False, counties__isnull=False).distinct().order_by("code"))
    stages = ["recognised"] * ZONES + ["applied", "building", "acceptance", "revoked"]
    path = {
        "applied": [],
        "building": ["building"],
        "acceptance": ["building", "acceptance"],
        "recognised": ["building", "acceptance", "recognised"],
        "revoked": ["building", "acceptance", "recognised", "revoked"],
    }
    for number, (stage, indication) in enumerate(zip(stages, rng.sample(real, len(stages)), strict=True), start=1):
        county = indication.counties.order_by("code")[0]
        applied_on = date(2021, 3, 1) + timedelta(days=40 * number)
        zone = Zone.objects.create(
            code=f"SFQ-{number:02d}",
            name=f"演示·{county.name}{indication.name}示范区",
            grade="provincial" if number % 2 else "national",
            region=county,
            stage="applied",
            stage_on=applied_on,
            is_demo=True,
        )
        zone.indications.add(indication)
        for step, next_stage in enumerate(path[stage], start=1):
            day = applied_on + timedelta(days=380 * step)
            if next_stage == "acceptance":
                _count(zone.code, county.code, day, rng)
            advance_zone(
                actor=office(PROVINCE),
                code=zone.code,
                stage=next_stage,
                document_no=f"演示文号{day.year}-{number}",
                reason="演示" if next_stage == "revoked" else "",
                effective_on=day,
                now=at_office_hours(day, rng),
            )


def _count(zone: str, county: str, day: date, rng: random.Random) -> None:
    producers = rng.randrange(40, 120)
    output = rng.randrange(10**10, 10**11)
    record_census(
        actor=office(county),
        code=zone,
        year=day.year - 1,
        producer_count=producers,
        user_count=producers * rng.randrange(62, 90) // 100,
        output_fen=output,
        user_output_fen=output * rng.randrange(62, 90) // 100,
        now=at_office_hours(day, rng),
    )


def add_enterprises(rng: random.Random, *, today: date, progress: Progress) -> Iterator[Licensed]:
    """Enterprises with an announced authorisation in all 21 prefectures, and some whose application went otherwise."""
    # Kind 1 users (公告第354号) have announced GI products.
    products = [item for item in Indication.objects.order_by("code") if "gi_product" in item.types]
    areas = [(item, sorted(area_county_codes(item))) for item in products]
    by_prefecture: dict[str, list[tuple[Indication, list[str]]]] = {}
    for item, counties in areas:
        if item.prefecture_id and counties:
            by_prefecture.setdefault(item.prefecture_id, []).append((item, counties))
    prefectures = sorted(by_prefecture)
    names = dict(Region.objects.values_list("code", "name"))
    total = ENTERPRISES + 40
    for number in range(1, total + 1):
        indication, counties = rng.choice(by_prefecture[prefectures[number % len(prefectures)]])
        is_signed_in_as = number <= 2
        if is_signed_in_as:
            indication = Indication.objects.get(name="郫县豆瓣")
            counties = sorted(area_county_codes(indication))
        elif number <= 6:  # the association one can sign in as has four users of its name
            indication = Indication.objects.get(registrant_uscc=ASSOCIATION_USCC)
            counties = sorted(area_county_codes(indication))
        county = rng.choice(counties)
        is_coop = rng.random() < 0.5
        uscc = demo_uscc(number, county=county, is_coop=is_coop)
        form = "专业合作社" if is_coop else "有限公司"
        span = (today - PLAN_START).days - 120
        applied = PLAN_START + timedelta(days=30 + (60 * number if is_signed_in_as else rng.randrange(span)))
        register_enterprise(
            actor=office(county),
            uscc=uscc,
            name=f"演示·{names[county]}{indication.category or '特产'}{form}{number:03d}",
            region_code=county,
            address=f"{names[county]}演示路{number}号",
            is_demo=True,
            now=at_office_hours(applied, rng),
        )
        fate = "announced" if number <= ENTERPRISES else OTHER_FATES[number % len(OTHER_FATES)]
        licensed = apply_for(
            rng, indication=indication, uscc=uscc, county=county, applied=applied, fate=fate, today=today
        )
        progress("enterprises", number, total)
        if licensed:
            yield licensed


def apply_for(
    rng: random.Random, *, indication: Indication, uscc: str, county: str, applied: date, fate: str, today: date
) -> Licensed | None:
    """One application, taken as far as `fate`."""
    if fate not in {"announced", "refused"}:
        applied = today - timedelta(days=rng.randrange(3, 60))
    years = range(applied.year, today.year + 2)
    application = Application(
        indication_code=indication.code,
        uscc=uscc,
        product_name=indication.name,
        holder_kind=1,
        basis_no=indication.standard_text[:60] or indication.announcement_no or f"{indication.name}管理规范",
        valid_from=applied,
        valid_until=date(today.year + 2, 12, 31),
        quotas={year: rng.randrange(200, 2_000) * 1_000_000 for year in years},
    )
    authorisation = submit_application(
        actor=maker(uscc), application=application, is_demo=True, now=at_office_hours(applied, rng)
    )
    steps: list[tuple[str, Actor, int]] = [
        ("check_county", office(county), 7),
        ("check_city", office(county[:4] + "00"), 14),
        ("approve_province", office(PROVINCE), 30),
        ("announce", office(PROVINCE), 45),
    ]
    wanted = {"submitted": 0, "county_checked": 1, "city_checked": 2, "province_approved": 3, "refused": 1}.get(fate, 4)
    for action, actor, days in steps[:wanted]:
        day = min(applied + timedelta(days=days), today)
        decide(
            actor=actor,
            code=authorisation.code,
            action=action,
            reason="",
            document_no=f"演示{day.year}-{authorisation.pk:04d}",
            now=at_office_hours(day, rng),
        )
    if fate == "refused":
        decide(
            actor=steps[1][1],
            code=authorisation.code,
            action="refuse",
            reason="演示：产地核验材料缺少地块证明。",
            document_no="",
            now=at_office_hours(applied + timedelta(days=20), rng),
        )
    if fate != "announced":
        return None
    return Licensed(
        code=authorisation.code,
        uscc=uscc,
        county=county,
        category=indication.category,
        product=indication.name,
        announced_on=applied + timedelta(days=45),
    )
