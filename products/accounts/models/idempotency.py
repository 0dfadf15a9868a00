"""What a POST with an Idempotency-Key was answered."""

from __future__ import annotations

from django.db import models

from products.accounts.models.user import User


class IdempotencyRecord(models.Model):
    """The stored answer to one user's key; a second POST with the key gets it again and changes nothing."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=80, blank=True)
    location = models.CharField(max_length=400, blank=True)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="idempotency_key_once", fields=["user", "key"])]
