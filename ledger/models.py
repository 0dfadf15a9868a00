"""The log's tables. Nearly all of them are evidence: database triggers keep their rows from being rewritten or deleted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

HASH_BYTES = 32
MAX_KIND = 64
MAX_SUBJECT = 200
# A witness may sign with ML-DSA-44, whose public keys are long.
MAX_WITNESS_VKEY = 2_000


class Entry(models.Model):
    """One statement, never touched again. Its `id` is its place in the queue; `Span` says where it stands in the log."""

    kind = models.CharField(max_length=MAX_KIND)
    subject = models.CharField(max_length=MAX_SUBJECT)
    body = models.BinaryField()
    leaf_hash = models.BinaryField(max_length=HASH_BYTES)
    queued_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject", "id"], name="ledger_entry_subject")]


class Waiting(models.Model):
    """The queue: one row for every entry that has no place in the log yet. A trigger adds it with the entry."""

    # No foreign key: checking one would cost as much as the row itself, and entries are never deleted.
    entry_id = models.BigIntegerField(primary_key=True)


class Span(models.Model):
    """`count` entries whose queue ids follow one another stand at indexes that follow one another.

    A round of the sequencer adds one span, or a few where queue ids have gaps: a thousand entries get their place
    with one row, and no entry is written twice.
    """

    first_index = models.BigIntegerField(unique=True)
    first_id = models.BigIntegerField(unique=True)
    count = models.BigIntegerField()
    sequenced_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(first_index__gte=0, count__gte=1), name="ledger_span_natural")
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


class LogKey(models.Model):
    """A key of the log and the sizes whose checkpoints it signed; `until_size` is null for the key in force."""

    vkey = models.CharField(max_length=400, unique=True)
    from_size = models.BigIntegerField()
    until_size = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()


class Cosignature(models.Model):
    """A witness's signature line under one of our checkpoints (c2sp.org/tlog-cosignature), verified before it was kept."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="cosignatures")
    key_name = models.CharField(max_length=200)
    vkey = models.CharField(max_length=MAX_WITNESS_VKEY)
    line = models.TextField()
    cosigned_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["checkpoint", "vkey"], name="ledger_cosignature_once")]


class WitnessContact(models.Model):
    """How it went with a witness we ask: the size it cosigned last, and what went wrong since."""

    vkey = models.CharField(max_length=MAX_WITNESS_VKEY, unique=True)
    name = models.CharField(max_length=200)
    url = models.CharField(max_length=400)
    size = models.BigIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.TextField(default="")
    failures = models.IntegerField(default=0)


class WitnessedLog(models.Model):
    """Another's log we were told to witness, and the newest tree head of it that we cosigned."""

    origin = models.CharField(max_length=200, unique=True)
    vkey = models.CharField(max_length=400)
    size = models.BigIntegerField(default=0)
    root = models.BinaryField(max_length=HASH_BYTES)
    note = models.BinaryField(default=b"")
    seen_at = models.DateTimeField(null=True)
    is_trusted = models.BooleanField(default=True)


class WitnessKey(models.Model):
    """A key this server witnesses with. The private half is a file."""

    vkey = models.CharField(max_length=400, unique=True)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)


class Anchor(models.Model):
    """One checkpoint handed to a third party: `receipt` is what it gave us in return, enough to check without it."""

    class Kind(models.TextChoices):
        ETHEREUM = "ethereum"
        RFC3161 = "rfc3161"

    class Status(models.TextChoices):
        PENDING = "pending"
        SENT = "sent"
        CONFIRMED = "confirmed"
        FAILED = "failed"

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="anchors")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    target = models.CharField(max_length=400)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    transaction = models.CharField(max_length=100, default="")
    block_number = models.BigIntegerField(null=True)
    block_hash = models.CharField(max_length=100, default="")
    receipt = models.BinaryField(default=b"")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    failure = models.TextField(default="")
    tries = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "target", "checkpoint"], name="ledger_anchor_once"),
            models.CheckConstraint(condition=Q(kind__in=["ethereum", "rfc3161"]), name="ledger_anchor_kind"),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "sent", "confirmed", "failed"]), name="ledger_anchor_status"
            ),
        ]


class CheckRun(models.Model):
    """The result of one `ledger_check`. A nightly one looked at what came after `from_size`; a full one has 0 there."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    from_size = models.BigIntegerField()
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=HASH_BYTES)
    difference_count = models.BigIntegerField()
    differences = models.JSONField(default=list)
