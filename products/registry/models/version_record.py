"""How a standard's version came about here: drafted by the registrant, reviewed by the office, published, ended."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from products.access import Actor, Role, region_filter
from products.defaults import empty_list, new_code
from products.registry.models.indication import Indication
from products.registry.models.standard import StandardVersion


class VersionRecordQuerySet(models.QuerySet["VersionRecord"]):
    def visible_to(self, actor: Actor) -> Self:
        """Published ones are public; a draft is its registrant's; under review it is the offices' of its area as well."""
        public = models.Q(state=VersionRecord.State.PUBLISHED)
        if actor.is_role(Role.ADMIN):
            return self
        if actor.is_role(Role.ASSOCIATION):
            return self.filter(public | models.Q(indication__registrant_uscc=actor.uscc))
        if actor.is_role(Role.INSPECTOR, Role.AUDITOR):
            in_charge = region_filter(actor, "indication__prefecture_id")
            if any(len(prefix) == 2 for prefix in actor.prefixes):
                # Names whose prefecture nobody knows are the province's.
                in_charge |= models.Q(indication__prefecture=None)
            return self.filter(public | models.Q(state=VersionRecord.State.IN_REVIEW) & in_charge)
        return self.filter(public)


class VersionRecord(models.Model):
    """One version of a standard from its draft on. Once it is published, `version` and its limits are what counts.

    `limits` are dicts with the names of Limit's columns, in the order in which they are shown. `base` is the version
    that this one follows: it ends the day before this one begins. Versions of the reference data are taken in as
    published, without a drafter, when people first publish or end a version of the same standard.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        IN_REVIEW = "in_review", _("审查中")
        PUBLISHED = "published", _("已发布")
        WITHDRAWN = "withdrawn", _("已撤回")

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    indication = models.ForeignKey(
        Indication, null=True, blank=True, on_delete=models.PROTECT, related_name="version_records"
    )
    standard_code = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    label = models.CharField(max_length=60, blank=True)
    effective_from = models.DateField(null=True, blank=True)
    effective_to = models.DateField(null=True, blank=True)
    source = models.TextField(blank=True)
    max_yield_kg_per_ha = models.PositiveIntegerField(null=True, blank=True)
    limits = models.JSONField(default=empty_list)
    base = models.ForeignKey(StandardVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="followers")
    version = models.OneToOneField(
        StandardVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="record"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    # Counts the changes of a draft: who saves or decides on what somebody else has changed meanwhile is told so.
    revision = models.PositiveIntegerField(default=1)
    drafted_by = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = VersionRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="version_record_state_known",
                condition=models.Q(state__in=["draft", "in_review", "published", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="version_record_published",
                condition=~models.Q(state="published") | models.Q(version__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.standard_code}（{self.label}）" if self.label else self.standard_code


class VersionStep(models.Model):
    """One step of a version's way, with who took it and what exactly it was about; append-only."""

    class Action(models.TextChoices):
        SUBMIT = "submit", _("提交审查")
        TAKE_BACK = "take_back", _("撤回修改")
        WITHDRAW = "withdraw", _("撤回并终止")
        SEND_BACK = "send_back", _("退回修改")
        PUBLISH = "publish", _("审查通过并发布")
        ADOPT = "adopt", _("由内置资料转入")
        SUPERSEDE = "supersede", _("被新版本代替")
        REPEAL = "repeal", _("废止")

    record = models.ForeignKey(VersionRecord, on_delete=models.PROTECT, related_name="steps")
    action = models.CharField(max_length=10, choices=Action.choices)
    reason = models.TextField(blank=True)
    document_no = models.CharField(max_length=80, blank=True)
    # Of head and limits as they were then.
    content_sha256 = models.CharField(max_length=64)
    # The version's last day, where the step ends it.
    effective_to = models.DateField(null=True, blank=True)
    by = models.CharField(max_length=40)
    # The person, who can be erased (PIPL Art. 47); the organisation stays.
    decided_by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
