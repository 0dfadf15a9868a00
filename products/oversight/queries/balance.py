"""The balance of whole indications and of each enterprise in them for a production year, the worst first.

Masses of processing differ from what went in: water is added or lost. The figures are doubts to look into, no proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, F, QuerySet, Sum
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from products.access import Actor
from products.errors import NotFound
from products.labels.models.label_run import LabelRange, LabelRun
from products.oversight.domain.balance import ORDER, Figures, State, Step, first_broken, steps_of, worst
from products.oversight.queries.scope import within
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.trace.domain.capacity import Capacity
from products.trace.models.batch import Batch
from products.trace.models.lot import Lot, LotMove, LotOperation
from products.trace.models.plot import Plot
from products.trace.queries.capacity import capacity_by_enterprise

# (indication, enterprise), both by key
Pair = tuple[int, int]
Grams = dict[Pair, int]
PLAIN_LOTS = (Lot.Kind.HARVEST, Lot.Kind.PURCHASE, Lot.Kind.WORK)
REWORK = (LotOperation.Kind.SPLIT, LotOperation.Kind.MERGE, LotOperation.Kind.PROCESS)
IN_YEAR = ("harvest", "purchased", "reworked_in", "product", "issued", "activated")
RUN_G = Cast("quantity", BigIntegerField()) * F("unit_mass_g")
RANGE_G = Cast(F("last_serial") - F("first_serial") + 1, BigIntegerField()) * F("run__unit_mass_g")


@dataclass(frozen=True)
class Balance:
    """One indication, or one enterprise in it (None: all of them together)."""

    indication: Indication
    enterprise: Enterprise | None
    capacity: Capacity
    figures: Figures

    @property
    def steps(self) -> tuple[Step, ...]:
        return steps_of(self.figures)

    @property
    def state(self) -> State:
        return worst(self.steps)

    @property
    def broken(self) -> Step | None:
        return first_broken(self.steps)

    @property
    def rank(self) -> tuple[int, int, int, str]:
        """The worst first: of what is broken where most is too much, else where most was made."""
        over_g = self.broken.over_g if self.broken else 0
        name = self.enterprise.name if self.enterprise else self.indication.name
        return ORDER.index(self.state), -over_g, -self.figures.product_g, name


def indication_balances(*, actor: Actor, year: int) -> list[Balance]:
    """Every indication that anything was stated of in the actor's regions, the worst first."""
    return sorted((_whole(one) for one in _by_indication(_balances(actor, year)).values()), key=lambda row: row.rank)


def indication_balance(*, actor: Actor, code: str, year: int) -> tuple[Balance, list[Balance]]:
    """One indication and its enterprises, the worst first. Raises NotFound."""
    indication = Indication.objects.filter(code=code).first()
    if indication is None:
        raise NotFound(_("没有这个地理标志。请从列表中选择。"))
    rows = _balances(actor, year, only=indication.pk)
    if not rows:
        return Balance(indication, None, Capacity(year), Figures()), []
    return _whole(rows), sorted(rows, key=lambda row: row.rank)


def enterprise_balances(*, actor: Actor, year: int) -> list[Balance]:
    """Every enterprise in every indication, the worst first."""
    return sorted(_balances(actor, year), key=lambda row: row.rank)


def _by_indication(rows: Iterable[Balance]) -> dict[int, list[Balance]]:
    found: dict[int, list[Balance]] = defaultdict(list)
    for row in rows:
        found[row.indication.pk].append(row)
    return found


def _whole(rows: list[Balance]) -> Balance:
    """All enterprises of one indication together."""
    figures = [row.figures for row in rows]
    landed = [row.capacity for row in rows if row.capacity.plot_count]
    capacity = Capacity(
        rows[0].capacity.year,
        sum(each.plot_count for each in landed),
        sum(each.area_m2 for each in landed),
        next((each.max_yield_kg_per_ha for each in landed), None),
    )
    harvests = [each.harvest_g for each in figures if each.harvest_g is not None]
    sums = {
        name: sum(getattr(each, name) for each in figures)
        for name in Figures.__dataclass_fields__
        if name not in {"capacity_g", "harvest_g", "is_capacity_partial", "is_harvest_partial"}
    }
    whole = Figures(
        capacity_g=capacity.mass_g,
        harvest_g=sum(harvests) if harvests else None,
        is_capacity_partial=any(each.capacity_g is None and (each.harvest_g or each.product_g) for each in figures),
        is_harvest_partial=any(each.harvest_g is None and each.product_g for each in figures),
        **sums,
    )
    return Balance(rows[0].indication, None, capacity, whole)


def _balances(actor: Actor, year: int, *, only: int | None = None) -> list[Balance]:
    """One for each pair of indication and enterprise that has land, lots or batches; `only` of one indication."""
    gathered = _Gathered(actor, year, only)
    land = gathered.capacities()
    sums = gathered.sums()
    # What was only left over from earlier years is nothing to balance yet.
    pairs = set(land) | {pair for name in IN_YEAR for pair in sums[name]}
    firms = {row.pk: row for row in Enterprise.objects.filter(within(actor, "region_id")).select_related("region")}
    names = Indication.objects.in_bulk({indication for indication, _enterprise in pairs})
    return [
        Balance(
            names[indication],
            firms[firm],
            land.get((indication, firm), Capacity(year)),
            _figures(sums, land.get((indication, firm)), (indication, firm)),
        )
        for indication, firm in sorted(pairs)
        if firm in firms
    ]


def _figures(sums: Mapping[str, Grams], capacity: Capacity | None, pair: Pair) -> Figures:
    def grams(name: str) -> int:
        return sums[name].get(pair, 0)

    return Figures(
        capacity_g=capacity.mass_g if capacity else None,
        harvest_g=sums["harvest"].get(pair),
        purchased_g=grams("purchased"),
        opening_g=grams("opening"),
        unassigned_g=sums["unassigned"].get((0, pair[1]), 0),
        reworked_in_g=grams("reworked_in"),
        reworked_out_g=grams("reworked_out"),
        product_g=grams("product"),
        issued_g=grams("issued"),
        activated_g=grams("activated"),
    )


@dataclass(frozen=True)
class _Gathered:
    """The sums of one year by pair: a dozen queries, and three for each indication with land."""

    actor: Actor
    year: int
    only: int | None

    def capacities(self) -> dict[Pair, Capacity]:
        plots = Plot.objects.filter(within(self.actor, "enterprise__region_id"), kind=Plot.Kind.FIELD)
        if self.only is not None:
            plots = plots.filter(indication_id=self.only)
        held: dict[int, set[int]] = defaultdict(set)
        for indication, firm in plots.order_by().values_list("indication_id", "enterprise_id").distinct():
            held[indication].add(firm)
        return {
            (indication, firm): capacity
            for indication, firms in held.items()
            for firm, capacity in capacity_by_enterprise(indication, self.year).items()
            if firm in firms
        }

    def sums(self) -> dict[str, Grams]:
        moves = LotMove.objects.filter(within(self.actor, "lot__enterprise__region_id"))
        plain = moves.filter(lot__kind__in=PLAIN_LOTS)
        in_year = plain.filter(operation__done_on__year=self.year, mass_g__gt=0)
        rework = moves.filter(lot__kind=Lot.Kind.BATCH, mass_g__lt=0, operation__kind__in=REWORK)
        return {
            "harvest": self._by_pair(in_year.filter(operation__kind=LotOperation.Kind.HARVEST)),
            "purchased": self._by_pair(in_year.filter(operation__kind=LotOperation.Kind.PURCHASE)),
            "unassigned": self._by_pair(
                plain.filter(operation__done_on__year=self.year, mass_g__lt=0), unassigned=True
            ),
            "opening": self._by_pair(plain.filter(operation__done_on__lt=date(self.year, 1, 1))),
            "reworked_in": self._by_pair(rework.filter(operation__done_on__year=self.year), sign=-1),
            "reworked_out": self._by_pair(rework.filter(lot__batch__produced_on__year=self.year), sign=-1),
            **self._batches(),
        }

    def _by_pair(self, moves: QuerySet[LotMove], *, sign: int = 1, unassigned: bool = False) -> Grams:
        """{pair: grams}; of lots for no indication under the indication 0."""
        if unassigned:
            moves = moves.filter(lot__indication=None, operation__kind__in=REWORK)
            sign = -1
        else:
            moves = moves.exclude(lot__indication=None)
            if self.only is not None:
                moves = moves.filter(lot__indication=self.only)
        rows = (
            moves.order_by()
            .values("lot__indication_id", "lot__enterprise_id")
            .annotate(grams=Sum("mass_g"))
            .values_list("lot__indication_id", "lot__enterprise_id", "grams")
        )
        return {(indication or 0, firm): sign * grams for indication, firm, grams in rows}

    def _batches(self) -> dict[str, Grams]:
        batches = Batch.objects.filter(
            within(self.actor, "authorisation__enterprise__region_id"), produced_on__year=self.year
        ).exclude(state=Batch.State.DRAFT)
        if self.only is not None:
            batches = batches.filter(authorisation__indication=self.only)
        # By the batches' year, as the quota counts labels.
        runs = LabelRun.objects.filter(batch__in=batches)
        ranges = LabelRange.objects.filter(run__batch__in=batches, kind=LabelRange.Kind.ACTIVATED)
        return {
            "product": _sums(batches, "authorisation__", F("net_mass_g")),
            "issued": _sums(runs, "batch__authorisation__", RUN_G),
            "activated": _sums(ranges, "run__batch__authorisation__", RANGE_G),
        }


def _sums(rows: QuerySet[Any], path: str, grams: Any) -> Grams:
    """Of rows whose authorisation is reached by `path`."""
    keys = (f"{path}indication_id", f"{path}enterprise_id")
    found = rows.order_by().values(*keys).annotate(grams=Sum(grams, output_field=BigIntegerField()))
    return {(row[keys[0]], row[keys[1]]): row["grams"] for row in found}
