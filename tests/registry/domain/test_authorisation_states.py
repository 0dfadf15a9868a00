from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from products.registry.domain.authorisation_states import (
    DEMANDS,
    NEEDS_REASON,
    TERMINAL,
    Action,
    HolderKind,
    IdleAlert,
    IllegalTransition,
    PackNumber,
    State,
    actions_in,
    idle_alert,
    levels_for,
    next_state,
    usable_on,
    waits_for,
)

PATH = [
    (State.SUBMITTED, Action.CHECK_COUNTY, "county"),
    (State.COUNTY_CHECKED, Action.CHECK_CITY, "city"),
    (State.CITY_CHECKED, Action.APPROVE_PROVINCE, "province"),
    (State.PROVINCE_APPROVED, Action.ANNOUNCE, "province"),
]


def test_the_path_goes_from_county_to_city_to_province_to_announcement() -> None:
    state = State.SUBMITTED
    for expected, action, level in PATH:
        assert state is expected
        assert waits_for(state) == level
        assert levels_for(state, action) == {level}
        state = next_state(state, action)

    assert state is State.ANNOUNCED
    assert waits_for(state) is None


@pytest.mark.parametrize(("state", "action", "level"), PATH)
def test_who_decides_a_step_may_refuse_it(state: State, action: Action, level: str) -> None:
    assert actions_in(state) == (action, Action.REFUSE)
    assert levels_for(state, Action.REFUSE) == {level}
    assert next_state(state, Action.REFUSE) is State.REFUSED


def test_a_right_can_be_suspended_resumed_and_withdrawn() -> None:
    assert next_state(State.ANNOUNCED, Action.SUSPEND) is State.SUSPENDED
    assert next_state(State.SUSPENDED, Action.RESUME) is State.ANNOUNCED
    assert next_state(State.SUSPENDED, Action.WITHDRAW) is State.WITHDRAWN
    assert next_state(State.ANNOUNCED, Action.WITHDRAW) is State.WITHDRAWN
    assert "county" not in levels_for(State.ANNOUNCED, Action.SUSPEND)
    assert levels_for(State.ANNOUNCED, Action.WITHDRAW) == {"province"}


def test_exactly_twelve_moves_exist_and_every_other_is_refused() -> None:
    legal = [(state, action) for state in State for action in actions_in(state)]
    assert len(legal) == 12
    for state, action in product(State, Action):
        if (state, action) in legal:
            assert levels_for(state, action)
        else:
            with pytest.raises(IllegalTransition):
                next_state(state, action)
            with pytest.raises(IllegalTransition):
                levels_for(state, action)


@pytest.mark.parametrize("state", sorted(TERMINAL))
def test_nothing_follows_an_end(state: State) -> None:
    assert actions_in(state) == ()


def test_unknown_words_are_refused() -> None:
    with pytest.raises(IllegalTransition):
        next_state("draft", "announce")
    with pytest.raises(IllegalTransition):
        next_state("submitted", "bless")


def test_decisions_against_somebody_need_a_reason() -> None:
    assert {Action.REFUSE, Action.SUSPEND, Action.WITHDRAW} == NEEDS_REASON


@pytest.mark.parametrize("state", list(State))
def test_only_an_announced_right_within_its_dates_is_usable(state: State) -> None:
    start, end = date(2026, 1, 1), date(2026, 12, 31)
    announced = state is State.ANNOUNCED

    assert usable_on(state, start, end, start) is announced
    assert usable_on(state, start, end, end) is announced
    assert not usable_on(state, start, end, date(2025, 12, 31))
    assert not usable_on(state, start, end, date(2027, 1, 1))


@pytest.mark.parametrize(
    ("last_used_on", "on", "alert"),
    [
        (None, date(2026, 6, 30), IdleAlert.NONE),
        (None, date(2026, 7, 14), IdleAlert.NONE),
        (None, date(2026, 7, 15), IdleAlert.MONTHS_18),
        (None, date(2027, 1, 14), IdleAlert.MONTHS_18),
        (None, date(2027, 1, 15), IdleAlert.MONTHS_24),
        (date(2025, 6, 1), date(2026, 11, 30), IdleAlert.NONE),
        (date(2025, 6, 1), date(2026, 12, 1), IdleAlert.MONTHS_18),
        (date(2020, 1, 1), date(2025, 2, 1), IdleAlert.NONE),  # used only before the announcement
        (date(2025, 8, 31), date(2027, 2, 28), IdleAlert.NONE),
        (date(2025, 8, 31), date(2027, 3, 1), IdleAlert.MONTHS_18),
    ],
)
def test_an_idle_mark_is_seen_after_18_and_24_months(last_used_on: date | None, on: date, alert: IdleAlert) -> None:
    assert idle_alert(last_used_on, date(2025, 1, 15), on) is alert


def test_each_kind_of_holder_brings_its_own_paper_and_number() -> None:
    assert set(DEMANDS) == set(HolderKind)
    assert len({demand.evidence for demand in DEMANDS.values()}) == 4
    assert DEMANDS[HolderKind.ANNOUNCED_PRODUCER].pack_numbers == (PackNumber.STANDARD_OR_ANNOUNCEMENT,)
    assert DEMANDS[HolderKind.COLLECTIVE_MEMBER].pack_numbers == (PackNumber.TRADEMARK_REGISTRATION,)
    assert DEMANDS[HolderKind.CERTIFICATION_LICENSEE].pack_numbers == (PackNumber.TRADEMARK_REGISTRATION,)
