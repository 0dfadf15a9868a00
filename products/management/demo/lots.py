"""The demonstration's product line: from a field and a bought sack of beans to a batch, and on to another producer."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from products.management.demo.cast import maker
from products.management.demo.plots import DEMO_INDICATION
from products.management.demo.register import Licensed, at_office_hours
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.trace.models.batch import Batch
from products.trace.models.lot import Lot, LotOperation
from products.trace.models.plot import Plot
from products.trace.services.batches import register_batch, release_batch
from products.trace.services.lot_checks import Given, NewOperation, Taken
from products.trace.services.lots import record_operation

SEED = 4808
_PAPER = "演示单据"
Kind = LotOperation.Kind


def add_lots(licensed: Sequence[Licensed], *, today: date) -> None:
    """Harvest, purchase, two processes, a loss, a count, a batch, a dispatch to the second producer and its receipt."""
    line = _Line(licensed[0], licensed[1], today)
    peppers = line.act(
        Kind.HARVEST, 60, given=[Given(lot="YS-H1", material="演示鲜辣椒", mass_g=3_000_000)], **line.field()
    )
    beans = line.act(
        Kind.PURCHASE,
        58,
        given=[Given(lot="YS-P1", material="演示蚕豆", mass_g=800_000)],
        seller_name="演示·某某合作社",
        document_no=f"{_PAPER} 0058",
    )
    clean = line.act(
        Kind.PROCESS,
        57,
        process="清洗切碎",
        taken=[Taken(lot=peppers.code, mass_g=2_900_000)],
        given=[Given(lot="YS-W1", material="演示椒醅", mass_g=2_700_000)],
    )
    line.act(Kind.LOSS, 56, taken=[Taken(lot=peppers.code, mass_g=40_000)], reason="演示：运输压伤，剔除。")
    line.act(Kind.STOCKTAKE, 50, taken=[Taken(lot=beans.code, mass_g=795_000)], reason="演示：复秤，途中失水。")
    batch = line.batch(net_mass_g=2_400_000, days=20)
    line.act(
        Kind.PROCESS,
        19,
        process="发酵",
        taken=[Taken(lot=clean.code, mass_g=2_600_000), Taken(lot=beans.code, mass_g=500_000)],
        given=[Given(batch=batch.code, mass_g=batch.net_mass_g)],
    )
    line.send(batch, grams=300_000, days=10)


class _Line:
    """What the first producer does, and the second who buys of it."""

    def __init__(self, one: Licensed, other: Licensed, today: date) -> None:
        self.one, self.other, self.today = one, other, today
        self.rng = random.Random(SEED)  # noqa: S311
        own = Authorisation.objects.filter(enterprise__uscc=one.uscc, indication__code=DEMO_INDICATION).first()
        self.right = own or Authorisation.objects.get(code=one.code)

    def field(self) -> dict[str, Any]:
        """The first of the producer's fields for the product, or its county where it has none."""
        plots = Plot.objects.filter(enterprise__uscc=self.one.uscc, indication=self.right.indication, is_active=True)
        plot = plots.filter(kind=Plot.Kind.FIELD).order_by("pk").first()
        if plot is not None:
            return {"plot": plot.code}
        return {"origin_code": self.one.county, "indication_code": self.right.indication.code}

    def act(self, kind: Kind, days: int, *, uscc: str = "", **facts: Any) -> Lot:
        """One operation so many days ago; the lot that it gave, or the first that it took from."""
        row = self.record(kind, days, uscc=uscc, **facts)
        moves = row.moves.select_related("lot").order_by("-mass_g")
        return moves[0].lot

    def record(self, kind: Kind, days: int, *, uscc: str = "", **facts: Any) -> LotOperation:
        day = self.today - timedelta(days=days)
        return record_operation(
            actor=maker(uscc or self.one.uscc),
            operation=NewOperation(kind=kind, done_on=day, **facts),
            now=at_office_hours(day, self.rng),
        )

    def batch(self, *, net_mass_g: int, days: int) -> Batch:
        day = self.today - timedelta(days=days)
        batch = register_batch(
            actor=maker(self.one.uscc),
            authorisation_code=self.right.code,
            lot=f"{day:%y%m%d}-traced",
            origin_code=self.one.county,
            produced_on=day,
            best_before=day + timedelta(days=365),
            net_mass_g=net_mass_g,
            now=at_office_hours(day, self.rng),
        )
        released_at = at_office_hours(day + timedelta(days=2), self.rng)
        return release_batch(actor=maker(self.one.uscc), code=batch.code, now=released_at)

    def send(self, batch: Batch, *, grams: int, days: int) -> None:
        buyer = Enterprise.objects.get(uscc=self.other.uscc)
        sent = self.record(
            Kind.DISPATCH,
            days,
            taken=[Taken(batch=batch.code, mass_g=grams)],
            consignee_name=buyer.name,
            consignee_uscc=buyer.uscc,
            document_no=f"{_PAPER} 0010",
        )
        self.act(
            Kind.PURCHASE,
            days - 1,
            uscc=buyer.uscc,
            given=[Given(lot="YS-R1", material=batch.authorisation.product_name, mass_g=grams)],
            dispatch=sent.code,
            document_no=f"{_PAPER} 0010",
        )
