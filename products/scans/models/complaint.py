"""Reports by consumers."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from products.access import Actor, Role, region_filter
from products.labels.models.label_run import LabelRun


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def visible_to(self, actor: Actor) -> Self:
        """The offices of the region it concerns; the province sees those of no known region."""
        if actor.is_role(Role.INSPECTOR, Role.AUDITOR):
            return self.filter(region_filter(actor, "region"))
        return self.none()


class Complaint(models.Model):
    """A consumer says that something is wrong with a pack; followed by its number."""

    class State(models.TextChoices):
        RECEIVED = "received", _("已收到")
        ACCEPTED = "accepted", _("已受理")
        CLOSED = "closed", _("已办结")
        REJECTED = "rejected", _("不予受理")

    number = models.CharField(max_length=16, unique=True)
    code_text = models.CharField(max_length=80)
    run = models.ForeignKey(LabelRun, null=True, blank=True, on_delete=models.PROTECT, related_name="complaints")
    serial = models.PositiveIntegerField(null=True, blank=True)
    region = models.CharField(max_length=6)
    text = models.TextField(max_length=2000)
    bought_at = models.CharField(max_length=200, blank=True)
    # Encrypted; only the office with the case reads it.
    contact = models.BinaryField(default=bytes)
    # Of the commitments in the ledger; deleting it leaves the proofs intact and the text beyond recovery.
    salt = models.BinaryField(max_length=16, default=bytes)
    visitor = models.BinaryField(max_length=16, default=bytes)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    outcome = models.TextField(blank=True)
    received_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="complaint_state_known",
                condition=models.Q(state__in=["received", "accepted", "closed", "rejected"]),
            )
        ]

    def __str__(self) -> str:
        return self.number
