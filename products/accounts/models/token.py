"""API tokens: only their hash is kept."""

from __future__ import annotations

from django.db import models

from products.accounts.models.user import User
from products.defaults import empty_list, new_code


class ApiToken(models.Model):
    """A bearer token of one user, for some scopes, until it expires or is revoked."""

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=empty_list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
