"""What may be read, by whom, and what follows from dates and places."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from products.access import NOBODY, Actor
from products.errors import NotFound
from products.registry.errors import AuthorisationInactive, CoordinatesSwapped, UnknownCounty, UnusablePlace
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.registry.models.standard import Standard, StandardVersion
from products.registry.queries.authorisations import (
    applications,
    find_authorisation,
    own_authorisations,
    pending_applications,
    quota_of,
    require_usable,
    standing,
    usable_authorisations,
    visible_authorisations,
)
from products.registry.queries.regions import counties_of, county_index, find_county, locate, prefecture_of, prefectures
from products.registry.queries.standards import find_standard, version_in_force
from tests.factories import (
    CUIPING,
    PIDU,
    TODAY,
    make_authorisation,
    make_indication,
    make_version,
)

PUBLIC = ("announced", "suspended", "withdrawn")
PRIVATE = ("submitted", "county_checked", "city_checked", "province_approved", "refused")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "active"),
        ({"state": "suspended"}, "suspended"),
        ({"state": "withdrawn"}, "withdrawn"),
        ({"state": "province_approved"}, "not_announced"),
        ({"state": "refused"}, "not_announced"),
        ({"valid_from": TODAY}, "active"),
        ({"valid_until": TODAY}, "active"),
        ({"valid_from": TODAY + timedelta(days=1)}, "not_yet_valid"),
        ({"valid_until": TODAY - timedelta(days=1)}, "expired"),
    ],
)
def test_standing_and_use_agree(maker: Actor, makers: Enterprise, changes: dict[str, Any], expected: str) -> None:
    row = make_authorisation(enterprise=makers, **changes)

    assert standing(row, on=TODAY) == expected
    assert list(usable_authorisations(actor=maker, on=TODAY)) == ([row] if expected == "active" else [])
    if expected == "active":
        require_usable(row, on=TODAY)
    else:
        with pytest.raises(AuthorisationInactive) as caught:
            require_usable(row, on=TODAY)
        assert caught.value.code == "authorisation_inactive"


def test_a_cancelled_name_is_usable_by_nobody(maker: Actor, makers: Enterprise) -> None:
    row = make_authorisation(enterprise=makers, indication=make_indication(status="cancelled"))

    assert standing(row, on=TODAY) == "protection_cancelled"
    assert not usable_authorisations(actor=maker, on=TODAY).exists()


@pytest.mark.parametrize("state", [*PUBLIC, *PRIVATE])
def test_who_sees_an_authorisation(
    request: pytest.FixtureRequest,
    maker: Actor,
    makers: Enterprise,
    association: Actor,
    registrants_indication: Indication,
    state: str,
) -> None:
    row = make_authorisation(enterprise=makers, indication=registrants_indication, state=state)
    names = ("rival", "officer_south", "officer_yibin", "officer_north", "officer_city", "province", "auditor")
    others = {name: request.getfixturevalue(name) for name in names}
    outside = [NOBODY, others["rival"], others["officer_south"], others["officer_yibin"]]
    inside = [maker, association, *(others[name] for name in names[3:]), request.getfixturevalue("admin_actor")]

    for actor in inside:
        assert find_authorisation(actor=actor, code=row.code) == row
    for actor in outside:
        if state in PUBLIC:
            assert find_authorisation(actor=actor, code=row.code) == row
        else:
            with pytest.raises(NotFound):
                find_authorisation(actor=actor, code=row.code)
        assert (row in visible_authorisations(actor=actor)) is (state in PUBLIC)


def test_an_unknown_authorisation(province: Actor) -> None:
    with pytest.raises(NotFound):
        find_authorisation(actor=province, code=uuid4())


def test_each_office_has_its_own_to_do(
    officer_north: Actor, officer_south: Actor, officer_city: Actor, province: Actor, maker: Actor, auditor: Actor
) -> None:
    rows = {state: make_authorisation(state=state) for state in (*PUBLIC, *PRIVATE)}

    def waiting(actor: Actor) -> list[str]:
        return [row.state for row in pending_applications(actor=actor)]

    assert waiting(officer_north) == ["submitted"]
    assert waiting(officer_city) == ["county_checked"]
    assert waiting(province) == ["city_checked", "province_approved"]
    for actor in (officer_south, maker, auditor, NOBODY):
        assert waiting(actor) == []
    assert set(applications(actor=officer_north)) == set(rows.values())
    assert list(applications(actor=officer_north, state="refused")) == [rows["refused"]]
    assert not applications(actor=officer_south).exists()
    assert not applications(actor=NOBODY).exists()


def test_a_producers_own_and_a_registrants(
    maker: Actor, makers: Enterprise, rival: Actor, association: Actor, registrants_indication: Indication
) -> None:
    own = make_authorisation(enterprise=makers, state="submitted")
    joined = make_authorisation(indication=registrants_indication)

    assert list(own_authorisations(actor=maker)) == [own]
    assert list(own_authorisations(actor=association)) == [joined]
    assert not own_authorisations(actor=rival).exists()
    assert not own_authorisations(actor=NOBODY).exists()


def test_a_quota_to_show(regions: None) -> None:
    row = make_authorisation()

    quota = quota_of(authorisation_id=row.pk, year=2026)
    assert quota is not None
    assert quota.quota_g == 1_000_000
    assert quota_of(authorisation_id=row.pk, year=2040) is None


def test_the_version_in_force_follows_the_day(indication: Indication) -> None:
    standard = Standard.objects.create(code="GB/T 1-2000", title="豆瓣", indication=indication)

    def add(label: str, status: str, start: date | None, end: date | None) -> StandardVersion:
        return StandardVersion.objects.create(
            standard=standard, label=label, status=status, effective_from=start, effective_to=end
        )

    first = add("2000", "repealed", date(2000, 1, 1), date(2014, 10, 30))
    second = add("2014", "in_force", date(2014, 10, 31), None)
    add("草案", "disputed", date(2020, 1, 1), None)
    add("旧", "repealed", date(2021, 1, 1), None)
    amended = add("第1号修改单", "in_force", date(2026, 5, 1), None)

    def on(day: date) -> StandardVersion | None:
        return version_in_force(indication_id=indication.pk, on=day)

    assert on(date(1999, 12, 31)) is None
    assert on(date(2000, 1, 1)) == first
    assert on(date(2014, 10, 30)) == first
    assert on(date(2014, 10, 31)) == second
    assert on(date(2026, 4, 30)) == second
    assert on(date(2026, 5, 1)) == amended
    assert version_in_force(indication_id=make_indication().pk, on=TODAY) is None


def test_a_version_without_a_beginning_was_always_there(indication: Indication) -> None:
    version = make_version(indication, effective_from=None)

    assert version_in_force(indication_id=indication.pk, on=date(1990, 1, 1)) == version


def test_a_standard_by_its_number(indication: Indication) -> None:
    version = make_version(indication)

    assert find_standard(f" {version.standard.code} ") == version.standard
    with pytest.raises(NotFound):
        find_standard("GB/T 0")


def test_counties_and_prefectures(regions: None) -> None:
    assert find_county(PIDU).name == "郫都区"
    for code in ("510100", "510000", "000000", ""):
        with pytest.raises(UnknownCounty) as caught:
            find_county(code, field="region_code")
        assert (caught.value.code, caught.value.field) == ("unknown_county", "region_code")
    assert [prefecture_of(code) and str(prefecture_of(code)) for code in (PIDU, "511500", "510000", "999999")] == [
        "成都市",
        "宜宾市",
        None,
        None,
    ]
    assert [row.code for row in prefectures()] == ["510100", "511500"]
    assert [row.code for row in counties_of(frozenset({CUIPING, PIDU, "510100"}))] == [PIDU, CUIPING]


def test_a_point_lies_in_a_county(regions: None) -> None:
    found = locate(Decimal("103.85"), Decimal("30.8"), "GCJ-02")

    assert found is not None
    assert found.code == PIDU
    assert locate(Decimal("102.0"), Decimal("32.0"), "GCJ-02") is None


def test_a_point_of_a_satellite_receiver_is_shifted_first(regions: None) -> None:
    # 0.001 degrees (100 m) west of the border in WGS-84 is east of it in GCJ-02, which lies some 200 to 300 m further.
    west_of_border = Decimal("103.699")

    assert locate(west_of_border, Decimal("30.8"), "GCJ-02") is None
    found = locate(west_of_border, Decimal("30.8"), "WGS-84")
    assert found is not None
    assert found.code == PIDU


def test_points_that_cannot_be_judged(regions: None) -> None:
    with pytest.raises(CoordinatesSwapped) as swapped:
        locate(Decimal("30.8"), Decimal("103.85"), "WGS-84")
    assert swapped.value.code == "coordinates_swapped"
    for longitude, latitude, datum in (("116.4", "39.9", "WGS-84"), ("999", "999", "WGS-84"), ("103.85", "30.8", "x")):
        with pytest.raises(UnusablePlace) as caught:
            locate(Decimal(longitude), Decimal(latitude), datum)
        assert caught.value.code == "unusable_place"
    with pytest.raises(UnusablePlace):
        locate(Decimal("NaN"), Decimal("30.8"), "WGS-84")


def test_boundaries_are_read_once(regions: None) -> None:
    assert county_index() is county_index()
