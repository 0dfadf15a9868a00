"""Who signs in, for which organisation or office."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from products.access import ROLE_SCOPES, Actor, Role
from products.defaults import empty_list


class User(AbstractUser):
    """One person, one role. Producers and associations act for a `uscc`, offices and auditors for `regions`."""

    class RoleChoice(models.TextChoices):
        PRODUCER = Role.PRODUCER.value, _("生产者")
        ASSOCIATION = Role.ASSOCIATION.value, _("协会")
        INSPECTOR = Role.INSPECTOR.value, _("监管人员")
        AUDITOR = Role.AUDITOR.value, _("审计人员")
        ADMIN = Role.ADMIN.value, _("平台管理员")

    role = models.CharField(max_length=16, choices=RoleChoice.choices)
    # The code, not a foreign key: accounts stand below the register of enterprises.
    uscc = models.CharField(max_length=18, blank=True)
    regions = models.JSONField(default=empty_list, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="user_role_known", condition=models.Q(role__in=[role.value for role in Role])),
            models.CheckConstraint(
                name="user_organisation_for_its_role",
                condition=models.Q(role__in=[Role.PRODUCER.value, Role.ASSOCIATION.value], uscc__gt="")
                | models.Q(role__in=[Role.INSPECTOR.value, Role.AUDITOR.value, Role.ADMIN.value], uscc=""),
            ),
        ]

    def as_actor(self) -> Actor:
        """The person with everything the role may do; tokens narrow the scopes."""
        role = Role(self.role)
        return Actor(
            user_id=self.pk,
            username=self.username,
            role=role,
            uscc=self.uscc,
            regions=tuple(self.regions),
            scopes=ROLE_SCOPES[role],
        )
