"""Holding the ratio of two measured values against a limit, exactly, also where one of them was not detected."""

from __future__ import annotations

from decimal import Decimal

from products.registry.domain.requirements import Comparator


def ratio_word(kind: Comparator, factor: Decimal, *, top: tuple[Decimal, bool], bottom: tuple[Decimal, bool]) -> str:
    """'' when top / bottom meets the limit `factor`, else ratio_too_high, ratio_too_low or below_detection.

    `top` and `bottom` are (value, is_below) in one unit: what was not detected lies in [0, value).
    """
    (upper, is_upper_below), (lower, is_lower_below) = top, bottom
    is_least = kind is Comparator.RATIO_GE
    word = "ratio_too_low" if is_least else "ratio_too_high"
    # Nothing over nothing is no ratio, and no pass.
    if not is_lower_below and lower == 0:
        return word
    # Multiplied, not divided, so exact: top - factor * bottom lies between these.
    low = (Decimal(0) if is_upper_below else upper) - factor * lower
    high = upper - (Decimal(0) if is_lower_below else factor * lower)
    if is_least:
        return "" if low >= 0 else word if high < 0 or (high == 0 and is_upper_below) else "below_detection"
    if kind is Comparator.RATIO_LE:
        is_certain = low > 0 or (low == 0 and is_lower_below and factor > 0)
        return "" if high <= 0 else word if is_certain else "below_detection"
    return "" if high < 0 or (high == 0 and is_upper_below) else word if low >= 0 else "below_detection"
