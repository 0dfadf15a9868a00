"""The plots that a batch names: checked when they are chosen, and again when it is registered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from products.registry.models.authorisation import Authorisation
from products.registry.queries.indications import area_county_codes
from products.trace.models.batch import Batch
from products.trace.models.plot import BatchPlot, Plot
from products.trace.plot_errors import PlotNotUsable

MAX_PLOTS: Final = 200


def choose_plots(batch: Batch, codes: Sequence[UUID]) -> None:
    """Keep the choice with a batch that is not registered yet; saves nothing. Raises PlotNotUsable."""
    plots = usable_plots(codes, batch.authorisation)
    batch.draft_plots = [str(plot.code) for plot in plots] or None


def name_plots(batch: Batch) -> dict[str, object]:
    """At registration: write down which plots it came of, and return what the statement says of them.

    Raises PlotNotUsable where one has been retired since it was chosen.
    """
    if not batch.draft_plots:
        return {}
    plots = usable_plots([UUID(code) for code in batch.draft_plots], batch.authorisation)
    BatchPlot.objects.bulk_create([BatchPlot(batch=batch, plot=plot) for plot in plots])
    batch.draft_plots = None
    batch.save(update_fields=["draft_plots"])
    return {"plots": [str(plot.code) for plot in plots]}


def usable_plots(codes: Sequence[UUID], authorisation: Authorisation) -> list[Plot]:
    """The plots, each once: the enterprise's own, of the indication, in use, and in the area as it is now.

    Raises PlotNotUsable, field `plots`.
    """
    wanted = list(dict.fromkeys(codes))
    if len(wanted) > MAX_PLOTS:
        raise PlotNotUsable(_("一个批次最多选 %(most)d 个地块。") % {"most": MAX_PLOTS}, field="plots")
    if not wanted:
        return []
    own = Plot.objects.filter(enterprise_id=authorisation.enterprise_id, code__in=wanted)
    found = {plot.code: plot for plot in own}
    counties = area_county_codes(authorisation.indication)
    for code in wanted:
        plot = found.get(code)
        if plot is None:
            raise PlotNotUsable(_("所选地块中有一个不存在，或不属于本企业。请重新选择。"), field="plots")
        if reason := _unusable(plot, authorisation, counties):
            raise PlotNotUsable(reason, field="plots")
    return [found[code] for code in wanted]


def _unusable(plot: Plot, authorisation: Authorisation, counties: frozenset[str]) -> str:
    names = {"plot": plot.name, "indication": authorisation.indication.name}
    if plot.indication_id != authorisation.indication_id:
        return _("地块“%(plot)s”登记的不是“%(indication)s”，不能用于这个批次。") % names
    if not plot.is_active:
        return _("地块“%(plot)s”已经停用。请选择在用的地块。") % names
    if plot.region_id not in counties:
        return _("地块“%(plot)s”现在不在“%(indication)s”的保护范围内。") % names
    return ""
