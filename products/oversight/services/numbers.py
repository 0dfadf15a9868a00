"""Giving out the numbers of inspections and cases without gaps or doubles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models.functions import Length
from django.utils import timezone

from products.oversight.domain.numbering import following_number, number_prefix

Row = TypeVar("Row", bound=models.Model)
ATTEMPTS = 50


def create_numbered(rows: models.QuerySet[Any], *, kind: str, now: datetime, create: Callable[[str], Row]) -> Row:
    """Create a row under the next number of the year of `now` in China.

    Two offices may find the same newest number. The unique constraint lets one of them through and makes
    the other wait for its commit, then fail and try the number after it.
    """
    year = timezone.localdate(now).year
    for attempt in range(ATTEMPTS):
        newest = (
            rows.filter(number__startswith=number_prefix(kind, year))
            .order_by(Length("number").desc(), "-number")
            .values_list("number", flat=True)
            .first()
        )
        number = following_number(kind, year, newest or "")
        try:
            with transaction.atomic():
                return create(number)
        except IntegrityError:
            # Another constraint would fail for ever: only a number that is taken by now is worth a new try.
            if attempt == ATTEMPTS - 1 or not rows.filter(number=number).exists():
                raise
    raise AssertionError("the last attempt returns or raises")
