"""Forgetting a grower with the plots kept in their name, or the place of one plot (PIPL Art. 47)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import NOBODY
from products.accounts.services.erasure import forget_answers
from products.audit import record
from products.errors import ErasureRefused, NotFound
from products.trace.domain.retention import kept_until
from products.trace.models.batch import Batch
from products.trace.models.plot import Grower, Plot


@transaction.atomic
def erase_grower(*, code: UUID, is_replay: bool = False, now: datetime) -> Counter[str]:
    """Take name, telephone and salt out of a grower, and the places out of the plots in their name; returns what went.

    Raises NotFound, ErasureRefused while they are in use or the law demands the records. `is_replay`: decided before.
    """
    grower = Grower.objects.select_for_update().filter(code=code).first()
    if grower is None:
        raise NotFound(_("没有这位农户。"))
    plots = list(Plot.objects.select_for_update().filter(grower=grower).order_by("pk"))
    if not is_replay:
        if grower.is_active and (grower.name or grower.phone):
            raise ErasureRefused(
                _(
                    "这位农户仍在为企业种植，履行合同需要其信息（个人信息保护法第十三条）。请先由企业停用该农户及其地块。"
                )
            )
        _require_free(plots, now=now)
    erased: Counter[str] = Counter()
    for plot in plots:
        erased += _erase_place(plot, now=now)
    if grower.salt or grower.name or grower.phone:
        erased["stored answers"] += forget_answers(naming=[str(grower.code)])
        grower.name, grower.phone, grower.salt = "", "", b""
        grower.save(update_fields=["name", "phone", "salt"])
        erased["growers"] = 1
        record(actor=NOBODY, kind="trace.grower_erased", subject=f"grower:{grower.code}", data={}, now=now)
    return erased


@transaction.atomic
def erase_place(*, code: UUID, is_replay: bool = False, now: datetime) -> Counter[str]:
    """Take name, outline and salt out of one retired plot. Raises as `erase_grower`."""
    plot = Plot.objects.select_for_update().filter(code=code).first()
    if plot is None:
        raise NotFound(_("没有这个地块。"))
    if not is_replay:
        _require_free([plot], now=now)
    return _erase_place(plot, now=now)


def _require_free(plots: Sequence[Plot], *, now: datetime) -> None:
    """Refuse plots that are in use, and those whose batches' records have to be kept."""
    held = [plot for plot in plots if plot.salt or plot.name or plot.geometry]
    if any(plot.is_active for plot in held):
        raise ErasureRefused(_("地块仍在使用。请先由企业停用地块，再申请删除。"))
    rows = Batch.objects.filter(batch_plots__plot__in=[plot.pk for plot in held])
    days = [
        kept_until(produced_on=made, best_before=best) for made, best in rows.values_list("produced_on", "best_before")
    ]
    until = max(days, default=date.min)
    if timezone.localdate(now) <= until:
        raise ErasureRefused(
            _(
                "农产品质量安全法第二十七条、食品安全法第五十条要求生产记录保存至 %(day)s，期满前不能删除；在此之前仅保存，不作他用"
                "（个人信息保护法第四十七条第二款）。"
            )
            % {"day": until.isoformat()}
        )


def _erase_place(plot: Plot, *, now: datetime) -> Counter[str]:
    erased: Counter[str] = Counter()
    if not (plot.salt or plot.name or plot.geometry):
        return erased
    erased["stored answers"] = forget_answers(naming=[str(plot.code)])
    plot.name, plot.geometry, plot.datum, plot.salt = "", "", "", b""
    plot.west_e6 = plot.south_e6 = plot.east_e6 = plot.north_e6 = None
    plot.save(update_fields=["name", "geometry", "datum", "salt", "west_e6", "south_e6", "east_e6", "north_e6"])
    erased["places"] = 1
    record(actor=NOBODY, kind="trace.place_erased", subject=f"plot:{plot.code}", data={}, now=now)
    return erased
