"""How long records have to be kept: classes with the law that demands it, of which the longest rule wins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

# In days, never a day less than six months or two years can have.
SIX_MONTHS: Final = timedelta(days=184)
TWO_YEARS: Final = timedelta(days=731)


@dataclass(frozen=True)
class RecordClass:
    """Records that one rule speaks of. `law` is the key of the citation in the register of laws.

    `after_making`: at least so long after the day they were made; `after_shelf_life`: so long after the end of shelf
    life instead, where the product has one. `is_for_ever`: never deleted. `is_of_batches`: kept with a batch.
    """

    code: str
    law: str
    after_making: timedelta = timedelta(0)
    after_shelf_life: timedelta | None = None
    is_for_ever: bool = False
    is_of_batches: bool = True

    def until(self, *, made_on: date, best_before: date | None = None) -> date | None:
        """The last day on which the rule demands them; None for ever."""
        if self.is_for_ever:
            return None
        if self.after_shelf_life is not None and best_before is not None:
            return best_before + self.after_shelf_life
        return made_on + self.after_making


PRODUCTION: Final = RecordClass("production", "farm_quality.records", TWO_YEARS)
PURCHASE: Final = RecordClass("purchase", "food_safety.purchase_records", TWO_YEARS, SIX_MONTHS)
OUTGOING: Final = RecordClass("outgoing_inspection", "food_safety.outgoing_records", TWO_YEARS, SIX_MONTHS)
CERTIFICATE: Final = RecordClass("certificate", "conformity_certificate", SIX_MONTHS)
NETWORK_LOG: Final = RecordClass("network_log", "cybersecurity.logs.2025", SIX_MONTHS, is_of_batches=False)
# No law: a ledger and a lineage that lose entries prove nothing any more.
TRACE_EVENT: Final = RecordClass("trace_event", "", is_for_ever=True, is_of_batches=False)

CLASSES: Final = (PRODUCTION, PURCHASE, OUTGOING, CERTIFICATE, NETWORK_LOG, TRACE_EVENT)


@dataclass(frozen=True)
class Kept:
    """One class of a batch's records and the last day on which its rule demands them."""

    record_class: RecordClass
    until: date


def kept_classes(*, produced_on: date, best_before: date | None, certified_on: date | None = None) -> list[Kept]:
    """What the rules demand of a batch's records, the longest first; `certified_on` is its newest certificate's day."""
    kept = []
    for each in CLASSES:
        made_on = certified_on if each is CERTIFICATE else produced_on
        until = each.until(made_on=made_on, best_before=best_before) if made_on and each.is_of_batches else None
        if until is not None:
            kept.append(Kept(each, until))
    return sorted(kept, key=lambda one: one.until, reverse=True)


def kept_until(*, produced_on: date, best_before: date | None, certified_on: date | None = None) -> date:
    """The last day on which any rule demands the records of a batch."""
    return kept_classes(produced_on=produced_on, best_before=best_before, certified_on=certified_on)[0].until
