"""What the standard demands of how a product is made, held against what the batch's own records say.

The place (altitude) is `place_checks`' part. What no record answers is unknown, never ok.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from products.registry.domain.indicators import ALTITUDE, PROCESS, PRODUCTION_MONTH, YIELD_PERMILLE
from products.registry.domain.limits import IndicatorVerdict, Measurement, evaluate
from products.registry.domain.requirements import MONTH, Comparator, Limit
from products.registry.domain.units import UnitMismatch
from products.trace.models.batch import Batch
from products.trace.models.lot import LotMove
from products.trace.queries.lab import limit_rows, rule_of
from products.trace.queries.lab_words import demand, indicator_name, names_of
from products.trace.queries.place_checks import PlaceCheck

_WORD: Final = {IndicatorVerdict.PASSED: "ok", IndicatorVerdict.FAILED: "not_ok"}


def process_checks(batch: Batch) -> list[PlaceCheck]:
    """Every process limit of the version in force on the day of production, but those of the place."""
    rows = [row for row in limit_rows(batch) if row.scope == PROCESS and row.indicator != ALTITUDE]
    names = names_of(rows)
    checks = []
    for row in rows:
        limit = rule_of(row).limit
        verdict, detail = _check(limit, batch)
        checks.append(PlaceCheck(row.indicator, indicator_name(row.indicator, names), _demand(limit), verdict, detail))
    return checks


def _demand(limit: Limit) -> str:
    if limit.is_usable and limit.unit == MONTH and limit.comparator is Comparator.RANGE:
        first, last = limit.values
        words = _("%(first)d 月至次年 %(last)d 月") if first > last else _("%(first)d 月至 %(last)d 月")
        return words % {"first": first, "last": last}
    return demand(limit)


def _check(limit: Limit, batch: Batch) -> tuple[str, str]:
    """ok, not_ok or unknown, and what it rests on."""
    if not limit.is_usable:
        return "unknown", ""
    if limit.indicator == PRODUCTION_MONTH:
        month = batch.produced_on.month
        return _judged(limit, Measurement(Decimal(month), MONTH)), _("生产日期在 %(month)d 月") % {"month": month}
    if limit.indicator == YIELD_PERMILLE:
        return _yield(limit, batch)
    return "unknown", _("平台没有能核对的生产记录。")


def _yield(limit: Limit, batch: Batch) -> tuple[str, str]:
    """Every process that gave to the batch counts: one outside the range makes it not_ok."""
    moves = LotMove.objects.filter(
        lot__batch=batch, mass_g__gt=0, operation__kind="process", operation__yield_permille__isnull=False
    ).order_by("pk")
    yields = [each for each in moves.values_list("operation__yield_permille", flat=True) if each is not None]
    if not yields:
        return "unknown", _("没有登记这批产品的加工投入，算不出得率。")
    verdicts = [_judged(limit, Measurement(Decimal(each), "permille")) for each in yields]
    said = "、".join(f"{each}‰" for each in yields)
    worst = next((word for word in ("not_ok", "unknown") if word in verdicts), "ok")
    return worst, _("加工登记的得率 %(yields)s") % {"yields": said}


def _judged(limit: Limit, measured: Measurement) -> str:
    try:
        found = evaluate([limit], {limit.indicator: measured}).results[0].verdict
    except UnitMismatch:
        return "unknown"
    return _WORD.get(found, "unknown")
