"""Runs of labels for a batch, and the ranges of them that were activated or voided."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from products.access import Actor
from products.defaults import new_code
from products.trace.models.batch import Batch


class LabelRunQuerySet(models.QuerySet["LabelRun"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever may see the batch may see its runs."""
        return self.filter(batch__in=Batch.objects.visible_to(actor))


class LabelRun(models.Model):
    """Serials 1 to `quantity` of one pack size. `key` is encrypted; with it the unit codes can be derived."""

    code = models.CharField(max_length=6, unique=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="label_runs")
    quantity = models.PositiveIntegerField()
    unit_mass_g = models.PositiveIntegerField()
    key = models.BinaryField()
    issued_by = models.CharField(max_length=40)
    issued_at = models.DateTimeField()

    objects = LabelRunQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-id"]
        constraints = [
            models.CheckConstraint(name="label_run_quantity", condition=models.Q(quantity__range=(1, 33_554_431))),
            models.CheckConstraint(name="label_run_unit_mass", condition=models.Q(unit_mass_g__gt=0)),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def mass_g(self) -> int:
        return self.quantity * self.unit_mass_g


class LabelRange(models.Model):
    """Serials of a run that were put on packs, or can no longer be; append-only. Void wins over activated."""

    class Kind(models.TextChoices):
        ACTIVATED = "activated", _("启用")
        VOIDED = "voided", _("作废")

    run = models.ForeignKey(LabelRun, on_delete=models.PROTECT, related_name="ranges")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    first_serial = models.PositiveIntegerField()
    last_serial = models.PositiveIntegerField()
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="label_range_order",
                condition=models.Q(first_serial__gte=1, last_serial__gte=models.F("first_serial")),
            ),
            models.CheckConstraint(name="label_range_kind", condition=models.Q(kind__in=["activated", "voided"])),
        ]


class PrintFile(models.Model):
    """A file for the printer, made in the background, downloadable until it expires."""

    class Kind(models.TextChoices):
        PDF = "pdf", _("A4 不干胶 PDF")
        CSV = "csv", _("编码 CSV")

    class State(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("生成中")
        READY = "ready", _("可下载")
        FAILED = "failed", _("失败")

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    run = models.ForeignKey(LabelRun, on_delete=models.PROTECT, related_name="print_files")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    layout = models.CharField(max_length=20, blank=True)
    first_serial = models.PositiveIntegerField()
    last_serial = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    done_count = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)
    # Set while a worker is at it; one that stands still was left by a worker that died.
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    requested_by = models.CharField(max_length=150)
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-requested_at"]

    @property
    def count(self) -> int:
        """Labels in the file."""
        return self.last_serial - self.first_serial + 1
