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
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.registry.models.standard import LawCitation, Standard, StandardVersion
from products.registry.queries import register
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
from products.registry.queries.indications import area_county_codes, find_indication, search_indications
from products.registry.queries.regions import counties_of, county_index, find_county, locate, prefecture_of, prefectures
from products.registry.queries.standards import find_standard, version_in_force
from tests.factories import (
    CUIPING,
    PIDU,
    PUJIANG,
    TODAY,
    make_authorisation,
    make_enterprise,
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


def test_the_area_of_a_name(regions: None) -> None:
    assert area_county_codes(make_indication()) == {PIDU}
    assert area_county_codes(make_indication(counties=())) == {PIDU, PUJIANG}
    assert area_county_codes(make_indication(counties=(), prefecture_id=None)) == frozenset()


def test_searching_names(regions: None) -> None:
    douban = make_indication(types=["gi_product", "gi_mark"])
    tea = make_indication(
        name="宜宾早茶",
        name_en="Yibin Tea",
        category="茶叶",
        counties=(CUIPING,),
        prefecture_id="511500",
        types=["agri_gi"],
    )
    shared = make_indication(name="两地共有", name_en="Both", category="水果", counties=(PIDU, CUIPING), types=[])

    assert set(search_indications("豆瓣")) == {douban}
    assert set(search_indications(" yibin ")) == {tea}
    assert set(search_indications(douban.code.lower())) == {douban}
    assert set(search_indications("茶叶")) == {tea}
    assert set(search_indications(prefecture="511500")) == {tea, shared}
    assert list(search_indications(prefecture="510100")).count(shared) == 1
    assert set(search_indications(kind="gi_mark")) == {douban}
    assert set(search_indications(kind="gi")) == set()
    assert set(search_indications("%")) == set()
    assert set(search_indications("豆瓣\x00")) == {douban}
    with pytest.raises(NotFound):
        find_indication("SC-9999")


def test_the_page_of_a_name(indication: Indication) -> None:
    announced = make_authorisation(indication=indication)
    make_authorisation(indication=indication, state="submitted")
    make_version(indication)

    page = register.indication_page(indication.code)

    assert page.authorisations == [announced]
    assert [county.code for county in page.counties] == [PIDU]
    assert len(page.versions) == 1


def test_the_page_of_an_enterprise(makers: Enterprise) -> None:
    make_authorisation(enterprise=makers, state="submitted")
    with pytest.raises(NotFound):
        register.enterprise_page(makers.uscc)
    announced = make_authorisation(enterprise=makers)

    assert register.enterprise_page(makers.uscc.lower()).authorisations == [announced]
    assert list(register.search_enterprises(makers.name[:4])) == [makers]
    assert list(register.search_enterprises(makers.uscc.lower())) == [makers]


def test_enterprises_without_a_public_right_are_not_searched(makers: Enterprise) -> None:
    make_authorisation(enterprise=makers, state="city_checked")

    assert not register.search_enterprises("").exists()
    make_authorisation(enterprise=makers)
    make_authorisation(enterprise=makers, state="suspended")
    assert list(register.search_enterprises("")) == [makers]


def test_the_map_counts_protected_names(regions: None) -> None:
    make_indication()
    make_indication()
    make_indication(status="cancelled")
    make_indication(prefecture_id="511500")

    assert register.indications_by_prefecture() == {"510100": 2, "511500": 1}


@pytest.mark.django_db
def test_citations_on_a_day() -> None:
    def add(key: str, start: date | None, end: date | None) -> None:
        LawCitation.objects.create(
            key=key, law="商标法", summary="x", summary_en="x", effective_from=start, effective_to=end, reading="T"
        )

    add("old", date(2019, 11, 1), date(2026, 12, 31))
    add("new", date(2027, 1, 1), None)
    add("open", None, None)

    def keys(day: date) -> set[str]:
        return {row.key for row in register.citations_on(day)}

    assert keys(date(2026, 12, 31)) == {"old", "new", "open"}
    assert keys(date(2027, 1, 1)) == {"new", "open"}


def test_a_right_that_changed_hands_is_read_with_its_enterprise(province: Actor, rival: Actor) -> None:
    row = make_authorisation(enterprise=make_enterprise(region_id=PUJIANG), state="submitted")

    assert [found.enterprise.region.name for found in Authorisation.objects.visible_to(province)] == ["蒲江县"]
    assert row not in visible_authorisations(actor=rival)
