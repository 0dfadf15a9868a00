"""What the public scanned. No address, no device, no precise place is kept."""

from __future__ import annotations

from django.db import models

from products.labels.models.label_run import LabelRun


class UnitSeen(models.Model):
    """The first scan and the number of scans of one unit; the only row a unit ever gets by being scanned."""

    run = models.ForeignKey(LabelRun, on_delete=models.PROTECT, related_name="units_seen")
    serial = models.PositiveIntegerField()
    scan_count = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    first_region = models.CharField(max_length=6, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="unit_seen_once", fields=["run", "serial"])]


class Scan(models.Model):
    """One look at one code: when, what was answered, and the prefecture if a proxy told it."""

    run = models.ForeignKey(LabelRun, on_delete=models.PROTECT, related_name="scans")
    serial = models.PositiveIntegerField()
    at = models.DateTimeField()
    verdict = models.CharField(max_length=12)
    region = models.CharField(max_length=6, blank=True)
    # Salted hash of address and agent under a key that changes daily: tells a repeat from a stranger, no more.
    visitor = models.BinaryField(max_length=16)

    class Meta:
        indexes = [
            models.Index(name="scan_by_unit", fields=["run", "serial", "at"]),
            models.Index(name="scan_by_time", fields=["at"]),
        ]


class VisitorSalt(models.Model):
    """The random salt of one day's visitor hashes; deleted after the next day, and with it their meaning."""

    day = models.DateField(unique=True)
    salt = models.BinaryField(max_length=32)
