"""Administrative divisions of Sichuan (GB/T 2260)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Region(models.Model):
    """A province, prefecture or county. `boundary` is GeoJSON text in `datum`."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("省")
        PREFECTURE = "prefecture", _("市（州）")
        COUNTY = "county", _("县（市、区）")

    code = models.CharField(max_length=6, primary_key=True)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80)
    level = models.CharField(max_length=12, choices=Level.choices)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    boundary = models.TextField(blank=True)
    datum = models.CharField(max_length=8, default="GCJ-02")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="region_level_known", condition=models.Q(level__in=["province", "prefecture", "county"])
            )
        ]

    def __str__(self) -> str:
        return self.name
