from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.labels.domain.digital_link import CSET_82
from products.trace.domain.batch_states import Step, next_state, open_steps
from products.trace.domain.facts import (
    LOT_CHARACTERS,
    UnreadableMass,
    degrees,
    earliest_production,
    free_lot,
    gtin_14,
    is_lot,
    micro_degrees,
    read_mass_g,
    write_kg,
)


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("12.5", 12_500),
        ("１２．５", 12_500),
        (" 1,200 ", 1_200_000),
        ("1，200.001", 1_200_001),
        ("0.001", 1),
        ("12.500", 12_500),
        ("500克", 500),
        ("25 斤", 12_500),
        ("3.2吨", 3_200_000),
        ("3.2 T", 3_200_000),
        ("80kg", 80_000),
        ("-5", -5_000),
        ("0", 0),
    ],
)
def test_a_mass_is_read_as_people_type_it(text: str, grams: int) -> None:
    assert read_mass_g(text) == grams


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not_a_number"),
        ("十二", "not_a_number"),
        ("1.2.3", "not_a_number"),
        ("12,00", "not_a_number"),
        ("1e3", "not_a_number"),
        ("nan", "not_a_number"),
        ("12.5箱", "not_a_number"),
        ("12.3456", "below_a_gram"),
        ("0.5克", "below_a_gram"),
    ],
)
def test_what_is_no_mass_is_refused_and_never_rounded(text: str, reason: str) -> None:
    with pytest.raises(UnreadableMass) as caught:
        read_mass_g(text)

    assert caught.value.reason == reason


@given(st.integers(min_value=0, max_value=10**12))
def test_grams_survive_being_shown_as_kilograms(grams: int) -> None:
    assert read_mass_g(write_kg(grams)) == grams


@given(st.integers(min_value=-180_000_000, max_value=180_000_000))
def test_micro_degrees_survive_being_shown_as_degrees(micro: int) -> None:
    assert micro_degrees(degrees(micro)) == micro


def test_seven_decimals_are_kept_to_the_nearest_micro_degree() -> None:
    assert micro_degrees(Decimal("103.88720049")) == 103_887_200


@pytest.mark.parametrize("text", ["A", "261120-01", "a/b_c.d", "!\"%&'()*+,-./:;<=>?", "x" * 20])
def test_lots_of_set_82(text: str) -> None:
    assert is_lot(text)


@pytest.mark.parametrize("text", ["", "x" * 21, "批1", "a b", "a#b", "a@b", "a\n", "Ａ"])
def test_other_lots_are_refused(text: str) -> None:
    assert not is_lot(text)


def test_a_lot_that_can_be_registered_can_be_printed() -> None:
    assert LOT_CHARACTERS == CSET_82


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6901234567892", "06901234567892"),
        ("06901234567892", "06901234567892"),
        ("96385074", "00000096385074"),
        ("6901234567893", None),
        ("690123456789", None),
        ("６９０１２３４５６７８９２", None),
        ("abc", None),
        ("", None),
    ],
)
def test_trade_numbers(text: str, expected: str | None) -> None:
    assert gtin_14(text) == expected


def test_ten_years_before_a_leap_day_is_the_28th() -> None:
    assert earliest_production(date(2028, 2, 29)) == date(2018, 2, 28)
    assert earliest_production(date(2026, 11, 23)) == date(2016, 11, 23)


def test_the_first_free_lot_of_the_day_is_suggested() -> None:
    assert free_lot(date(2026, 11, 23), frozenset({"261123-01", "261123-03"})) == "261123-02"


def test_every_path_through_the_states() -> None:
    assert [next_state("draft", step) for step in Step] == ["registered", None, None, None]
    assert [next_state("registered", step) for step in Step] == [None, "released", None, "recalled"]
    assert [next_state("released", step) for step in Step] == [None, None, "held", "recalled"]
    assert [next_state("held", step) for step in Step] == [None, "released", None, "recalled"]
    assert open_steps("recalled") == frozenset()
