"""What people type into cells: read exactly, or refused; never guessed."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from products.trace.domain.import_values import (
    UnreadableValue,
    Value,
    read_code,
    read_day,
    read_degrees,
    read_digits,
    read_mass,
    read_text,
    unit_in,
)

DAYS = [
    "2026-11-20",
    "2026/11/20",
    "2026.11.20",
    "2026年11月20日",
    "20261120",
    "２０２６－１１－２０",
    " 2026 年 11 月 20 号 ",
]


@pytest.mark.parametrize(
    "text", [*DAYS, "2026-11-20 00:00:00", "2026/11/20 8:30", "\u00a02026-11-20\u200b", 20261120, 46346.0]
)
def test_days_in_every_usual_form(text: Value) -> None:
    assert read_day(text) == date(2026, 11, 20)


@pytest.mark.parametrize("text", ["11/20/2026", "20-11-26", "2026", 2026, "2026-11", "十一月", "1", True, 0.5, 1e300])
def test_days_that_could_be_others_are_refused(text: Value) -> None:
    with pytest.raises(UnreadableValue, match="not_a_day"):
        read_day(text)


@pytest.mark.parametrize(
    ("value", "unit", "grams"),
    [
        (100, "公斤", 100_000),
        (0.1 + 0.2, "公斤", 300),
        ("１，２００．５", "公斤", 1_200_500),
        ("100公斤", "", 100_000),
        ("100 kg", "吨", 100_000),
        ("2吨", "公斤", 2_000_000),
        ("1.5", "吨", 1_500_000),
        ("\u00a0500 克 ", "公斤", 500),
        (3, "斤", 1_500),
    ],
)
def test_masses_are_read_in_the_units_they_have(value: Value, unit: str, grams: int) -> None:
    assert read_mass(value, unit=unit) == grams


@pytest.mark.parametrize(
    ("value", "unit", "reason"),
    [
        (100, "", "unit_missing"),
        ("12 5", "公斤", "not_a_number"),
        ("1,2", "公斤", "not_a_number"),
        ("1.200,5", "公斤", "not_a_number"),
        ("100箱", "公斤", "not_a_number"),
        ("约100", "公斤", "not_a_number"),
        ("0.0001", "公斤", "below_a_gram"),
        (True, "公斤", "not_a_number"),
        (date(2026, 1, 1), "公斤", "not_a_number"),
    ],
)
def test_masses_are_never_guessed(value: Value, unit: str, reason: str) -> None:
    with pytest.raises(UnreadableValue, match=reason):
        read_mass(value, unit=unit)


@pytest.mark.parametrize(
    ("value", "reason"),
    [(date(2026, 1, 2), "became_a_date"), (1.1, "digits_lost"), (1e15, "digits_lost"), ("2.61E+11", "digits_lost")],
)
def test_what_excel_has_spoilt_is_refused(value: Value, reason: str) -> None:
    with pytest.raises(UnreadableValue, match=reason):
        read_code(value)


def test_codes_keep_every_digit() -> None:
    assert read_code("００12-Ａ") == "0012-A"
    assert read_code(20261120001.0) == "20261120001"
    assert read_digits("690 1234 567892") == "6901234567892"
    with pytest.raises(UnreadableValue, match="digits_lost"):
        read_code(123, is_reshaped=True)


def test_units_of_headings() -> None:
    headings = ["净重（公斤）", "净重(kg)", "净重/吨", "重量", "净重（公斤/吨）", "Net weight (t)", "净重（斤）"]

    assert [unit_in(heading) for heading in headings] == ["公斤", "kg", "吨", "", "", "t", "斤"]


CELLS = st.one_of(
    st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times(), st.none()
)


@given(value=CELLS)
@settings(max_examples=500, deadline=None)
def test_any_cell_is_read_or_refused(value: Any) -> None:
    for reader in (read_text, read_code, read_digits, read_day, read_degrees, lambda each: read_mass(each, unit="kg")):
        with suppress(UnreadableValue):
            reader(value)
