"""Cases of the five forbidden acts (国知局令第80号)."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from products.access import Actor, Role, region_filter
from products.registry.models.enterprise import Enterprise
from products.scans.models.complaint import Complaint


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, actor: Actor) -> Self:
        if actor.is_role(Role.INSPECTOR, Role.AUDITOR):
            return self.filter(region_filter(actor, "region"))
        return self.none()


class Case(models.Model):
    """An office looks into a suspected act."""

    class Act(models.TextChoices):
        UNAUTHORISED_USE = "unauthorised_use", _("擅自使用专用标志")
        BELOW_STANDARD = "below_standard", _("不符合标准而使用名称")
        SIMILAR_MARK = "similar_mark", _("使用近似标志误导公众")
        MISLEADING_ORIGIN = "misleading_origin", _("误导性产地描述")
        SELLING = "selling", _("销售上述产品")

    class State(models.TextChoices):
        OPENED = "opened", _("已立案")
        INVESTIGATING = "investigating", _("调查中")
        DECIDED = "decided", _("已作决定")
        REFERRED = "referred", _("已移送")
        CLOSED = "closed", _("已结案")

    number = models.CharField(max_length=20, unique=True)
    act = models.CharField(max_length=20, choices=Act.choices)
    region = models.CharField(max_length=6)
    enterprise = models.ForeignKey(Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    complaint = models.OneToOneField(Complaint, null=True, blank=True, on_delete=models.PROTECT, related_name="case")
    state = models.CharField(max_length=14, choices=State.choices, default=State.OPENED)
    summary = models.TextField()
    opened_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="case_state_known",
                condition=models.Q(state__in=["opened", "investigating", "decided", "referred", "closed"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CaseStep(models.Model):
    """What was done in a case, by which office; append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=14, choices=Case.State.choices)
    note = models.TextField()
    # The ledger holds a commitment to the note: a case under way is nobody else's business.
    note_salt = models.BinaryField(max_length=16, default=bytes)
    office = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
