"""The right to use the special mark: who, for which indication and product, how long, how much a year."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from products.access import Actor, Role, region_filter
from products.defaults import new_code
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication


class AuthorisationQuerySet(models.QuerySet["Authorisation"]):
    def visible_to(self, actor: Actor) -> Self:
        """Announced ones are public; the rest is for the applicant, the registrant and the offices in charge."""
        public = models.Q(state__in=Authorisation.PUBLIC_STATES)
        if actor.is_role(Role.ADMIN):
            return self
        if actor.is_role(Role.PRODUCER):
            return self.filter(public | models.Q(enterprise__uscc=actor.uscc))
        if actor.is_role(Role.ASSOCIATION):
            return self.filter(public | models.Q(indication__registrant_uscc=actor.uscc))
        if actor.is_role(Role.INSPECTOR, Role.AUDITOR):
            return self.filter(public | region_filter(actor, "enterprise__region_id"))
        return self.filter(public)


class Authorisation(models.Model):
    """An authorisation (公告第354号) from application to announcement, and after."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("待县级核验产地")
        COUNTY_CHECKED = "county_checked", _("待市级审核")
        CITY_CHECKED = "city_checked", _("待省级核准")
        PROVINCE_APPROVED = "province_approved", _("待公告")
        ANNOUNCED = "announced", _("已公告")
        REFUSED = "refused", _("未核准")
        SUSPENDED = "suspended", _("暂停使用")
        WITHDRAWN = "withdrawn", _("已撤销")

    class HolderKind(models.IntegerChoices):
        ANNOUNCED_PRODUCER = 1, _("公告核准的地理标志产品生产者")
        COLLECTIVE_MEMBER = 2, _("集体商标注册人的集体成员")
        CERTIFICATION_LICENSEE = 3, _("证明商标被许可人")
        OTHER_REGISTERED = 4, _("国家知识产权局登记备案的其他使用人")

    PUBLIC_STATES = (State.ANNOUNCED, State.SUSPENDED, State.WITHDRAWN)

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    indication = models.ForeignKey(Indication, on_delete=models.PROTECT, related_name="authorisations")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="authorisations")
    product_name = models.CharField(max_length=80)
    holder_kind = models.PositiveSmallIntegerField(choices=HolderKind.choices)
    # What the pack must show: a standard or announcement number, or the trademark's registration number.
    basis_no = models.CharField(max_length=80)
    announcement_no = models.CharField(max_length=80, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.SUBMITTED)
    announced_on = models.DateField(null=True, blank=True)
    submitted_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    objects = AuthorisationQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="authorisation_state_known",
                condition=models.Q(
                    state__in=[
                        "submitted",
                        "county_checked",
                        "city_checked",
                        "province_approved",
                        "announced",
                        "refused",
                        "suspended",
                        "withdrawn",
                    ]
                ),
            ),
            models.CheckConstraint(name="authorisation_holder_kind", condition=models.Q(holder_kind__range=(1, 4))),
            models.CheckConstraint(
                name="authorisation_period", condition=models.Q(valid_from__lt=models.F("valid_until"))
            ),
            models.UniqueConstraint(
                name="authorisation_open_once",
                fields=["indication", "enterprise", "product_name"],
                condition=~models.Q(state__in=["refused", "withdrawn"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indication} · {self.enterprise} · {self.product_name}"


class YearQuota(models.Model):
    """How much of the product, in grams, may carry the mark in one production year."""

    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, related_name="quotas")
    year = models.PositiveSmallIntegerField()
    quota_g = models.PositiveBigIntegerField()
    document_no = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(name="quota_once_a_year", fields=["authorisation", "year"]),
            models.CheckConstraint(name="quota_positive", condition=models.Q(quota_g__gt=0)),
        ]


class AuthorisationDecision(models.Model):
    """One step of the path with its office, paper and reason; append-only."""

    class Action(models.TextChoices):
        SUBMIT = "submit", _("提交申请")
        CHECK_COUNTY = "check_county", _("县级产地核验通过")
        CHECK_CITY = "check_city", _("市级审核通过")
        APPROVE_PROVINCE = "approve_province", _("省级核准")
        ANNOUNCE = "announce", _("公告")
        REFUSE = "refuse", _("不予核准")
        SUSPEND = "suspend", _("暂停使用")
        RESUME = "resume", _("恢复使用")
        WITHDRAW = "withdraw", _("撤销")

    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, related_name="decisions")
    action = models.CharField(max_length=20, choices=Action.choices)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    document_no = models.CharField(max_length=80, blank=True)
    decided_by = models.CharField(max_length=150)
    office = models.CharField(max_length=40)
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["decided_at", "id"]


class UseStatement(models.Model):
    """A user's yearly report on the mark (公告第354号). Mass in grams, output value in fen; append-only."""

    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, related_name="use_statements")
    year = models.PositiveSmallIntegerField()
    mass_g = models.PositiveBigIntegerField()
    label_count = models.PositiveBigIntegerField()
    output_fen = models.PositiveBigIntegerField()
    stated_by = models.CharField(max_length=150)
    stated_at = models.DateTimeField()

    class Meta:
        ordering = ["year", "stated_at"]
