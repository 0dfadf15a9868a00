from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.registry.domain.zone_states import (
    TERMINAL,
    IllegalStage,
    Stage,
    advance,
    building_ends_on,
    next_stages,
    zone_readiness,
)

FACTS: dict[str, Any] = {
    "grade": "national",
    "producer_count": 100,
    "user_count": 60,
    "output_fen": 10_000,
    "user_output_fen": 6_000,
    "protected_since": date(2020, 5, 1),
    "on": date(2026, 11, 23),
}


def test_a_zone_is_applied_for_built_accepted_and_recognised() -> None:
    stage = Stage.APPLIED
    for to in ("building", "acceptance", "recognised", "revoked"):
        stage = advance(stage, to)

    assert stage is Stage.REVOKED


def test_no_stage_is_skipped_and_an_end_is_an_end() -> None:
    for stage, to in product(Stage, Stage):
        if to not in next_stages(stage):
            with pytest.raises(IllegalStage):
                advance(stage, to)
    assert all(next_stages(stage) == () for stage in TERMINAL)
    with pytest.raises(IllegalStage):
        advance("applied", "blessed")


def test_the_thresholds_themselves_are_enough() -> None:
    ready = zone_readiness(**FACTS)

    assert ready.is_ready
    assert (ready.producer_percent, ready.output_percent) == (Decimal("60.00"), Decimal("60.00"))


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"user_count": 59}, ("producer_share_low",)),
        ({"user_output_fen": 5_999}, ("output_share_low",)),
        ({"producer_count": 0, "user_count": 0}, ("producers_unknown",)),
        ({"output_fen": 0, "user_output_fen": 0}, ("output_unknown",)),
        ({"protected_since": None}, ("protected_since_unknown",)),
        ({"protected_since": date(2023, 11, 24)}, ("protected_too_short",)),
        ({"protected_since": date(2023, 11, 23)}, ()),
        ({"grade": "provincial", "user_count": 50, "user_output_fen": 5_000}, ()),
        (
            {"grade": "provincial", "user_count": 49, "user_output_fen": 4_999},
            ("producer_share_low", "output_share_low"),
        ),
    ],
)
def test_what_is_missing_is_named(changes: dict[str, Any], reasons: tuple[str, ...]) -> None:
    assert zone_readiness(**(FACTS | changes)).reasons == reasons


def test_a_share_just_below_never_shows_as_the_threshold() -> None:
    found = zone_readiness(**(FACTS | {"producer_count": 100_000, "user_count": 59_999}))

    assert found.producer_percent == Decimal("59.99")
    assert found.reasons == ("producer_share_low",)


@given(st.integers(1, 10**6), st.data())
def test_the_decision_agrees_with_exact_fractions(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    found = zone_readiness(**(FACTS | {"producer_count": whole, "user_count": part}))

    assert ("producer_share_low" in found.reasons) == (part * 10 < whole * 6)


@pytest.mark.parametrize("changes", [{"user_count": 101}, {"user_count": -1}, {"user_output_fen": 10_001}])
def test_a_part_beyond_its_whole_is_refused(changes: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="no share"):
        zone_readiness(**(FACTS | changes))


def test_building_lasts_three_years_also_from_a_leap_day() -> None:
    assert building_ends_on(date(2023, 6, 1)) == date(2026, 6, 1)
    assert building_ends_on(date(2024, 2, 29)) == date(2027, 3, 1)
