"""Process limits held against what the records of a batch say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.registry.models.standard import Limit, StandardVersion
from products.trace.models.batch import Batch
from products.trace.queries.process_checks import process_checks
from tests.conftest import signed_in
from tests.factories import make_batch, make_limit, make_version
from tests.trace.lineage_helpers import lot_of, make_lot, operate

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(authorisation: Authorisation) -> StandardVersion:
    return make_version(authorisation.indication)


def limit(version: StandardVersion, indicator: str, *values: str, unit: str, **changes: Any) -> Limit:
    facts = {"scope": "process", "unit": unit, "name": indicator, **changes}
    return make_limit(version, indicator, facts.pop("comparator", "range"), *values, **facts)


def found(batch: Batch) -> dict[str, tuple[str, str]]:
    return {check.indicator: (check.verdict, check.demand) for check in process_checks(batch)}


@pytest.mark.parametrize(
    ("day", "values", "verdict", "demand"),
    [
        (date(2026, 3, 1), ("3", "5"), "ok", "3 月至 5 月"),
        (date(2026, 6, 1), ("3", "5"), "not_ok", "3 月至 5 月"),
        (date(2026, 1, 31), ("11", "2"), "ok", "11 月至次年 2 月"),
        (date(2026, 3, 1), ("11", "2"), "not_ok", "11 月至次年 2 月"),
    ],
)
def test_the_month_of_production(
    authorisation: Authorisation,
    version: StandardVersion,
    day: date,
    values: tuple[str, ...],
    verdict: str,
    demand: str,
) -> None:
    limit(version, "production_month", *values, unit="month")
    batch = make_batch(authorisation=authorisation, produced_on=day, standard_version=version)

    assert found(batch) == {"production_month": (verdict, demand)}


@pytest.mark.parametrize(
    ("made_g", "verdict"), [(40_000, "ok"), (30_000, "ok"), (29_000, "not_ok"), (60_000, "not_ok")]
)
def test_the_yield_of_what_was_processed(
    authorisation: Authorisation, version: StandardVersion, made_g: int, verdict: str
) -> None:
    limit(version, "yield_permille", "300", "500", unit="permille")
    batch = make_batch(authorisation=authorisation, standard_version=version)
    assert found(batch)["yield_permille"][0] == "unknown"
    peppers = make_lot(authorisation.enterprise, mass_g=100_000)

    operate(
        authorisation.enterprise,
        "process",
        taken={peppers: 100_000},
        given={lot_of(batch): made_g},
        yield_permille=made_g // 100,
    )

    assert found(batch)["yield_permille"][0] == verdict


def test_what_no_record_answers_is_unknown_and_the_place_is_elsewhere(
    authorisation: Authorisation, version: StandardVersion
) -> None:
    limit(version, "fermentation_days", "180", unit="d", comparator="ge")
    limit(version, "production_month", "3", unit="month", is_usable=False)
    limit(version, "altitude", "500", "1000", unit="m")
    make_limit(version, "total_acid", "ge", "0.6")
    batch = make_batch(authorisation=authorisation, standard_version=version)

    assert {name: verdict for name, (verdict, _demand) in found(batch).items()} == {
        "fermentation_days": "unknown",
        "production_month": "unknown",
    }
    assert process_checks(make_batch(authorisation=authorisation, lot="X-1")) == []


def test_the_page_of_a_batch_shows_it(maker: Actor, authorisation: Authorisation, version: StandardVersion) -> None:
    limit(version, "production_month", "3", "5", unit="month", name="采收月份")
    batch = make_batch(authorisation=authorisation, produced_on=date(2026, 6, 1), standard_version=version)

    page = signed_in(maker).get(f"/producer/batches/{batch.code}").content.decode()

    assert "采收月份" in page
    assert "✗ 不符合" in page
    assert "生产日期在 6 月" in page
