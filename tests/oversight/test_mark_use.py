from __future__ import annotations

import csv
from datetime import date
from io import StringIO
from typing import Any

import pytest

from products.access import NOBODY, Actor
from products.errors import InvalidInput, NotFound
from products.labels.models.label_run import LabelRange
from products.oversight.queries.mark_use import MarkUse, mark_use, sorted_use, totals, users
from products.oversight.queries.records import Asked, find_records, read_asked
from products.registry.models.enterprise import Enterprise
from tests.conftest import signed_in
from tests.factories import CUIPING, NOW, make_authorisation, make_batch, make_enterprise, make_run
from tests.oversight.helpers import scan

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(regions: None) -> Enterprise:
    """2026: two batches of 100 kg, 30 labels of 500 g of which 10 in use and 2 void; something in 2025 and a draft."""
    firm = make_enterprise(name="=豆瓣厂")
    authorisation = make_authorisation(enterprise=firm, quota_g=500_000)
    batch = make_batch(authorisation=authorisation)
    run = make_run(batch=batch)
    silent = make_run(batch=batch, activated=False, quantity=20)
    LabelRange.objects.create(run=silent, kind="voided", first_serial=1, last_serial=2, by="uscc:x", at=NOW)
    make_batch(authorisation=authorisation)
    make_batch(authorisation=authorisation, state="draft")
    make_run(batch=make_batch(authorisation=authorisation, produced_on=date(2025, 12, 31)))
    scan(run, 1, times=3)
    scan(silent, 7)
    return firm


def use_of(actor: Actor, year: int = 2026, **asked: str) -> list[MarkUse]:
    return mark_use(actor=actor, enterprises=users(actor=actor, **asked), year=year)


def test_each_figure_counts_its_production_year_without_drafts(firm: Enterprise, officer_north: Actor) -> None:
    (row,) = use_of(officer_north)

    assert (row.authorised, row.suspended, row.quota_g) == (1, 0, 500_000)
    assert (row.batches, row.registered_g) == (2, 200_000)
    assert (row.issued, row.issued_g, row.quota_percent) == (30, 15_000, 3)
    assert (row.activated, row.voided) == (10, 2)
    assert (row.units_scanned, row.scans) == (2, 4)
    assert use_of(officer_north, 2025)[0].batches == 1


def test_every_number_is_what_its_list_adds_up_to(firm: Enterprise, officer_north: Actor) -> None:
    (row,) = use_of(officer_north)
    asked = Asked(uscc=firm.uscc, year=2026)

    def behind(kind: str, asked: Asked = asked) -> tuple[int, int | None]:
        found = find_records(actor=officer_north, kind=kind, asked=asked)
        assert found.count == len(list(found.rows))
        return found.count, found.total

    assert behind("authorisations", Asked(uscc=firm.uscc, state="announced")) == (row.authorised, None)
    assert behind("quotas") == (1, row.quota_g)
    assert behind("batches") == (row.batches, row.registered_g)
    assert behind("runs") == (2, row.issued)
    assert behind("activations") == (1, row.activated)
    assert behind("units") == (row.units_scanned, None)
    assert behind("scans") == (row.scans, None)


def test_scanned_but_never_activated(firm: Enterprise, officer_north: Actor) -> None:
    found = find_records(actor=officer_north, kind="never-activated", asked=Asked())

    assert [(unit.serial, unit.scan_count) for unit in found.rows] == [(7, 1)]


def test_an_office_sees_its_region_the_platform_all_and_nobody_nothing(
    firm: Enterprise, officer_north: Actor, officer_south: Actor, auditor: Actor, admin_actor: Actor, maker: Actor
) -> None:
    south = make_authorisation(enterprise=make_enterprise(region_id=CUIPING)).enterprise

    def seen(actor: Actor) -> set[str]:
        return {row.uscc for row in use_of(actor)}

    assert seen(officer_north) == {firm.uscc}
    assert seen(officer_south) == {south.uscc}
    assert seen(auditor) == seen(admin_actor) == {firm.uscc, south.uscc}
    assert seen(NOBODY) == seen(maker) == set()
    for kind in ("authorisations", "quotas", "batches", "runs", "activations", "units", "scans", "decisions"):
        asked = Asked(uscc=firm.uscc)
        assert find_records(actor=officer_south, kind=kind, asked=asked).count == 0
        assert find_records(actor=maker, kind=kind, asked=asked).count == 0
    assert signed_in(officer_south).get(f"/regulator/enterprises/{firm.uscc}").status_code == 404


def test_an_enterprise_that_only_applied_is_no_user(officer_north: Actor) -> None:
    make_authorisation(state="submitted")

    assert use_of(officer_north) == []


def test_queries_do_not_grow_with_enterprises(
    firm: Enterprise, province: Actor, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(7):
        use_of(province)
    for _number in range(3):
        scan(make_run(batch=make_batch()), 1)
    with django_assert_num_queries(7):
        assert len(use_of(province)) == 4


def test_the_first_page_asks_the_same_number_of_queries_for_one_and_for_many(
    firm: Enterprise, province: Actor, django_assert_max_num_queries: Any
) -> None:
    browser = signed_in(province)
    with django_assert_max_num_queries(50) as few:
        browser.get("/regulator/")
    for _number in range(12):
        scan(make_run(batch=make_batch(authorisation=make_authorisation(quota_g=5_200))), 1)
    with django_assert_max_num_queries(len(few)):
        browser.get("/regulator/")


def test_any_column_sorts_both_ways_and_an_unknown_one_by_labels() -> None:
    def row(name: str, issued: int, quota_g: int) -> MarkUse:
        return MarkUse(name, name, "", "", "", "", False, issued=issued, issued_g=issued, quota_g=quota_g)

    rows = [row("b", 1, 0), row("a", 3, 10), row("c", 2, 4)]

    def order(sort: str) -> str:
        return "".join(one.name for one in sorted_use(rows, sort))

    assert (order("name"), order("-name")) == ("abc", "cba")
    assert (order("issued"), order("-issued"), order("; drop")) == ("bca", "acb", "acb")
    assert order("-quota_percent") == "cab"
    assert totals(rows).issued == 6


def test_the_table_filters_sorts_pages_and_exports(firm: Enterprise, province: Actor) -> None:
    for number in range(30):
        make_authorisation(enterprise=make_enterprise(name=f"厂{number:02d}", region_id=CUIPING))
    browser = signed_in(province)

    filtered = browser.get(f"/regulator/mark-use?q={firm.uscc}&year=2026")
    second = browser.get("/regulator/mark-use?year=2026&region=511500&sort=name&page=2")
    sheet = browser.get("/regulator/mark-use?year=2026&sort=-issued&format=csv")

    assert [row.uscc for row in filtered.context["page"]] == [firm.uscc]
    assert [row.name for row in second.context["page"]] == [f"厂{number:02d}" for number in range(25, 30)]
    assert sheet.content.startswith("\ufeff".encode())
    rows = list(csv.DictReader(StringIO(sheet.content.decode("utf-8-sig"))))
    assert len(rows) == 31
    # A spreadsheet must not run a name as a formula, and must read figures as figures.
    assert (rows[0]["企业"], rows[0]["发放标签（枚）"], rows[0]["登记净重（公斤）"]) == ("'=豆瓣厂", "30", "200")


def test_the_sums_of_a_filtered_table_open_lists_with_the_same_sums(firm: Enterprise, province: Actor) -> None:
    make_run(batch=make_batch())
    make_run(batch=make_batch(authorisation=make_authorisation(enterprise=make_enterprise(region_id=CUIPING))))

    for asked in ({}, {"q": "豆瓣"}, {"region": "510100"}, {"q": firm.uscc, "region": "510100"}):
        sums = totals(use_of(province, text=asked.get("q", ""), region=asked.get("region", "")))
        values = asked | {"year": "2026"}

        def behind(kind: str, values: dict[str, str] = values) -> int | None:
            return find_records(actor=province, kind=kind, asked=read_asked(values)).total

        assert sums.quota_g == behind("quotas")
        assert sums.registered_g == behind("batches")
        assert sums.issued == behind("runs")
        assert sums.activated == behind("activations")


def test_every_link_of_the_table_leads_to_a_page(firm: Enterprise, officer_north: Actor) -> None:
    from bs4 import BeautifulSoup

    browser = signed_in(officer_north)
    for start in ("/regulator/", "/regulator/mark-use?year=2026", f"/regulator/enterprises/{firm.uscc}?year=2026"):
        page = BeautifulSoup(browser.get(start).content, "html.parser")
        links = {str(link["href"]) for link in page.select("main a[href]")}
        for link in links:
            address = link if link.startswith("/") else start.partition("?")[0] + link
            assert browser.get(address).status_code == 200, address


def test_the_interface_pages_through_enterprises(firm: Enterprise, province: Actor, maker: Actor) -> None:
    make_authorisation()
    browser = signed_in(province)

    first = browser.get("/api/v1/mark-use?year=2026&limit=1").json()
    second = browser.get(f"/api/v1/mark-use?year=2026&limit=1&cursor={first['next']}").json()

    assert [row["issued"] for row in first["items"] + second["items"]] == [0, 30]
    assert second["next"] is None
    assert signed_in(maker).get("/api/v1/mark-use").status_code == 403


@pytest.mark.parametrize("values", [{"year": "soon"}, {"year": "12"}, {"since": "yesterday"}, {"authorisation": "x"}])
def test_a_malformed_filter_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        read_asked(values)


def test_an_unknown_kind_of_record_is_not_found(province: Actor) -> None:
    with pytest.raises(NotFound):
        find_records(actor=province, kind="secrets", asked=Asked())
    browser = signed_in(province)
    assert browser.get("/regulator/records/secrets").status_code == 404
    assert browser.get("/regulator/mark-use?year=soon").status_code == 422
