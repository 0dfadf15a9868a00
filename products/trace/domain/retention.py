"""How long the records of a batch have to be kept (食品安全法 Art. 50)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

# Six months after the end of shelf life, two years where there is none: in days, never a day less.
AFTER_SHELF_LIFE: Final = timedelta(days=184)
WITHOUT_SHELF_LIFE: Final = timedelta(days=731)


def kept_until(*, produced_on: date, best_before: date | None) -> date:
    """The last day on which the law demands the records of a batch."""
    return best_before + AFTER_SHELF_LIFE if best_before else produced_on + WITHOUT_SHELF_LIFE
