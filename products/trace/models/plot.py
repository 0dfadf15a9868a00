"""Growers, and the plots and facilities where things grow and are made."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from products.access import Actor, Role, region_filter
from products.defaults import new_code
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.registry.models.region import Region
from products.trace.models.batch import Batch


class GrowerQuerySet(models.QuerySet["Grower"]):
    def visible_to(self, actor: Actor) -> Self:
        """The co-operative's own; nobody else reads who its members are."""
        return self.filter(enterprise__uscc=actor.uscc) if actor.is_role(Role.PRODUCER) else self.none()


class Grower(models.Model):
    """A member of a co-operative, who grows for it and has no 统一社会信用代码 of their own.

    A person: name and telephone are the enterprise's alone, and the ledger holds a salted commitment to them.
    """

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="growers")
    # Both are gone, with the salt, once the person has been erased (PIPL Art. 47).
    name = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    salt = models.BinaryField(max_length=16, default=bytes)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects = GrowerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name or f"{self.code}"[:8]


class PlotQuerySet(models.QuerySet["Plot"]):
    def visible_to(self, actor: Actor) -> Self:
        """Its holder's, the registrant's of its indication, and the offices' of its county; never the public's."""
        if actor.is_role(Role.PRODUCER):
            return self.filter(enterprise__uscc=actor.uscc)
        if actor.is_role(Role.ADMIN):
            return self
        if actor.is_role(Role.ASSOCIATION):
            return self.filter(indication__registrant_uscc=actor.uscc)
        if actor.is_role(Role.INSPECTOR, Role.AUDITOR):
            return self.filter(region_filter(actor, "region_id"))
        return self.none()


class Plot(models.Model):
    """A field, pond, mushroom shed or workshop that an enterprise makes an indication's products on.

    Its name and outline are committed to, not published: they may be a farmer's holding.
    """

    class Kind(models.TextChoices):
        FIELD = "field", _("地块")
        FACILITY = "facility", _("生产设施")

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="plots")
    indication = models.ForeignKey(Indication, on_delete=models.PROTECT, related_name="plots")
    grower = models.ForeignKey(Grower, null=True, blank=True, on_delete=models.PROTECT, related_name="plots")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="plots")
    name = models.CharField(max_length=80, blank=True)
    # A GeoJSON Point or Polygon as it was given, in its own datum; checked against the origin area in GCJ-02.
    geometry = models.TextField(blank=True)
    datum = models.CharField(max_length=8, blank=True)
    salt = models.BinaryField(max_length=16, default=bytes)
    # Square metres: of the outline, or as stated where only a point is given; 0 for a facility.
    area_m2 = models.PositiveIntegerField(default=0)
    altitude_m = models.IntegerField(null=True, blank=True)
    # The outline's bounds in micro-degrees of WGS-84, to find what may overlap; derived, empty for a point.
    west_e6 = models.IntegerField(null=True, blank=True)
    south_e6 = models.IntegerField(null=True, blank=True)
    east_e6 = models.IntegerField(null=True, blank=True)
    north_e6 = models.IntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects = PlotQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(name="plot_kind_known", condition=models.Q(kind__in=["field", "facility"])),
            models.CheckConstraint(
                name="plot_outline_has_datum",
                condition=models.Q(geometry="", datum="") | models.Q(geometry__gt="", datum__gt=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.code}"[:8]


class PlotStep(models.Model):
    """A plot was registered, changed or retired, and its area from then on; append-only.

    A season's capacity is counted from these: what a plot is given today does not enlarge last year's harvest.
    """

    class Kind(models.TextChoices):
        REGISTERED = "registered", _("登记")
        CHANGED = "changed", _("变更")
        RETIRED = "retired", _("停用")

    plot = models.ForeignKey(Plot, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    area_m2 = models.PositiveIntegerField()
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="plot_step_kind_known", condition=models.Q(kind__in=["registered", "changed", "retired"])
            ),
        ]


class PlotOverlap(models.Model):
    """Two outlines of one indication that share ground, as found when `plot` was entered or changed; derived."""

    plot = models.ForeignKey(Plot, on_delete=models.PROTECT, related_name="overlaps")
    other = models.ForeignKey(Plot, on_delete=models.PROTECT, related_name="overlapped_by")
    shared_m2 = models.PositiveIntegerField()
    found_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(name="plot_overlap_once", fields=["plot", "other"])]


class BatchPlot(models.Model):
    """That a batch grew or was made on a plot, as said when it was registered; append-only."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="batch_plots")
    plot = models.ForeignKey(Plot, on_delete=models.PROTECT, related_name="batch_plots")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(name="batch_plot_once", fields=["batch", "plot"])]
