"""The log's tables. All of them are evidence: database triggers keep their rows from being rewritten or deleted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

HASH_BYTES = 32
MAX_KIND = 64
MAX_SUBJECT = 200


class Entry(models.Model):
    """One statement. Its `id` is the place in the queue; `index` is the place in the log, null until sequenced."""

    index = models.BigIntegerField(null=True, unique=True)
    kind = models.CharField(max_length=MAX_KIND)
    subject = models.CharField(max_length=MAX_SUBJECT)
    body = models.BinaryField()
    leaf_hash = models.BinaryField(max_length=HASH_BYTES)
    queued_at = models.DateTimeField()
    sequenced_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="ledger_entry_subject"),
            # The sequencer asks for the queue several times a second; this index holds nothing else.
            models.Index(fields=["id"], condition=Q(index__isnull=True), name="ledger_entry_queue"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(index__isnull=True) | Q(index__gte=0), name="ledger_entry_index_natural"
            ),
            models.CheckConstraint(
                condition=Q(index__isnull=True, sequenced_at__isnull=True)
                | Q(index__isnull=False, sequenced_at__isnull=False),
                name="ledger_entry_index_with_time",
            ),
        ]


class Tile(models.Model):
    """Up to 256 hashes of one tile, side by side.

    A partial tile is a prefix of the fuller one, so one growing row serves every width that was ever signed.
    """

    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField(max_length=256 * HASH_BYTES)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="ledger_tile_place")]


class Checkpoint(models.Model):
    """One signed tree head. `note` is the signed note's exact bytes."""

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=HASH_BYTES)
    note = models.BinaryField()
    signed_at = models.DateTimeField()


class Head(models.Model):
    """The log itself: one row, locked by whoever sequences, moved forward by compare-and-swap."""

    singleton = models.BooleanField(default=True, unique=True)
    origin = models.CharField(max_length=200)
    vkey = models.CharField(max_length=400)
    size = models.BigIntegerField(default=0)
    root = models.BinaryField(max_length=HASH_BYTES)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(singleton=True), name="ledger_head_single")]
