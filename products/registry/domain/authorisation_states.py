"""The path of an authorisation to use the special mark, who may decide what on it, and when it lets a label be issued.

地理标志专用标志使用管理办法(试行), 国家知识产权局公告第354号 (users, display, stop of use); 地理标志产品保护办法, 令第80号
(local check of origin, provincial review, announcement).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import Final


class State(StrEnum):
    """Where an authorisation stands. Expiry is no state: it follows from the dates."""

    SUBMITTED = "submitted"
    COUNTY_CHECKED = "county_checked"
    CITY_CHECKED = "city_checked"
    PROVINCE_APPROVED = "province_approved"
    ANNOUNCED = "announced"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What can be done to it."""

    CHECK_COUNTY = "check_county"
    CHECK_CITY = "check_city"
    APPROVE_PROVINCE = "approve_province"
    ANNOUNCE = "announce"
    REFUSE = "refuse"
    SUSPEND = "suspend"
    RESUME = "resume"
    WITHDRAW = "withdraw"


COUNTY, CITY, PROVINCE = "county", "city", "province"

TERMINAL: Final = frozenset({State.REFUSED, State.WITHDRAWN})
NEEDS_REASON: Final = frozenset({Action.REFUSE, Action.SUSPEND, Action.WITHDRAW})

_NEXT: Final[dict[tuple[State, Action], State]] = {
    (State.SUBMITTED, Action.CHECK_COUNTY): State.COUNTY_CHECKED,
    (State.COUNTY_CHECKED, Action.CHECK_CITY): State.CITY_CHECKED,
    (State.CITY_CHECKED, Action.APPROVE_PROVINCE): State.PROVINCE_APPROVED,
    (State.PROVINCE_APPROVED, Action.ANNOUNCE): State.ANNOUNCED,
    (State.SUBMITTED, Action.REFUSE): State.REFUSED,
    (State.COUNTY_CHECKED, Action.REFUSE): State.REFUSED,
    (State.CITY_CHECKED, Action.REFUSE): State.REFUSED,
    (State.PROVINCE_APPROVED, Action.REFUSE): State.REFUSED,
    (State.ANNOUNCED, Action.SUSPEND): State.SUSPENDED,
    (State.SUSPENDED, Action.RESUME): State.ANNOUNCED,
    (State.ANNOUNCED, Action.WITHDRAW): State.WITHDRAWN,
    (State.SUSPENDED, Action.WITHDRAW): State.WITHDRAWN,
}

# Whose turn it is: the office that decides the next step also refuses it.
_TURN: Final = {
    State.SUBMITTED: COUNTY,
    State.COUNTY_CHECKED: CITY,
    State.CITY_CHECKED: PROVINCE,
    State.PROVINCE_APPROVED: PROVINCE,
}
_LEVELS: Final[dict[Action, frozenset[str]]] = {
    Action.CHECK_COUNTY: frozenset({COUNTY}),
    Action.CHECK_CITY: frozenset({CITY}),
    Action.APPROVE_PROVINCE: frozenset({PROVINCE}),
    Action.ANNOUNCE: frozenset({PROVINCE}),
    # A county finds the fault, but a right granted by the province is not stopped below the city.
    Action.SUSPEND: frozenset({CITY, PROVINCE}),
    Action.RESUME: frozenset({CITY, PROVINCE}),
    Action.WITHDRAW: frozenset({PROVINCE}),
}


class IllegalTransition(ValueError):
    """The action does not exist in this state."""

    def __init__(self, state: str, action: str) -> None:
        super().__init__(f"{action} is not possible in state {state}")
        self.state = state
        self.action = action


def next_state(state: str, action: str) -> State:
    """The state an action leads to. Raises IllegalTransition, also for states and actions that do not exist."""
    try:
        return _NEXT[State(state), Action(action)]
    except (KeyError, ValueError):
        raise IllegalTransition(state, action) from None


def actions_in(state: str) -> tuple[Action, ...]:
    """What can be done in a state, in the order of Action; nothing in a terminal one."""
    return tuple(action for action in Action if (State(state), action) in _NEXT)


def levels_for(state: str, action: str) -> frozenset[str]:
    """Which levels of office (`county`, `city`, `province`) may do the action here. Raises IllegalTransition."""
    next_state(state, action)
    if action == Action.REFUSE:
        return frozenset({_TURN[State(state)]})
    return _LEVELS[Action(action)]


def waits_for(state: str) -> str | None:
    """The level of office whose turn it is, None when nobody has to act."""
    return _TURN.get(State(state))


class HolderKind(IntEnum):
    """Lawful users, in the order of the announcement's list."""

    ANNOUNCED_PRODUCER = 1
    COLLECTIVE_MEMBER = 2
    CERTIFICATION_LICENSEE = 3
    OTHER_REGISTERED = 4


class PackNumber(StrEnum):
    """Which number stands beside the mark on the pack."""

    STANDARD_OR_ANNOUNCEMENT = "standard_or_announcement"
    TRADEMARK_REGISTRATION = "trademark_registration"


@dataclass(frozen=True, slots=True)
class HolderDemands:
    """`evidence` is the paper that makes this kind of user lawful; `pack_numbers` any of which must stand on the pack."""

    evidence: str
    pack_numbers: tuple[PackNumber, ...]


DEMANDS: Final[dict[HolderKind, HolderDemands]] = {
    HolderKind.ANNOUNCED_PRODUCER: HolderDemands("announcement", (PackNumber.STANDARD_OR_ANNOUNCEMENT,)),
    HolderKind.COLLECTIVE_MEMBER: HolderDemands("membership_announcement", (PackNumber.TRADEMARK_REGISTRATION,)),
    HolderKind.CERTIFICATION_LICENSEE: HolderDemands("licence_filing", (PackNumber.TRADEMARK_REGISTRATION,)),
    # It depends on what the indication is: either number may be the right one.
    HolderKind.OTHER_REGISTERED: HolderDemands("cnipa_registration", tuple(PackNumber)),
}


def is_expired(valid_until: date, on: date) -> bool:
    """The last day of the period still belongs to it."""
    return on > valid_until


def usable_on(state: str, valid_from: date, valid_until: date, on: date) -> bool:
    """Whether the mark may be used on this day: announced, not suspended, within its dates."""
    return State(state) is State.ANNOUNCED and valid_from <= on and not is_expired(valid_until, on)


class IdleAlert(StrEnum):
    """How long the mark has lain idle. 24 months end the right (公告第354号, reading not confirmed): the office decides."""

    NONE = "none"
    MONTHS_18 = "18_months"
    MONTHS_24 = "24_months"


def idle_alert(last_used_on: date | None, announced_on: date, on: date) -> IdleAlert:
    """Months since the mark was last used, or since the announcement if it never was or was used only before it."""
    since = max(last_used_on or announced_on, announced_on)
    months = (on.year - since.year) * 12 + on.month - since.month
    # From the 31st, a month is over on the first of the month after a shorter one.
    months -= on.day < since.day
    if months >= 24:
        return IdleAlert.MONTHS_24
    return IdleAlert.MONTHS_18 if months >= 18 else IdleAlert.NONE
