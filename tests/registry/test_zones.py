"""Demonstration zones: stages, yearly counts, thresholds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from products.access import Actor
from products.errors import Conflict, DomainError, Forbidden, NotFound
from products.registry.errors import DocumentMissing, IllegalStep, ReasonMissing
from products.registry.models.zone import Zone, ZoneCensus
from products.registry.queries.register import zone_page
from products.registry.services.zones import advance_zone, record_census
from tests.factories import NOW, PIDU, make_indication
from tests.registry.helpers import entries, nothing_logged


@pytest.fixture
def zone(regions: None) -> Zone:
    """A national zone of 郫都区 that has applied."""
    row = Zone.objects.create(
        code="SFQ-T1",
        name="郫县豆瓣示范区",
        grade="national",
        region_id=PIDU,
        stage="applied",
        stage_on=date(2025, 1, 1),
    )
    row.indications.add(make_indication(announced_on=date(2005, 9, 1)))
    return row


def advance(actor: Actor, zone: Zone, stage: str, **changes: Any) -> Zone:
    facts: dict[str, Any] = {
        "document_no": "川市监函〔2026〕1号",
        "reason": "未达标",
        "effective_on": date(2026, 3, 1),
        "now": NOW,
    }
    return advance_zone(actor=actor, code=zone.code, stage=stage, **(facts | changes))


def count(actor: Actor, zone: Zone, **changes: Any) -> ZoneCensus:
    facts: dict[str, Any] = {
        "year": 2025,
        "producer_count": 100,
        "user_count": 61,
        "output_fen": 10**12,
        "user_output_fen": 6 * 10**11,
        "now": NOW,
    }
    return record_census(actor=actor, code=zone.code, **(facts | changes))


def test_a_zone_goes_from_application_to_recognition(province: Actor, zone: Zone) -> None:
    for stage, day in (("building", 1), ("acceptance", 2), ("building", 3), ("acceptance", 4), ("recognised", 5)):
        advance(province, zone, stage, effective_on=date(2026, 3, day), reason="")

    zone.refresh_from_db()
    assert (zone.stage, zone.stage_on) == ("recognised", date(2026, 3, 5))
    assert [step.stage for step in zone_page(zone.code).steps] == [
        "building",
        "acceptance",
        "building",
        "acceptance",
        "recognised",
    ]
    last = entries(f"zone:{zone.code}")[-1]
    assert (last["kind"], last["data"]) == (
        "registry.zone_advanced",
        {
            "name": "郫县豆瓣示范区",
            "grade": "national",
            "region": PIDU,
            "from_stage": "acceptance",
            "stage": "recognised",
            "document_no": "川市监函〔2026〕1号",
            "reason": "",
            "effective_on": "2026-03-05",
        },
    )


@pytest.mark.parametrize("stage", ["acceptance", "recognised", "revoked", "applied", "finished", ""])
def test_no_stage_is_skipped(province: Actor, zone: Zone, stage: str) -> None:
    with pytest.raises(IllegalStep) as caught:
        advance(province, zone, stage)

    assert (caught.value.code, caught.value.field) == ("illegal_step", "stage")
    assert nothing_logged()


def test_refusal_and_revocation_say_why(province: Actor, zone: Zone) -> None:
    with pytest.raises(ReasonMissing):
        advance(province, zone, "refused", reason=" ")
    advance(province, zone, "building", reason="")
    with pytest.raises(ReasonMissing):
        advance(province, zone, "revoked", reason="")

    assert advance(province, zone, "revoked").stage == "revoked"


def test_a_stage_names_its_paper(province: Actor, zone: Zone) -> None:
    with pytest.raises(DocumentMissing):
        advance(province, zone, "building", document_no="  ")


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2026, 11, 24)])
def test_a_stage_is_neither_before_the_last_nor_in_the_future(province: Actor, zone: Zone, day: date) -> None:
    with pytest.raises(DomainError) as caught:
        advance(province, zone, "building", effective_on=day)

    assert (caught.value.code, caught.value.field) == ("invalid_input", "effective_on")


@pytest.mark.parametrize("who", ["officer_north", "officer_city", "maker", "association", "auditor", "admin_actor"])
def test_only_the_province_advances_a_zone(request: pytest.FixtureRequest, zone: Zone, who: str) -> None:
    with pytest.raises(Forbidden):
        advance(request.getfixturevalue(who), zone, "building")

    assert nothing_logged()


@pytest.mark.parametrize("who", ["officer_north", "officer_city", "province"])
def test_an_office_of_the_region_counts(request: pytest.FixtureRequest, zone: Zone, who: str) -> None:
    count(request.getfixturevalue(who), zone)

    (entry,) = entries(f"zone:{zone.code}")
    assert (entry["kind"], entry["data"]) == (
        "registry.zone_counted",
        {
            "year": 2025,
            "producer_count": 100,
            "user_count": 61,
            "output_fen": 10**12,
            "user_output_fen": 6 * 10**11,
        },
    )


def test_offices_elsewhere_do_not_find_the_zone(officer_south: Actor, officer_yibin: Actor, zone: Zone) -> None:
    for actor in (officer_south, officer_yibin):
        with pytest.raises(NotFound):
            count(actor, zone)


def test_producers_do_not_count(maker: Actor, zone: Zone) -> None:
    with pytest.raises(Forbidden):
        count(maker, zone)


def test_a_year_is_counted_once(officer_north: Actor, zone: Zone) -> None:
    count(officer_north, zone)

    with pytest.raises(Conflict) as caught:
        count(officer_north, zone, user_count=1)

    assert (caught.value.code, caught.value.field) == ("conflict", "year")
    assert zone.censuses.get().user_count == 61


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"user_count": 101}, "user_count"),
        ({"user_count": -1}, "user_count"),
        ({"user_output_fen": 10**12 + 1}, "user_count"),
        ({"year": 1999}, "year"),
        ({"year": 2027}, "year"),
        ({"producer_count": 2**31}, "output_fen"),
        ({"output_fen": 2**53}, "output_fen"),
    ],
)
def test_counts_that_cannot_be(officer_north: Actor, zone: Zone, changes: dict[str, int], field: str) -> None:
    with pytest.raises(DomainError) as caught:
        count(officer_north, zone, **changes)

    assert (caught.value.code, caught.value.field) == ("invalid_input", field)
    assert not ZoneCensus.objects.exists()
    assert nothing_logged()


def test_the_page_holds_a_year_against_the_thresholds(officer_north: Actor, zone: Zone) -> None:
    count(officer_north, zone, year=2025)
    count(officer_north, zone, year=2024, user_count=59)
    count(officer_north, zone, year=2023, producer_count=0, user_count=0)

    page = zone_page(zone.code)

    assert page.threshold == 60
    assert [
        (share.census.year, share.readiness.producer_percent, share.readiness.reasons) for share in page.shares
    ] == [
        (2025, Decimal("61.00"), ()),
        (2024, Decimal("59.00"), ("producer_share_low",)),
        (2023, None, ("producers_unknown",)),
    ]


def test_a_provincial_zone_needs_half(zone: Zone) -> None:
    Zone.objects.filter(pk=zone.pk).update(grade="provincial")

    assert zone_page(zone.code).threshold == 50


def test_an_unknown_zone(regions: None) -> None:
    with pytest.raises(NotFound):
        zone_page("SFQ-99")
