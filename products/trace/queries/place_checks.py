"""What the standard demands of the place a product comes from, held against the plots that a batch names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.registry.domain.limits import IndicatorVerdict, Measurement, evaluate
from products.registry.domain.requirements import Limit
from products.trace.models.batch import Batch
from products.trace.models.plot import Plot
from products.trace.queries.lab import limit_rows, rule_of
from products.trace.queries.lab_words import demand, indicator_name, names_of

ALTITUDE: Final = "altitude"
WORDS: Final[dict[str, tuple[Promise | str, str]]] = {
    "ok": (gettext_lazy("符合"), "good"),
    "not_ok": (gettext_lazy("不符合"), "bad"),
    "unknown": (gettext_lazy("无法核对"), "note"),
}


@dataclass(frozen=True)
class PlaceCheck:
    """One limit on the place. `verdict` is ok, not_ok or unknown; `tone` is the colour class."""

    indicator: str
    name: str
    demand: str
    verdict: str
    detail: str

    @property
    def word(self) -> str:
        return str(WORDS[self.verdict][0])

    @property
    def tone(self) -> str:
        return WORDS[self.verdict][1]


def place_checks(batch: Batch, plots: Sequence[tuple[str, Plot]]) -> list[PlaceCheck]:
    """The process limits that a plot can answer, of the version in force on the day of production; plots by name.

    One plot that does not meet a limit makes it not_ok; without one, a plot that does not say makes it unknown.
    """
    rows = [row for row in limit_rows(batch) if row.scope == "process" and row.indicator == ALTITUDE]
    names = names_of(rows)
    checks = []
    for row in rows:
        limit = rule_of(row).limit
        verdict, detail = _altitude(limit, plots)
        checks.append(PlaceCheck(row.indicator, indicator_name(row.indicator, names), demand(limit), verdict, detail))
    return checks


def _altitude(limit: Limit, plots: Sequence[tuple[str, Plot]]) -> tuple[str, str]:
    if not limit.is_usable:
        return "unknown", ""
    if not plots:
        return "unknown", _("这个批次没有选择登记过的地块。")
    judged = [(name, plot.altitude_m, _judged(limit, plot.altitude_m)) for name, plot in plots]
    bad = [(name, altitude) for name, altitude, verdict in judged if verdict is IndicatorVerdict.FAILED]
    if bad:
        return "not_ok", _listed(bad)
    unsaid = [name for name, _altitude_m, verdict in judged if verdict is not IndicatorVerdict.PASSED]
    if unsaid:
        return "unknown", _("没有登记海拔：%(plots)s") % {"plots": "、".join(unsaid)}
    return "ok", _listed([(name, altitude) for name, altitude, _verdict in judged])


def _listed(found: Sequence[tuple[str, int | None]]) -> str:
    return "、".join(_("%(plot)s %(altitude)d 米") % {"plot": name, "altitude": altitude} for name, altitude in found)


def _judged(limit: Limit, altitude_m: int | None) -> IndicatorVerdict:
    measured = {} if altitude_m is None else {ALTITUDE: Measurement(Decimal(altitude_m), "m")}
    results = evaluate([limit], measured).results
    return next((each.verdict for each in results if each.indicator == ALTITUDE), IndicatorVerdict.MISSING)
