"""Which EPCIS events were made from which entries of the log, and how far along the log that has come."""

from __future__ import annotations

from django.db import models

from products.trace.models.epcis import EpcisEvent


class OwnEvent(models.Model):
    """An event made from the log's entry `entry_index`; append-only. Of several the newest stands, if it is no error."""

    entry_index = models.BigIntegerField(db_index=True)
    event = models.OneToOneField(EpcisEvent, on_delete=models.PROTECT, related_name="own")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"entry {self.entry_index}"


class OwnEventProgress(models.Model):
    """One row, locked by whoever makes events: every entry below `next_index` has been looked at."""

    singleton = models.BooleanField(default=True, unique=True)
    next_index = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(singleton=True), name="own_event_progress_single")]
