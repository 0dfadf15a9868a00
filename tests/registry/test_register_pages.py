"""Searching the register, and its public pages."""

from __future__ import annotations

from datetime import date

import pytest

from products.access import Actor
from products.errors import NotFound
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.registry.models.standard import LawCitation
from products.registry.queries import register
from products.registry.queries.authorisations import (
    visible_authorisations,
)
from products.registry.queries.indications import area_county_codes, find_indication, search_indications
from tests.factories import (
    CUIPING,
    PIDU,
    PUJIANG,
    make_authorisation,
    make_enterprise,
    make_indication,
    make_version,
)

PUBLIC = ("announced", "suspended", "withdrawn")
PRIVATE = ("submitted", "county_checked", "city_checked", "province_approved", "refused")


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
