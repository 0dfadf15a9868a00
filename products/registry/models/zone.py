"""Demonstration zones for the protection of geographical indications."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from products.registry.models.indication import Indication
from products.registry.models.region import Region


class Zone(models.Model):
    """A national or provincial demonstration zone and the stage it has reached."""

    class Grade(models.TextChoices):
        NATIONAL = "national", _("国家级")
        PROVINCIAL = "provincial", _("省级")

    class Stage(models.TextChoices):
        APPLIED = "applied", _("申报")
        BUILDING = "building", _("筹建")
        ACCEPTANCE = "acceptance", _("验收")
        RECOGNISED = "recognised", _("示范区")
        REVOKED = "revoked", _("撤销")
        REFUSED = "refused", _("未通过")

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    grade = models.CharField(max_length=10, choices=Grade.choices)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="zones")
    indications = models.ManyToManyField(Indication, related_name="zones")
    stage = models.CharField(max_length=12, choices=Stage.choices)
    stage_on = models.DateField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="zone_stage_known",
                condition=models.Q(stage__in=["applied", "building", "acceptance", "recognised", "revoked", "refused"]),
            ),
            models.CheckConstraint(name="zone_grade_known", condition=models.Q(grade__in=["national", "provincial"])),
        ]

    def __str__(self) -> str:
        return self.name


class ZoneStep(models.Model):
    """A zone moved from one stage to another; append-only."""

    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="steps")
    stage = models.CharField(max_length=12, choices=Zone.Stage.choices)
    document_no = models.CharField(max_length=80, blank=True)
    reason = models.TextField(blank=True)
    effective_on = models.DateField()
    decided_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()


class ZoneCensus(models.Model):
    """A year's counts for the thresholds, entered by the bureau. Money in fen."""

    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="censuses")
    year = models.PositiveSmallIntegerField()
    producer_count = models.PositiveIntegerField()
    user_count = models.PositiveIntegerField()
    output_fen = models.PositiveBigIntegerField()
    user_output_fen = models.PositiveBigIntegerField()
    entered_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="zone_census_once_a_year", fields=["zone", "year"]),
            models.CheckConstraint(
                name="zone_census_parts_within_whole",
                condition=models.Q(
                    user_count__lte=models.F("producer_count"), user_output_fen__lte=models.F("output_fen")
                ),
            ),
        ]
