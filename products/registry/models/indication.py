"""Geographical indications and what happened to their protection."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from products.defaults import empty_list
from products.registry.models.region import Region


class Indication(models.Model):
    """One protected name. `types` may hold several: the three systems of protection overlap."""

    class Status(models.TextChoices):
        PROTECTED = "protected", _("受保护")
        CANCELLED = "cancelled", _("已撤销")

    class Confidence(models.TextChoices):
        HIGH = "high", _("高")
        MEDIUM = "medium", _("中")
        LOW = "low", _("低")
        DEMO = "demo", _("演示")

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    types = models.JSONField(default=empty_list)
    category = models.CharField(max_length=40, blank=True)
    prefecture = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The counties of the protected area; towns stand in `area_text` only.
    counties = models.ManyToManyField(Region, blank=True, related_name="indications")
    area_text = models.TextField(blank=True)
    announcement_no = models.CharField(max_length=80, blank=True)
    announced_on = models.DateField(null=True, blank=True)
    announced_text = models.CharField(max_length=40, blank=True)
    trademark_no = models.CharField(max_length=40, blank=True)
    registrant_name = models.CharField(max_length=120, blank=True)
    # The association or firm that manages the name (商标法 Art. 16, from 2027 Art. 23).
    registrant_uscc = models.CharField(max_length=18, blank=True)
    use_rules = models.CharField(max_length=200, blank=True)
    eu_china = models.BooleanField(default=False)
    standard_text = models.CharField(max_length=200, blank=True)
    source = models.TextField(blank=True)
    confidence = models.CharField(max_length=8, choices=Confidence.choices)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PROTECTED)
    # When the name was recognised within the plan period; counts towards the target of new indications.
    recognised_on = models.DateField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="indication_status_known", condition=models.Q(status__in=["protected", "cancelled"])
            ),
            models.CheckConstraint(
                name="indication_confidence_known",
                condition=models.Q(confidence__in=["high", "medium", "low", "demo"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IndicationChange(models.Model):
    """A change or cancellation of protection (国知局令第80号); append-only."""

    class Kind(models.TextChoices):
        RECOGNISED = "recognised", _("认定")
        CHANGED = "changed", _("变更")
        CANCELLED = "cancelled", _("撤销")

    indication = models.ForeignKey(Indication, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    document_no = models.CharField(max_length=80)
    reason = models.TextField(blank=True)
    effective_on = models.DateField()
    decided_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()


class RegistrantDecision(models.Model):
    """A registrant admits or refuses a member or licensee, with the reason (商标法 2026 Art. 60); append-only."""

    class Outcome(models.TextChoices):
        ADMITTED = "admitted", _("同意")
        REFUSED = "refused", _("拒绝")

    indication = models.ForeignKey(Indication, on_delete=models.PROTECT, related_name="registrant_decisions")
    applicant_uscc = models.CharField(max_length=18)
    applicant_name = models.CharField(max_length=120)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.TextField(blank=True)
    document_no = models.CharField(max_length=80, blank=True)
    decided_on = models.DateField()
    recorded_at = models.DateTimeField()
