"""Standards and specifications, their dated versions and limits; and the law they rest on."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from products.registry.models.indication import Indication


class Standard(models.Model):
    """A standard, announcement or control specification that products of an indication must meet."""

    code = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    indication = models.ForeignKey(
        Indication, null=True, blank=True, on_delete=models.PROTECT, related_name="standards"
    )

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class StandardVersion(models.Model):
    """The text in force between two dates: the first issue, or an amendment (修改单)."""

    class Status(models.TextChoices):
        IN_FORCE = "in_force", _("现行")
        REPEALED = "repealed", _("废止")
        DISPUTED = "disputed", _("存疑")

    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="versions")
    label = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    effective_from = models.DateField(null=True, blank=True)
    effective_to = models.DateField(null=True, blank=True)
    source = models.TextField(blank=True)
    # Of the product as it is weighed in batches, per hectare and calendar year; None where the text states none.
    max_yield_kg_per_ha = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["standard", "effective_from"]
        constraints = [
            models.UniqueConstraint(name="version_label_once", fields=["standard", "label"]),
            models.CheckConstraint(
                name="version_status_known", condition=models.Q(status__in=["in_force", "repealed", "disputed"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.standard.code}（{self.label}）" if self.label else self.standard.code


class Limit(models.Model):
    """One requirement of a version. Values are decimal strings; `condition` narrows it to a band or grade."""

    version = models.ForeignKey(StandardVersion, on_delete=models.PROTECT, related_name="limits")
    key = models.CharField(max_length=80)
    indicator = models.CharField(max_length=60)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    unit = models.CharField(max_length=24, blank=True)
    basis = models.CharField(max_length=60, blank=True)
    comparator = models.CharField(max_length=16)
    values = models.JSONField()
    condition = models.JSONField(null=True, blank=True)
    scope = models.CharField(max_length=8)
    is_usable = models.BooleanField(default=True)
    source = models.TextField()
    confidence = models.CharField(max_length=8)

    class Meta:
        ordering = ["version", "key"]
        constraints = [models.UniqueConstraint(name="limit_key_once", fields=["version", "key"])]

    def __str__(self) -> str:
        return self.name


class LawCitation(models.Model):
    """An article of law, in force between two dates, and what it means here."""

    key = models.CharField(max_length=60, unique=True)
    law = models.CharField(max_length=120)
    document_no = models.CharField(max_length=80, blank=True)
    article = models.CharField(max_length=40, blank=True)
    summary = models.TextField()
    summary_en = models.TextField()
    effective_from = models.DateField(null=True, blank=True)
    effective_to = models.DateField(null=True, blank=True)
    reading = models.CharField(max_length=1)
    source = models.TextField(blank=True)

    class Meta:
        ordering = ["law", "effective_from", "article"]

    def __str__(self) -> str:
        return f"{self.law} {self.article}".strip()
