"""Demonstration zones: their stages, and the shares of producers and output that open the door.

国家地理标志产品保护示范区建设管理办法 (60 % and 60 %, three years of protection, three years of building);
川市监发〔2021〕42号 for provincial zones (50 % and 50 %).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Final

BUILDING_YEARS: Final = 3
PROTECTED_YEARS: Final = 3


class Stage(StrEnum):
    """How far a zone has come."""

    APPLIED = "applied"
    BUILDING = "building"
    ACCEPTANCE = "acceptance"
    RECOGNISED = "recognised"
    REVOKED = "revoked"
    REFUSED = "refused"


class Grade(StrEnum):
    NATIONAL = "national"
    PROVINCIAL = "provincial"


THRESHOLD_PERCENT: Final[dict[Grade, int]] = {Grade.NATIONAL: 60, Grade.PROVINCIAL: 50}
TERMINAL: Final = frozenset({Stage.REVOKED, Stage.REFUSED})
NEEDS_REASON: Final = frozenset({Stage.REVOKED, Stage.REFUSED})

_NEXT: Final[dict[Stage, tuple[Stage, ...]]] = {
    Stage.APPLIED: (Stage.BUILDING, Stage.REFUSED),
    # Building can be called off, and a zone that fails its acceptance may be sent back to mend what is missing.
    Stage.BUILDING: (Stage.ACCEPTANCE, Stage.REVOKED),
    Stage.ACCEPTANCE: (Stage.RECOGNISED, Stage.BUILDING, Stage.REFUSED),
    Stage.RECOGNISED: (Stage.REVOKED,),
    Stage.REVOKED: (),
    Stage.REFUSED: (),
}


class IllegalStage(ValueError):
    """A zone cannot go from the one stage to the other."""

    def __init__(self, stage: str, to: str) -> None:
        super().__init__(f"a zone cannot go from {stage} to {to}")
        self.stage = stage
        self.to = to


def next_stages(stage: str) -> tuple[Stage, ...]:
    return _NEXT[Stage(stage)]


def advance(stage: str, to: str) -> Stage:
    """`to` as a Stage if it may follow. Raises IllegalStage, also for stages that do not exist."""
    try:
        wanted = Stage(to)
        if wanted in _NEXT[Stage(stage)]:
            return wanted
    except ValueError:
        pass
    raise IllegalStage(stage, to)


@dataclass(frozen=True, slots=True)
class ZoneReadiness:
    """Both shares in per cent, rounded down to two places for show (None when the whole is zero), and what is missing.

    `reasons` are stable: producers_unknown, producer_share_low, output_unknown, output_share_low, protected_too_short,
    protected_since_unknown; empty means the conditions that can be counted are met. Accidents, sanctions and policy
    support are judged by people.
    """

    producer_percent: Decimal | None
    output_percent: Decimal | None
    reasons: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        return not self.reasons


def _percent(part: int, whole: int) -> Decimal | None:
    if not whole:
        return None
    # Down, so that 59.999 % never shows as the 60 % it is not.
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), rounding=ROUND_DOWN)


def years_after(start: date, years: int) -> date:
    """The same day `years` later; 29 February becomes 1 March where there is none."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 3, 1)


def building_ends_on(building_since: date) -> date:
    """The day the three years of building are over and acceptance is due."""
    return years_after(building_since, BUILDING_YEARS)


def zone_readiness(
    *,
    grade: str,
    producer_count: int,
    user_count: int,
    output_fen: int,
    user_output_fen: int,
    protected_since: date | None,
    on: date,
) -> ZoneReadiness:
    """Hold a year's counts against the thresholds of a grade. Money in fen.

    Raises ValueError for negative counts or a part larger than its whole.
    """
    for part, whole in ((user_count, producer_count), (user_output_fen, output_fen)):
        if not 0 <= part <= whole:
            raise ValueError(f"{part} of {whole} is no share")
    threshold = THRESHOLD_PERCENT[Grade(grade)]
    reasons = []
    # In whole numbers: the shares shown are rounded, the decision is not.
    if not producer_count:
        reasons.append("producers_unknown")
    elif user_count * 100 < threshold * producer_count:
        reasons.append("producer_share_low")
    if not output_fen:
        reasons.append("output_unknown")
    elif user_output_fen * 100 < threshold * output_fen:
        reasons.append("output_share_low")
    if protected_since is None:
        reasons.append("protected_since_unknown")
    elif on < years_after(protected_since, PROTECTED_YEARS):
        reasons.append("protected_too_short")
    return ZoneReadiness(_percent(user_count, producer_count), _percent(user_output_fen, output_fen), tuple(reasons))
