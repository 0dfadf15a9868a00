"""Recalls and holds that reach everything downstream: what they cover, whom they refer to, what consignees answered."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from products.access import Actor, Role, region_filter
from products.defaults import new_code
from products.registry.models.enterprise import Enterprise
from products.registry.models.region import Region
from products.trace.models.batch import Batch
from products.trace.models.lot import LotOperation


class RecallQuerySet(models.QuerySet["Recall"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever opened it, and whoever may see a batch that it covers or is notified of one.

        What it covers is shown row by row, to those whose rows these are.
        """
        covers = RecallBatch.objects.all()
        if actor.is_role(Role.PRODUCER):
            notices = RecallNotice.objects.filter(enterprise__uscc=actor.uscc)
            covers = covers.filter(batch__authorisation__enterprise__uscc=actor.uscc)
            own = Q(by=actor.ledger_name) | Q(holder__uscc=actor.uscc)
            return self.filter(own | Q(pk__in=covers.values("recall")) | Q(pk__in=notices.values("recall")))
        if actor.is_role(Role.ADMIN):
            return self
        if actor.is_role(Role.ASSOCIATION):
            covers = covers.filter(batch__authorisation__indication__registrant_uscc=actor.uscc)
            return self.filter(pk__in=covers.values("recall"))
        if actor.is_role(Role.INSPECTOR, Role.AUDITOR):
            notices = RecallNotice.objects.filter(region_filter(actor, "region_id"))
            covers = covers.filter(region_filter(actor, "batch__authorisation__enterprise__region_id"))
            own = region_filter(actor, "holder__region_id")
            return self.filter(own | Q(pk__in=covers.values("recall")) | Q(pk__in=notices.values("recall")))
        return self.none()


class Recall(models.Model):
    """One act that recalls or holds everything that descends from a lot or batch; never changed but by its closing."""

    class Kind(models.TextChoices):
        RECALL = "recall", _("召回")
        HOLD = "hold", _("暂停销售")

    class Level(models.IntegerChoices):
        """食品召回管理办法 Art. 13: by the harm to be feared; a hold has none."""

        NONE = 0, _("不分级")
        FIRST = 1, _("一级召回")
        SECOND = 2, _("二级召回")
        THIRD = 3, _("三级召回")

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    level = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.NONE)
    # Where it begins: `batch:<uuid>` or `lot:<uuid>`, and who holds that.
    root = models.CharField(max_length=60, db_index=True)
    holder = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="recalls")
    reason = models.TextField()
    # What whoever has the product is told to do, and an organisation's telephone; both public.
    advice = models.TextField(blank=True)
    contact = models.CharField(max_length=40, blank=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    outcome = models.TextField(blank=True)
    closed_by = models.CharField(max_length=40, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    objects = RecallQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="recall_kind_and_level_known",
                condition=Q(kind__in=["recall", "hold"], level__in=[0, 1, 2, 3]),
            ),
            models.CheckConstraint(
                name="recall_closed_by_somebody",
                condition=Q(closed_at__isnull=True, closed_by="", outcome="")
                | Q(closed_at__isnull=False, closed_by__gt="", outcome__gt=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.code)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class RecallBatch(models.Model):
    """A batch that a recall covers, with its state before and after; append-only."""

    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="covers")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="recalls")
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(name="recall_covers_batch_once", fields=["recall", "batch"])]


class RecallNotice(models.Model):
    """Something downstream that whoever opened the recall has no power over: told to its holder and office; append-only.

    `node` is the lineage's name of it; batch, holder and region are empty for what others named.
    """

    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="notices")
    node = models.CharField(max_length=200)
    batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="recall_notices")
    enterprise = models.ForeignKey(
        Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="recall_notices"
    )
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="recall_notices")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(name="recall_notice_once", fields=["recall", "node"])]


class ConsigneeAnswer(models.Model):
    """When a consignee was told of a recall, and the grams that came back so far; append-only, the newest counts."""

    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="answers")
    operation = models.ForeignKey(LotOperation, on_delete=models.PROTECT, related_name="recall_answers")
    notified_on = models.DateField()
    recovered_g = models.BigIntegerField()
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="recovered_never_negative", condition=Q(recovered_g__gte=0)),
        ]
