"""What a scanned code means, from the state of the label, the batch and the right to the mark."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

# From here on a pack that is scanned by ever new people deserves a second look. Families and gifts stay far below.
OFTEN = 30


class Verdict(StrEnum):
    """The four answers. A fault of ours is never one of them."""

    GENUINE = "genuine"
    ATTENTION = "attention"
    NOT_GENUINE = "not_genuine"
    UNKNOWN_CODE = "unknown_code"


class Reason(StrEnum):
    """Why; stable codes."""

    LABEL_VALID = "label_valid"
    UNKNOWN_RUN = "unknown_run"
    WRONG_TAG = "wrong_tag"
    LABEL_VOIDED = "label_voided"
    BATCH_RECALLED = "batch_recalled"
    BATCH_HELD = "batch_held"
    BATCH_NOT_RELEASED = "batch_not_released"
    NOT_ACTIVATED = "not_activated"
    SUSPENDED_AFTER_SALE = "suspended_after_sale"
    WITHDRAWN_AFTER_SALE = "withdrawn_after_sale"
    PROTECTION_CANCELLED = "protection_cancelled"
    NOT_AUTHORISED_THEN = "not_authorised_then"
    PAST_BEST_BEFORE = "past_best_before"
    SCANNED_OFTEN = "scanned_often"


@dataclass(frozen=True)
class UnitFacts:
    """All that the verdict on one authentic unit depends on.

    `batch_state` and `standing` (of the authorisation, today) are the keys of their contexts;
    `was_authorised` says whether the day of production lies in the authorised period.
    """

    is_voided: bool
    is_activated: bool
    batch_state: str
    standing: str
    was_authorised: bool
    best_before: date | None
    scan_count: int


_BATCH = {
    "recalled": Reason.BATCH_RECALLED,
    "held": Reason.BATCH_HELD,
    "draft": Reason.BATCH_NOT_RELEASED,
    "registered": Reason.BATCH_NOT_RELEASED,
}
_STANDING = {
    "suspended": Reason.SUSPENDED_AFTER_SALE,
    "withdrawn": Reason.WITHDRAWN_AFTER_SALE,
    "protection_cancelled": Reason.PROTECTION_CANCELLED,
}


def judge(facts: UnitFacts, *, on: date) -> tuple[Verdict, tuple[Reason, ...]]:
    """The verdict and its reasons, the weightiest first. A void label answers for itself alone."""
    if facts.is_voided:
        return Verdict.NOT_GENUINE, (Reason.LABEL_VOIDED,)
    reasons: list[Reason] = []
    if facts.batch_state in _BATCH:
        reasons.append(_BATCH[facts.batch_state])
    if not facts.is_activated:
        reasons.append(Reason.NOT_ACTIVATED)
    if facts.standing in _STANDING:
        reasons.append(_STANDING[facts.standing])
    # An authorisation that ran out later says nothing about what was made while it held.
    if not facts.was_authorised:
        reasons.append(Reason.NOT_AUTHORISED_THEN)
    if facts.best_before is not None and on > facts.best_before:
        reasons.append(Reason.PAST_BEST_BEFORE)
    if facts.scan_count >= OFTEN:
        reasons.append(Reason.SCANNED_OFTEN)
    if reasons:
        return Verdict.ATTENTION, tuple(reasons)
    return Verdict.GENUINE, (Reason.LABEL_VALID,)
