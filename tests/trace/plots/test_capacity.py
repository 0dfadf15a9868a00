"""What plots can bear in a season: areas as they stood then, times the largest yield of the version in force then."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.registry.models.standard import StandardVersion
from products.trace.domain.capacity import Capacity, read_area_m2, write_mu
from products.trace.queries.capacity import (
    capacity_by_enterprise,
    enterprise_capacity,
    enterprise_season,
    indication_capacity,
)
from products.trace.services.plot_checks import NewPlace
from products.trace.services.plots import PlotChange, change_plot, retire_plot
from tests.factories import make_authorisation, make_batch, make_version
from tests.trace.plot_helpers import make_plot


def day(year: int, month: int = 6, of_month: int = 1) -> datetime:
    return datetime(year, month, of_month, 4, tzinfo=UTC)


@pytest.fixture
def indication(authorisation: Authorisation) -> Indication:
    return authorisation.indication


@pytest.fixture
def version(indication: Indication) -> StandardVersion:
    return make_version(indication, max_yield_kg_per_ha=15_000)


def test_area_times_largest_yield(maker: Actor, indication: Indication, version: StandardVersion) -> None:
    make_plot(maker, indication, name="一号", area_m2=10_000, now=day(2026))
    make_plot(maker, indication, name="二号", area_m2=3_333, now=day(2026))
    make_plot(maker, indication, name="车间", kind="facility", area_m2=900, now=day(2026))

    found = indication_capacity(indication.pk, 2026)

    assert found == Capacity(year=2026, plot_count=2, area_m2=13_333, max_yield_kg_per_ha=15_000)
    # 1.3333 ha x 15,000 kg, to the gram.
    assert found.mass_g == 19_999_500


def test_without_a_yield_or_plots_nothing_is_made_up(maker: Actor, indication: Indication) -> None:
    make_plot(maker, indication, now=day(2026))
    bare = indication_capacity(indication.pk, 2026)
    assert (bare.is_configured, bare.mass_g, bare.plot_count) == (False, None, 1)

    make_version(indication, max_yield_kg_per_ha=15_000)
    assert indication_capacity(indication.pk, 2026).mass_g == 15_000_000
    # Nobody said in 2025 that there was a plot: unknown, not zero.
    assert indication_capacity(indication.pk, 2025).mass_g is None


def test_a_season_counts_what_was_stated_in_its_time(
    maker: Actor, indication: Indication, version: StandardVersion
) -> None:
    plot = make_plot(maker, indication, area_m2=10_000, now=day(2024))
    larger = NewPlace(longitude=Decimal("103.85"), latitude=Decimal("30.85"), area_m2=40_000)
    change = PlotChange(name=plot.name, grower=None, altitude_m=None, place=larger)
    change_plot(actor=maker, code=plot.code, change=change, reason="并地", now=day(2025))
    retire_plot(actor=maker, code=plot.code, reason="流转到期", now=day(2026))

    areas = {year: indication_capacity(indication.pk, year).area_m2 for year in range(2023, 2028)}

    # Enlarging it later does not enlarge the harvest of 2024; retired in June, it bore in 2026.
    assert areas == {2023: 0, 2024: 10_000, 2025: 40_000, 2026: 40_000, 2027: 0}


def test_a_season_ends_at_midnight_in_chengdu(maker: Actor, indication: Indication, version: StandardVersion) -> None:
    # 2026-12-31 16:30 UTC is half past midnight of the new year there.
    make_plot(maker, indication, now=datetime(2026, 12, 31, 16, 30, tzinfo=UTC))

    assert indication_capacity(indication.pk, 2026).plot_count == 0
    assert indication_capacity(indication.pk, 2027).plot_count == 1


def test_the_yield_is_that_of_the_version_in_force(maker: Actor, indication: Indication) -> None:
    make_version(indication, max_yield_kg_per_ha=15_000, effective_to=date(2025, 12, 31))
    standard = StandardVersion.objects.get().standard
    StandardVersion.objects.create(
        standard=standard, label="第1号修改单", status="in_force", effective_from=date(2026, 1, 1),
        source="tests", max_yield_kg_per_ha=12_000,
    )  # fmt: skip
    make_plot(maker, indication, now=day(2024))

    assert [indication_capacity(indication.pk, year).max_yield_kg_per_ha for year in (2025, 2026)] == [15_000, 12_000]


def test_each_enterprise_has_its_own(
    maker: Actor, makers: Enterprise, rival: Actor, indication: Indication, version: StandardVersion
) -> None:
    others = Enterprise.objects.get(uscc=rival.uscc)
    make_authorisation(indication=indication, enterprise=others)
    make_plot(maker, indication, area_m2=10_000, now=day(2026))
    make_plot(rival, indication, area_m2=20_000, now=day(2026))

    assert enterprise_capacity(makers.pk, indication.pk, 2026).mass_g == 15_000_000
    both = capacity_by_enterprise(indication.pk, 2026)
    assert {key: found.area_m2 for key, found in both.items()} == {makers.pk: 10_000, others.pk: 20_000}
    assert sum(found.mass_g or 0 for found in both.values()) == indication_capacity(indication.pk, 2026).mass_g


def test_what_was_made_beside_what_can_be(
    maker: Actor, makers: Enterprise, authorisation: Authorisation, version: StandardVersion
) -> None:
    make_plot(maker, authorisation.indication, area_m2=100, now=day(2026))
    make_batch(authorisation=authorisation, net_mass_g=100_000)
    make_batch(authorisation=authorisation, net_mass_g=70_000, state="recalled")
    make_batch(authorisation=authorisation, net_mass_g=999_000, state="draft")
    make_batch(authorisation=authorisation, net_mass_g=999_000, produced_on=date(2025, 11, 1))

    season = enterprise_season(makers.pk, authorisation.indication_id, 2026)

    assert (season.capacity.mass_g, season.made_g, season.over_g, season.percent) == (150_000, 170_000, 20_000, 113)
    unknown = enterprise_season(makers.pk, authorisation.indication_id, 2025)
    assert (unknown.made_g, unknown.over_g, unknown.percent) == (999_000, 0, None)


@pytest.mark.parametrize(
    ("text", "area_m2"),
    [("3.5", 2_333), ("３．５亩", 2_333), ("1,500 平方米", 1_500), ("1.2公顷", 12_000), ("0.5 km2", 500_000), ("15", 10_000)],
)  # fmt: skip
def test_areas_are_read_as_people_type_them(text: str, area_m2: int) -> None:
    assert read_area_m2(text) == area_m2


@pytest.mark.parametrize("text", ["", "两亩", "3.5斤", "-3", "3..5", "1e5", "9" * 40, "3.5亩半"])
def test_what_is_no_area_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no area"):
        read_area_m2(text)


def test_areas_are_written_in_mu() -> None:
    assert [write_mu(each) for each in (0, 333, 667, 2_333, 10_000, 33_333)] == ["0", "0.5", "1", "3.5", "15", "50"]
