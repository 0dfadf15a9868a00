"""Files of batches on their way in; work in hand, deleted after a day."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from products.accounts.models.user import User
from products.defaults import new_code


class BatchImport(models.Model):
    """One file of one person: checked and shown, then registered. The file and its plan lie beside the database."""

    class State(models.TextChoices):
        TO_CHECK = "to_check", _("等待检查")
        CHECKING = "checking", _("正在检查")
        CHECKED = "checked", _("已检查")
        TO_REGISTER = "to_register", _("等待登记")
        REGISTERING = "registering", _("正在登记")
        DONE = "done", _("已登记")
        FAILED = "failed", _("未完成")

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="imports")
    uscc = models.CharField(max_length=18)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=120, blank=True)
    # The language of the errors in the plan.
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=12, choices=State.choices, default=State.TO_CHECK)
    row_count = models.PositiveIntegerField(default=0)
    create_count = models.PositiveIntegerField(default=0)
    same_count = models.PositiveIntegerField(default=0)
    differs_count = models.PositiveIntegerField(default=0)
    error_count = models.PositiveIntegerField(default=0)
    # What is confirmed is the plan with this hash and no other.
    plan_sha256 = models.CharField(max_length=64, blank=True)
    # Rows that are through with the present step; `made_count` of them became batches.
    done_count = models.PositiveIntegerField(default=0)
    made_count = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=500, blank=True)
    # Set while a worker is at it; one that stands still was left by a worker that died.
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(name="batch_import_file_once", fields=["user", "sha256"]),
            models.CheckConstraint(
                name="batch_import_state_known",
                condition=models.Q(
                    state__in=["to_check", "checking", "checked", "to_register", "registering", "done", "failed"]
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_under_way(self) -> bool:
        return self.state in {"to_check", "checking", "to_register", "registering"}

    @property
    def is_registration(self) -> bool:
        """Whether the present step writes batches."""
        return self.state in {"to_register", "registering"}

    @property
    def goal_count(self) -> int:
        """Rows of the present step."""
        return self.create_count if self.is_registration else self.row_count

    @property
    def can_confirm(self) -> bool:
        return self.state == "checked" and self.error_count == 0 and self.create_count > 0
