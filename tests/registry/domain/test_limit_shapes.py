"""Every shape that the standards of the province use can be written down and is judged."""

from __future__ import annotations

from decimal import Decimal

import pytest

from products.registry.domain.indicators import ALTITUDE, INDICATORS, PRODUCTION_MONTH, YIELD_PERMILLE
from products.registry.domain.limits import Measurement, evaluate
from products.registry.domain.ratios import ratio_word
from products.registry.domain.reference import standards
from products.registry.domain.requirements import Comparator, parse_limit
from products.registry.domain.units import is_known_unit, known_unit, units


@pytest.mark.parametrize(
    ("month", "verdict"), [("10", "failed"), ("11", "passed"), ("1", "passed"), ("2", "passed"), ("3", "failed")]
)
def test_months_go_round_the_turn_of_the_year(month: str, verdict: str) -> None:
    limit = parse_limit(
        key="m", indicator=PRODUCTION_MONTH, unit="month", comparator="range", values=["11", "2"], condition=None
    )

    found = evaluate([limit], {PRODUCTION_MONTH: Measurement(Decimal(month), "month")})

    assert found.results[0].verdict == verdict


def test_nothing_else_has_a_range_upside_down() -> None:
    with pytest.raises(ValueError, match="upside down"):
        parse_limit(key="x", indicator="x", unit="m", comparator="range", values=["11", "2"], condition=None)


@pytest.mark.parametrize(
    ("kind", "top", "bottom", "word"),
    [
        ("ratio_lt", "0.99", "1", ""),
        ("ratio_lt", "1", "1", "ratio_too_high"),
        ("ratio_le", "1", "1", ""),
        ("ratio_le", "1.01", "1", "ratio_too_high"),
        ("ratio_ge", "1", "1", ""),
        ("ratio_ge", "0.99", "1", "ratio_too_low"),
        ("ratio_lt", "0", "0", "ratio_too_high"),
        ("ratio_le", "0", "0", "ratio_too_high"),
        ("ratio_ge", "0", "0", "ratio_too_low"),
        # Not detected above: somewhere from nothing up to the limit of detection.
        ("ratio_lt", "<1", "1", ""),
        ("ratio_le", "<1", "1", ""),
        ("ratio_ge", "<1", "1", "ratio_too_low"),
        ("ratio_ge", "<2", "1", "below_detection"),
        ("ratio_lt", "<2", "1", "below_detection"),
        # Not detected below: nearly nothing, perhaps.
        ("ratio_lt", "0.5", "<1", "below_detection"),
        ("ratio_le", "1", "<1", "ratio_too_high"),
        ("ratio_lt", "2", "<1", "ratio_too_high"),
        ("ratio_ge", "1", "<1", ""),
        ("ratio_ge", "0.5", "<1", "below_detection"),
    ],
)
def test_a_ratio_of_two_indicators(kind: str, top: str, bottom: str, word: str) -> None:
    def read(text: str) -> tuple[Decimal, bool]:
        return Decimal(text.removeprefix("<")), text.startswith("<")

    assert ratio_word(Comparator(kind), Decimal(1), top=read(top), bottom=read(bottom)) == word


@pytest.mark.parametrize("key", [YIELD_PERMILLE, ALTITUDE, PRODUCTION_MONTH])
def test_what_records_answer_is_a_process_indicator(key: str) -> None:
    assert INDICATORS[key].scope == "process"
    assert INDICATORS[key].unit == {ALTITUDE: "m", PRODUCTION_MONTH: "month", YIELD_PERMILLE: "permille"}[key]


def test_every_indicator_and_every_limit_that_ships_has_a_unit_that_is_known() -> None:
    assert all(is_known_unit(row.unit) for row in INDICATORS.values())
    shipped = {limit.unit for row in standards() for version in row.versions for limit in version.limits}
    assert all(is_known_unit(unit) for unit in shipped), shipped
    assert all(known_unit(unit) == unit for unit in units())
    assert not is_known_unit("斤")


def test_the_names_of_what_ships_are_those_of_the_list() -> None:
    for row in standards():
        for limit in (limit for version in row.versions for limit in version.limits):
            if limit.indicator in INDICATORS and limit.indicator != "alcohol":
                assert INDICATORS[limit.indicator].name == limit.name
