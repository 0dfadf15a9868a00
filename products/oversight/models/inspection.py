"""Inspections of users of the mark."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from products.access import Actor, Role, region_filter
from products.registry.models.authorisation import Authorisation


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def visible_to(self, actor: Actor) -> Self:
        if actor.is_role(Role.INSPECTOR, Role.AUDITOR):
            return self.filter(region_filter(actor, "authorisation__enterprise__region_id"))
        return self.none()


class Inspection(models.Model):
    """A look on the spot at how one authorisation is used."""

    class State(models.TextChoices):
        PLANNED = "planned", _("待检查")
        PASSED = "passed", _("未发现问题")
        PROBLEMS = "problems", _("发现问题")
        PUBLISHED = "published", _("已公示")

    class Result(models.TextChoices):
        PASSED = "passed", _("未发现问题")
        PROBLEMS = "problems", _("发现问题")

    number = models.CharField(max_length=20, unique=True)
    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, related_name="inspections")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    planned_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    # What was found; stays when the state has become "published".
    result = models.CharField(max_length=10, choices=Result.choices, blank=True)
    findings = models.TextField(blank=True)
    # Until publication the ledger holds a commitment to the findings only.
    findings_salt = models.BinaryField(max_length=16, default=bytes)
    published_at = models.DateTimeField(null=True, blank=True)
    office = models.CharField(max_length=40)
    is_demo = models.BooleanField(default=False)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="inspection_state_known",
                condition=models.Q(state__in=["planned", "passed", "problems", "published"]),
            ),
            models.CheckConstraint(
                name="inspection_result_unless_planned",
                condition=models.Q(state="planned", result="") | models.Q(~models.Q(state="planned"), result__gt=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number
