"""Reads of growers and plots: whose they are, what was found about them, and what a batch's form offers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from products.access import Actor, Role
from products.errors import NotFound
from products.registry.models.authorisation import Authorisation
from products.registry.models.indication import Indication
from products.registry.queries.authorisations import own_authorisations
from products.trace.domain.facts import is_text
from products.trace.domain.outline import drawn, stored_outline
from products.trace.models.batch import Batch
from products.trace.models.plot import Grower, Plot, PlotOverlap, PlotStep
from products.trace.queries.batches import actor_names
from products.trace.queries.capacity import Season, enterprise_season
from products.trace.queries.place_checks import PlaceCheck, place_checks

DRAWING: int = 240


@dataclass(frozen=True)
class OverlapLine:
    """Ground shared with another plot; `other` is None where the reader may not see whose it is."""

    shared_m2: int
    other: Plot | None


@dataclass(frozen=True)
class StepLine:
    row: PlotStep
    by: str


@dataclass(frozen=True)
class PlotPage:
    """One plot for one reader. `ring` are the corners of a drawing DRAWING wide; `grower` is masked for others."""

    plot: Plot
    grower: str
    ring: str
    overlaps: tuple[OverlapLine, ...]
    steps: tuple[StepLine, ...]
    batches: Sequence[Batch]
    is_own: bool


@dataclass(frozen=True)
class SeasonLine:
    """A season of one indication, as its producer reads it."""

    indication: Indication
    season: Season


@dataclass(frozen=True)
class PlotLine:
    """A plot of a batch, for a reader who may see it or not."""

    plot: Plot
    is_visible: bool

    def __str__(self) -> str:
        return str(self.plot) if self.is_visible else self.plot.region.name


@dataclass(frozen=True)
class BatchPlots:
    """The plots of a batch with what the standard demands of them, and the season it is counted in."""

    plots: Sequence[PlotLine]
    checks: Sequence[PlaceCheck]
    season: Season


def list_plots(
    *, actor: Actor, indication: str = "", enterprise: str = "", text: str = "", active: bool | None = None
) -> QuerySet[Plot]:
    """The plots the actor may see, by indication's code, holder's code and part of the name; active ones or not."""
    found = Plot.objects.visible_to(actor).select_related("indication", "enterprise", "grower", "region")
    if not is_text(indication + enterprise + text):
        return found.none()
    if indication:
        found = found.filter(indication__code=indication)
    if enterprise:
        found = found.filter(enterprise__uscc=enterprise)
    if text := text.strip():
        known = Q(name__icontains=text) | Q(enterprise__name__icontains=text)
        # Nobody finds out by searching who grows for another.
        if actor.is_role(Role.PRODUCER):
            known |= Q(grower__name__icontains=text)
        found = found.filter(known)
    return found if active is None else found.filter(is_active=active)


def find_plot(*, actor: Actor, code: UUID) -> Plot:
    """Raises NotFound for one that is not there or not for this actor's eyes."""
    plot = list_plots(actor=actor).filter(code=code).first()
    if plot is None:
        raise NotFound(_("没有这个地块，或您无权查看。请从列表中选择。"))
    return plot


def list_growers(*, actor: Actor) -> QuerySet[Grower]:
    """The producer's own, those in use first."""
    return Grower.objects.visible_to(actor).order_by("-is_active", "name", "pk")


def find_grower(*, actor: Actor, code: UUID) -> Grower:
    """Raises NotFound."""
    grower = list_growers(actor=actor).filter(code=code).first()
    if grower is None:
        raise NotFound(_("没有这位农户，或不属于本企业。请从列表中选择。"))
    return grower


def grower_name(plot: Plot, actor: Actor) -> str:
    """In full for the enterprise itself, the first character alone for others."""
    if plot.grower is None:
        return ""
    name = plot.grower.name
    if not name:
        return _("已按申请删除")
    return name if _is_own(plot, actor) else f"{name[0]}＊＊"


def plot_page(plot: Plot, *, actor: Actor) -> PlotPage:
    """Everything about a plot that `actor`, who may see it, needs on its page."""
    steps = list(plot.steps.order_by("pk"))
    names = actor_names([step.by for step in steps])
    batches = Batch.objects.visible_to(actor).filter(batch_plots__plot=plot)
    return PlotPage(
        plot=plot,
        grower=grower_name(plot, actor),
        ring=ring_of(plot),
        overlaps=overlaps_of(plot, actor=actor),
        steps=tuple(StepLine(step, names[step.by]) for step in steps),
        batches=list(batches.order_by("-produced_on", "-pk")[:20]),
        is_own=_is_own(plot, actor),
    )


def ring_of(plot: Plot) -> str:
    """The corners of a drawing of the outline, for SVG; '' for a point and for what was erased."""
    if not plot.geometry:
        return ""
    outline = stored_outline(plot.geometry, plot.datum)
    return "" if outline.is_point else " ".join(f"{x},{y}" for x, y in drawn(outline.pairs, size=DRAWING))


def overlaps_of(plot: Plot, *, actor: Actor) -> tuple[OverlapLine, ...]:
    """What was found in common with other plots, whichever was entered first."""
    rows = PlotOverlap.objects.filter(Q(plot=plot) | Q(other=plot)).select_related("plot", "other").order_by("pk")
    others = {row.pk: row.other if row.plot_id == plot.pk else row.plot for row in rows}
    seen = {each.pk: each for each in list_plots(actor=actor).filter(pk__in=[other.pk for other in others.values()])}
    return tuple(OverlapLine(row.shared_m2, seen.get(others[row.pk].pk)) for row in rows)


def overlapping(plots: Iterable[Plot]) -> set[int]:
    """Keys of those that share ground with another plot."""
    keys = [plot.pk for plot in plots]
    rows = PlotOverlap.objects.filter(Q(plot__in=keys) | Q(other__in=keys)).values_list("plot_id", "other_id")
    return {key for pair in rows for key in pair} & set(keys)


def seasons_of(*, actor: Actor, year: int) -> list[SeasonLine]:
    """A producer's capacity beside what it made, for each indication that it has a right to."""
    indications: dict[int, SeasonLine] = {}
    for right in own_authorisations(actor=actor) if actor.is_role(Role.PRODUCER) else ():
        if right.indication_id not in indications:
            season = enterprise_season(right.enterprise_id, right.indication_id, year)
            indications[right.indication_id] = SeasonLine(right.indication, season)
    return list(indications.values())


def batch_season(batch: Batch) -> Season:
    right = batch.authorisation
    return enterprise_season(right.enterprise_id, right.indication_id, batch.produced_on.year)


def plots_of(batch: Batch) -> list[Plot]:
    """The plots that a batch names; of a draft those chosen so far."""
    found = Plot.objects.select_related("region", "grower", "enterprise", "indication")
    if batch.draft_plots:
        return list(found.filter(code__in=batch.draft_plots, enterprise_id=batch.authorisation.enterprise_id))
    return list(found.filter(batch_plots__batch=batch).order_by("batch_plots__pk"))


def batch_plots(batch: Batch, *, actor: Actor) -> BatchPlots:
    """For who may see the batch; a plot elsewhere, which the reader may not see, is shown without its name."""
    plots = plots_of(batch)
    visible = set(list_plots(actor=actor).filter(pk__in=[plot.pk for plot in plots]).values_list("pk", flat=True))
    lines = [PlotLine(plot, plot.pk in visible) for plot in plots]
    return BatchPlots(lines, place_checks(batch, [(str(line), line.plot) for line in lines]), batch_season(batch))


def plot_choices(authorisations: Sequence[Authorisation]) -> list[tuple[str, str]]:
    """The active plots to choose from, as a form lists them; with the indication where there are several."""
    holders = {right.enterprise_id for right in authorisations}
    names = {right.indication_id: right.indication.name for right in authorisations}
    rows = Plot.objects.filter(enterprise__in=holders, indication__in=names, is_active=True).select_related("region")
    choices = []
    for plot in rows.order_by("indication_id", "name", "pk"):
        where = plot.region.name if len(names) == 1 else f"{names[plot.indication_id]} · {plot.region.name}"
        choices.append((str(plot.code), f"{plot.name}（{where}）"))
    return choices


def last_plots(authorisation: Authorisation) -> list[str]:
    """Codes of the plots of the newest batch under an authorisation, as far as they are in use."""
    last = Batch.objects.filter(authorisation=authorisation).exclude(state=Batch.State.DRAFT)
    newest = last.order_by("-created_at", "-pk").first()
    if newest is None:
        return []
    return [str(plot.code) for plot in plots_of(newest) if plot.is_active]


def year_or(today: date, text: str) -> int:
    """A year that was asked for, today's where it is none that could hold batches."""
    return int(text) if text.isascii() and text.isdigit() and 2000 <= int(text[:5]) <= 2999 else today.year


def _is_own(plot: Plot, actor: Actor) -> bool:
    return actor.is_role(Role.PRODUCER) and plot.enterprise.uscc == actor.uscc
