"""Enterprises, co-operatives and other operators."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from products.registry.models.region import Region


class Enterprise(models.Model):
    """An operator named by its 统一社会信用代码 (GB 32100-2015)."""

    class UsccVerdict(models.TextChoices):
        VALID = "valid", _("校验通过")
        ACCEPTED = "accepted", _("校验位不符，凭证照核准")

    uscc = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="enterprises")
    address = models.CharField(max_length=200, blank=True)
    uscc_verdict = models.CharField(max_length=10, choices=UsccVerdict.choices)
    # Early codes are legal but fail the check digit: the licence's picture and a reviewer stand in for it.
    uscc_proof_sha256 = models.CharField(max_length=64, blank=True)
    uscc_reviewed_by = models.CharField(max_length=150, blank=True)
    is_demo = models.BooleanField(default=False)
    registered_at = models.DateTimeField()

    class Meta:
        ordering = ["uscc"]
        constraints = [
            models.CheckConstraint(
                name="uscc_accepted_only_with_proof_and_reviewer",
                condition=models.Q(uscc_verdict="valid")
                | models.Q(uscc_verdict="accepted", uscc_proof_sha256__gt="", uscc_reviewed_by__gt=""),
            )
        ]

    def __str__(self) -> str:
        return self.name
