"""What a plan asks for, as data: plans end and new ones come."""

from __future__ import annotations

from django.db import models


class PolicyTarget(models.Model):
    """A metric of a plan, from its baseline to what is due."""

    plan = models.CharField(max_length=80)
    metric = models.CharField(max_length=40)
    title = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120)
    baseline = models.PositiveIntegerField()
    baseline_on = models.DateField()
    target = models.PositiveIntegerField()
    due_on = models.DateField()
    source = models.TextField()

    class Meta:
        ordering = ["due_on", "metric"]
        constraints = [models.UniqueConstraint(name="target_once_a_plan", fields=["plan", "metric"])]

    def __str__(self) -> str:
        return self.title
