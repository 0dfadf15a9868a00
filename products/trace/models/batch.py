"""Batches: what was made, where, when and how much."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from products.access import Actor, Role, region_filter
from products.defaults import new_code
from products.registry.models.authorisation import Authorisation
from products.registry.models.region import Region
from products.registry.models.standard import StandardVersion


class BatchQuerySet(models.QuerySet["Batch"]):
    def visible_to(self, actor: Actor) -> Self:
        """Its maker, the registrant of its indication, and the offices of its region; a draft is its maker's alone."""
        if actor.is_role(Role.PRODUCER):
            return self.filter(authorisation__enterprise__uscc=actor.uscc)
        stated = self.exclude(state="draft")
        if actor.is_role(Role.ADMIN):
            return stated
        if actor.is_role(Role.ASSOCIATION):
            return stated.filter(authorisation__indication__registrant_uscc=actor.uscc)
        if actor.is_role(Role.INSPECTOR, Role.AUDITOR):
            return stated.filter(region_filter(actor, "authorisation__enterprise__region_id"))
        return self.none()


class Batch(models.Model):
    """A lot of one product. The fields hold what is known now; corrections keep what was said before."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        REGISTERED = "registered", _("已登记")
        RELEASED = "released", _("已放行")
        HELD = "held", _("暂停销售")
        RECALLED = "recalled", _("已召回")

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, related_name="batches")
    standard_version = models.ForeignKey(
        StandardVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="batches"
    )
    lot = models.CharField(max_length=20)
    gtin = models.CharField(max_length=14, blank=True)
    origin = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="batches")
    plot_name = models.CharField(max_length=80, blank=True)
    # The ledger holds a commitment to the plot, which may be a farmer's; without this salt it tells nothing.
    plot_salt = models.BinaryField(max_length=16, default=bytes)
    # As the device gave it, in micro-degrees with its datum; `origin` was checked in GCJ-02.
    longitude_e6 = models.IntegerField(null=True, blank=True)
    latitude_e6 = models.IntegerField(null=True, blank=True)
    datum = models.CharField(max_length=8, blank=True)
    # The codes of the plots chosen for a draft; a registered batch has `BatchPlot` rows instead.
    draft_plots = models.JSONField(null=True, blank=True)
    produced_on = models.DateField()
    best_before = models.DateField(null=True, blank=True)
    net_mass_g = models.PositiveBigIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(name="batch_lot_once", fields=["authorisation", "lot"]),
            models.CheckConstraint(name="batch_mass_positive", condition=models.Q(net_mass_g__gt=0)),
            models.CheckConstraint(
                name="batch_state_known",
                condition=models.Q(state__in=["draft", "registered", "released", "held", "recalled"]),
            ),
            models.CheckConstraint(
                name="batch_point_has_datum",
                condition=models.Q(longitude_e6__isnull=True, latitude_e6__isnull=True, datum="")
                | models.Q(longitude_e6__isnull=False, latitude_e6__isnull=False, datum__gt=""),
            ),
        ]

    def __str__(self) -> str:
        return self.lot


class BatchStep(models.Model):
    """A batch changed its state; append-only."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="steps")
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12, choices=Batch.State.choices)
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]


class BatchCorrection(models.Model):
    """Facts of a registered batch put right: {field: [before, after]} as strings, with the reason; append-only."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="corrections")
    changes = models.JSONField()
    reason = models.TextField()
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
