"""Which step of a case may follow which."""

from __future__ import annotations

from enum import StrEnum


class CaseState(StrEnum):
    OPENED = "opened"
    INVESTIGATING = "investigating"
    DECIDED = "decided"
    REFERRED = "referred"
    CLOSED = "closed"


# A step may stay in "investigating": what was found meanwhile is noted there.
NEXT_STATES: dict[CaseState, tuple[CaseState, ...]] = {
    CaseState.OPENED: (CaseState.INVESTIGATING, CaseState.REFERRED, CaseState.CLOSED),
    CaseState.INVESTIGATING: (
        CaseState.INVESTIGATING,
        CaseState.DECIDED,
        CaseState.REFERRED,
        CaseState.CLOSED,
    ),
    CaseState.DECIDED: (CaseState.REFERRED, CaseState.CLOSED),
    # Another authority may hand it back.
    CaseState.REFERRED: (CaseState.INVESTIGATING, CaseState.CLOSED),
    CaseState.CLOSED: (),
}


def next_states(state: CaseState) -> tuple[CaseState, ...]:
    """The states that a step may lead to; none for a closed case."""
    return NEXT_STATES[state]
