"""Reads of batches: one, many, their facts, runs and who acted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from products.access import Actor
from products.errors import NotFound
from products.registry.models.enterprise import Enterprise
from products.registry.models.region import Region
from products.trace.domain.facts import Facts, is_text
from products.trace.models.batch import Batch


def whole_batches(actor: Actor) -> QuerySet[Batch]:
    """The batches the actor may see, with everything a page about them names."""
    return Batch.objects.visible_to(actor).select_related(
        "authorisation__indication", "authorisation__enterprise__region", "origin__parent", "standard_version__standard"
    )


def find_batch(*, actor: Actor, code: UUID) -> Batch:
    """Raises NotFound for one that is not there or not for this actor's eyes."""
    batch = whole_batches(actor).filter(code=code).first()
    if batch is None:
        raise NotFound(_("没有这个批次，或您无权查看。请从批次列表中选择。"))
    return batch


def list_batches(*, actor: Actor, text: str = "", state: str = "") -> QuerySet[Batch]:
    """By part of the lot number, maker or indication, in one state, the newest first; drafts are for their maker."""
    found = whole_batches(actor)
    if not is_text(text + state):
        return found.none()
    if text := text.strip():
        found = found.filter(
            Q(lot__icontains=text)
            | Q(authorisation__indication__name__icontains=text)
            | Q(authorisation__enterprise__name__icontains=text)
        )
    if state:
        found = found.filter(state=state)
    return found


def facts_of(batch: Batch) -> Facts:
    """The facts as they are now."""
    return Facts(
        lot=batch.lot,
        origin_code=batch.origin_id,
        produced_on=batch.produced_on,
        net_mass_g=batch.net_mass_g,
        best_before=batch.best_before,
        gtin=batch.gtin,
        plot_name=batch.plot_name,
        longitude_e6=batch.longitude_e6,
        latitude_e6=batch.latitude_e6,
        datum=batch.datum,
    )


def run_mass(prefix: str = "") -> Coalesce:
    """Grams of the label runs behind `prefix`, for annotate and aggregate; 0 where there are none."""
    # Quantity and pack fit 32 bits, their product does not; PostgreSQL would refuse it.
    product = Cast(f"{prefix}quantity", BigIntegerField()) * F(f"{prefix}unit_mass_g")
    return Coalesce(Sum(product, output_field=BigIntegerField()), 0, output_field=BigIntegerField())


def issued_mass_g(batch: Batch) -> int:
    """Grams that labels were issued for, voided ones included."""
    mass: int = batch.label_runs.aggregate(mass=run_mass())["mass"]
    return mass


@dataclass(frozen=True)
class RunLine:
    """A run of labels in the list of a batch."""

    code: str
    quantity: int
    unit_mass_g: int
    issued_at: datetime
    activated_count: int
    voided_count: int


def run_lines(batch: Batch) -> list[RunLine]:
    """The runs of a batch, the newest first, with how many of their labels are in use or void."""
    size = F("ranges__last_serial") - F("ranges__first_serial") + 1
    rows = (
        batch.label_runs.annotate(
            activated=Coalesce(Sum(size, filter=Q(ranges__kind="activated")), 0),
            voided=Coalesce(Sum(size, filter=Q(ranges__kind="voided")), 0),
        )
        .order_by("-issued_at", "-pk")
        .values_list("code", "quantity", "unit_mass_g", "issued_at", "activated", "voided")
    )
    return [RunLine(*row) for row in rows]


def actor_names(ledger_names: Iterable[str]) -> dict[str, str]:
    """`uscc:...` and `office:...` as the names of enterprises and offices; what is unknown stays as it is."""
    wanted = set(ledger_names)
    codes = {name: name.partition(":")[2] for name in wanted}
    enterprises = dict(Enterprise.objects.filter(uscc__in=codes.values()).values_list("uscc", "name"))
    regions = dict(Region.objects.filter(code__in=codes.values()).values_list("code", "name"))
    words = {}
    for name, code in codes.items():
        if name.startswith("office:") and code in regions:
            words[name] = _("%(region)s市场监督管理部门") % {"region": regions[code]}
        else:
            words[name] = enterprises.get(code, name)
    return words


def count_by_state(actor: Actor) -> dict[str, int]:
    """{state: number of batches} of what the actor may see."""
    rows = Batch.objects.visible_to(actor).order_by().values_list("state").annotate(Count("pk"))
    return dict(rows)


def field_names() -> dict[str, str]:
    """What the facts of a batch are called."""
    return {
        "lot": _("批号"),
        "origin_code": _("产地"),
        "produced_on": _("生产日期"),
        "net_mass_g": _("净重（公斤）"),
        "best_before": _("保质期至"),
        "gtin": _("商品条码"),
        "plot_name": _("地块"),
        "longitude_e6": _("经度"),
        "latitude_e6": _("纬度"),
        "datum": _("坐标系"),
    }
