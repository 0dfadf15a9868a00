"""From draft to recall: which step follows from which state."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Step(StrEnum):
    """What is done to a batch."""

    REGISTER = "register"
    RELEASE = "release"
    HOLD = "hold"
    RECALL = "recall"


# Step -> (states it may be taken from, state it leads to). Lifting a hold is a release.
PATHS: Final = MappingProxyType(
    {
        Step.REGISTER: (("draft",), "registered"),
        Step.RELEASE: (("registered", "held"), "released"),
        Step.HOLD: (("released",), "held"),
        Step.RECALL: (("registered", "released", "held"), "recalled"),
    }
)
NEEDS_REASON: Final = frozenset({Step.HOLD, Step.RECALL})


def next_state(state: str, step: Step) -> str | None:
    """The state that `step` leads to from `state`; None when it may not be taken."""
    sources, target = PATHS[step]
    return target if state in sources else None


def open_steps(state: str) -> frozenset[Step]:
    """The steps that may be taken from `state`; none from `recalled`."""
    return frozenset(step for step in Step if next_state(state, step))
