"""Capacity, harvest, product and labels add up, or the first place where they don't is named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from products.access import Actor
from products.labels.models.label_run import LabelRange
from products.oversight.domain.balance import Figures, State, first_broken, steps_of, worst
from products.oversight.queries.balance import indication_balance, indication_balances
from products.oversight.queries.findings import findings
from products.registry.models.authorisation import Authorisation
from products.registry.models.standard import StandardVersion
from products.trace.models.lot import Lot
from products.trace.models.plot import Plot, PlotStep
from tests.conftest import signed_in
from tests.factories import CUIPING, NOW, TODAY, make_authorisation, make_batch, make_enterprise, make_run, make_version
from tests.trace.lineage_helpers import lot_of, make_lot, operate
from tests.trace.reading import page, text_of

KG = 1_000


@pytest.mark.parametrize(
    ("figures", "states"),
    [
        # capacity >= harvest, harvest >= product, product >= labels, labels >= in use
        ({"capacity_g": 9, "harvest_g": 8, "product_g": 7, "issued_g": 6, "activated_g": 5}, "ok ok ok ok"),
        ({"capacity_g": 9, "harvest_g": 9, "product_g": 9, "issued_g": 9, "activated_g": 9}, "ok ok ok ok"),
        ({"capacity_g": 9, "harvest_g": 10}, "broken ok ok ok"),
        ({"capacity_g": 9, "harvest_g": 8, "product_g": 9}, "ok broken ok ok"),
        ({"capacity_g": 9, "harvest_g": 8, "product_g": 9, "purchased_g": 1}, "ok bought ok ok"),
        ({"capacity_g": 9, "harvest_g": 8, "product_g": 9, "opening_g": 1}, "ok ok ok ok"),
        ({"capacity_g": 9, "harvest_g": 8, "product_g": 9, "reworked_in_g": 1, "reworked_out_g": 1}, "ok ok ok ok"),
        ({"capacity_g": 9, "harvest_g": 8, "product_g": 9, "unassigned_g": 1}, "ok unstated ok ok"),
        ({"capacity_g": 9, "harvest_g": 8, "product_g": 8, "issued_g": 9}, "ok ok broken ok"),
        ({"capacity_g": 9, "harvest_g": 8, "product_g": 8, "reworked_out_g": 1, "issued_g": 8}, "ok ok broken ok"),
        ({"issued_g": 8, "product_g": 9, "harvest_g": 9, "activated_g": 9}, "unstated ok ok broken"),
        ({}, "unstated ok ok ok"),
        ({"product_g": 5}, "unstated unstated ok ok"),
        ({"capacity_g": 9, "product_g": 5}, "unstated unstated ok ok"),
        ({"capacity_g": 9, "product_g": 10}, "unstated broken ok ok"),
        ({"capacity_g": 9, "product_g": 10, "is_capacity_partial": True}, "unstated unstated ok ok"),
        ({"product_g": 5, "purchased_g": 5}, "bought bought ok ok"),
        ({"product_g": 6, "purchased_g": 5}, "unstated unstated ok ok"),
        ({"capacity_g": 9, "product_g": 5, "purchased_g": 5}, "unstated bought ok ok"),
        ({"capacity_g": 9, "harvest_g": 10, "is_capacity_partial": True}, "unstated ok ok ok"),
        ({"capacity_g": 9, "harvest_g": 8, "is_harvest_partial": True}, "unstated ok ok ok"),
        ({"capacity_g": 9, "harvest_g": 8, "product_g": 9, "is_harvest_partial": True}, "unstated unstated ok ok"),
    ],
)
def test_each_step_holds_or_breaks_and_nothing_unstated_is_fine(figures: dict[str, Any], states: str) -> None:
    assert [step.state.value for step in steps_of(Figures(**figures))] == states.split()


def test_the_first_broken_step_is_named_with_what_is_too_much() -> None:
    steps = steps_of(Figures(capacity_g=9, harvest_g=10, product_g=15, issued_g=20))

    step = first_broken(steps)

    assert step is not None
    assert (step.name, step.over_g, step.gap_g) == ("harvest", 1, -1)
    assert worst(steps) is State.BROKEN


@pytest.fixture
def right(maker: Actor, makers: Any) -> Authorisation:
    """The maker's right, under a standard of at most 1,000 kg a hectare, with one hectare of land."""
    right = make_authorisation(enterprise=makers)
    make_version(right.indication)
    StandardVersion.objects.update(max_yield_kg_per_ha=1_000)
    land(right, 10_000)
    return right


def land(right: Authorisation, area_m2: int) -> None:
    plot = Plot.objects.create(
        enterprise=right.enterprise,
        indication=right.indication,
        kind="field",
        region=right.enterprise.region,
        area_m2=area_m2,
        created_at=NOW,
    )
    PlotStep.objects.create(plot=plot, kind="registered", area_m2=area_m2, by="uscc:x", at=NOW)


def harvest(right: Authorisation, kg: int, *, kind: str = "harvest", **changes: Any) -> Lot:
    lot = make_lot(right.enterprise, kind=kind, mass_g=kg * KG, indication=right.indication)
    operate(right.enterprise, kind, taken={}, given={lot: kg * KG}, **changes)
    return lot


def balance_of(actor: Actor, right: Authorisation, year: int = 2026) -> Any:
    return indication_balance(actor=actor, code=right.indication.code, year=year)[0]


def test_a_year_that_adds_up(province: Actor, right: Authorisation) -> None:
    harvest(right, 900)
    run = make_run(batch=make_batch(authorisation=right, net_mass_g=800 * KG), quantity=1_000, activated=False)
    LabelRange.objects.create(run=run, kind="activated", first_serial=1, last_serial=400, by="x", at=NOW)

    row = balance_of(province, right)

    assert row.state is State.OK
    assert row.figures == Figures(
        capacity_g=1_000 * KG,
        harvest_g=900 * KG,
        product_g=800 * KG,
        issued_g=500 * KG,
        activated_g=200 * KG,
    )


def test_drafts_and_other_years_do_not_count(province: Actor, right: Authorisation) -> None:
    harvest(right, 900, done_on=date(2025, 9, 1))
    make_batch(authorisation=right, produced_on=date(2025, 11, 1))
    make_batch(authorisation=right, state="draft")

    assert balance_of(province, right).figures.product_g == 0
    assert balance_of(province, right).figures.opening_g == 900 * KG
    assert balance_of(province, right, 2025).figures.harvest_g == 900 * KG


def test_more_product_than_harvest_is_a_finding(
    officer_north: Actor, officer_south: Actor, right: Authorisation
) -> None:
    harvest(right, 100)
    make_batch(authorisation=right, net_mass_g=300 * KG)

    (row,) = findings(actor=officer_north, today=TODAY, kind="unbalanced")

    assert (row.level, row.number) == ("bad", 200)
    assert "产品比原料多 200 公斤" in row.text
    assert findings(actor=officer_south, today=TODAY, kind="unbalanced") == []
    text = text_of(page(signed_in(officer_north), "/regulator/findings?kind=unbalanced"))
    assert "产品多于原料" in text
    assert right.enterprise.name in text


def test_more_harvest_than_the_land_bears_is_a_finding(officer_north: Actor, right: Authorisation) -> None:
    harvest(right, 1_001)

    (row,) = findings(actor=officer_north, today=TODAY, kind="unbalanced")

    assert "采收比产能多 1 公斤" in row.text


def test_nothing_unstated_is_a_finding_or_fine(officer_north: Actor) -> None:
    right = make_authorisation()
    make_batch(authorisation=right)

    assert findings(actor=officer_north, today=TODAY, kind="unbalanced") == []
    assert balance_of(officer_north, right).state is State.UNSTATED
    assert "采收没有填报" in text_of(page(signed_in(officer_north), "/regulator/balance/"))


def test_land_without_a_stated_yield_has_no_capacity(officer_north: Actor, right: Authorisation) -> None:
    StandardVersion.objects.update(max_yield_kg_per_ha=None)
    harvest(right, 10)

    text = text_of(page(signed_in(officer_north), f"/regulator/balance/{right.indication.code}"))

    assert "标准未配置最高亩产，产能不能计算" in text
    assert "未填报 → 对 10 公斤" in text


def test_a_batch_made_of_another_is_not_counted_as_new_goods(province: Actor, right: Authorisation) -> None:
    harvest(right, 100)
    first = make_batch(authorisation=right, net_mass_g=100 * KG)
    second = make_batch(authorisation=right, net_mass_g=40 * KG)
    operate(right.enterprise, "merge", taken={lot_of(first): 40 * KG}, given={lot_of(second): 40 * KG})
    assert balance_of(province, right).state is State.OK

    make_run(batch=first, quantity=200)
    assert balance_of(province, right).state is State.OK
    make_run(batch=second, quantity=80)
    assert balance_of(province, right).broken.name == "labels", "40 kg are labelled twice"


def test_one_enterprise_without_figures_leaves_the_whole_open(province: Actor, right: Authorisation) -> None:
    other = make_authorisation(enterprise=make_enterprise(region_id=CUIPING), indication=right.indication)
    make_batch(authorisation=other, net_mass_g=900 * KG)
    harvest(right, 500)
    make_batch(authorisation=right, net_mass_g=600 * KG)

    whole, rows = indication_balance(actor=province, code=right.indication.code, year=2026)

    assert whole.state is State.UNSTATED
    assert [(row.enterprise, row.state) for row in rows] == [
        (right.enterprise, State.BROKEN),
        (other.enterprise, State.UNSTATED),
    ]


def test_the_worst_stands_first_and_an_office_sees_its_own_region(
    province: Actor, officer_north: Actor, right: Authorisation
) -> None:
    small, far = make_authorisation(), make_authorisation(enterprise=make_enterprise(region_id=CUIPING))
    for each, kg in ((right, 20), (small, 15), (far, 12)):
        harvest(each, 10)
        make_batch(authorisation=each, net_mass_g=kg * KG)

    def listed(actor: Actor) -> list[Any]:
        return [row.indication for row in indication_balances(actor=actor, year=2026)]

    assert listed(province) == [right.indication, small.indication, far.indication]
    assert listed(officer_north) == [right.indication, small.indication]


def test_page_file_and_api_say_the_same(officer_north: Actor, right: Authorisation) -> None:
    client, code = signed_in(officer_north), right.indication.code
    harvest(right, 100)
    harvest(right, 50, kind="purchase")
    make_batch(authorisation=right, net_mass_g=300 * KG)

    assert "产品多于采收和购进，多 150 公斤" in text_of(page(client, "/regulator/balance/"))
    assert "对不上 多 150 公斤" in text_of(page(client, f"/regulator/balance/{code}?year=2026"))
    lines = client.get("/regulator/balance/?format=csv").content.decode("utf-8-sig").splitlines()
    assert lines[1].split(",")[2:] == ["1000", "100", "50", "0", "300", "0", "0"]
    assert right.enterprise.name in client.get(f"/regulator/balance/{code}?format=csv").content.decode()
    (row,) = client.get("/api/v1/balance?year=2026").json()
    assert (row["state"], row["broken"], row["harvest_g"]) == ("broken", "product", 100_000)
    whole, one = client.get(f"/api/v1/balance?indication={code}").json()
    assert (whole["enterprise"], one["enterprise"]) == (None, right.enterprise.uscc)
    assert [step["gap_g"] for step in one["steps"]] == [900_000, -150_000, 300_000, 0]


@pytest.mark.parametrize("address", ["/regulator/balance/?year=x", "/regulator/balance/?year=99999"])
def test_a_year_that_is_none_is_refused(officer_north: Actor, address: str) -> None:
    assert signed_in(officer_north).get(address).status_code == 422


def test_others_have_no_balance(maker: Actor, association: Actor, officer_north: Actor) -> None:
    for actor in (maker, association):
        assert signed_in(actor).get("/regulator/balance/").status_code == 403
        assert signed_in(actor).get("/api/v1/balance").status_code == 403
    assert signed_in(officer_north).get("/regulator/balance/NO-SUCH").status_code == 404
    assert signed_in(officer_north).get("/api/v1/balance?indication=NO-SUCH").status_code == 404
