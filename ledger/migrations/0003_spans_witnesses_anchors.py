"""Tables for the queue, the places of entries, keys, witnesses, anchors and checks; entries keep their places."""

from __future__ import annotations

from itertools import islice
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

ENTRY_TRIGGERS = ("ledger_entry_content", "ledger_entry_index_once", "ledger_entry_delete", "ledger_head_forward")
PORTION = 10_000


def lift_triggers(apps: Any, schema_editor: Any) -> None:
    """The columns they watch are about to go; later migrations put others in their place."""
    postgres = schema_editor.connection.vendor == "postgresql"
    for name in ENTRY_TRIGGERS:
        table = "ledger_head" if name == "ledger_head_forward" else "ledger_entry"
        schema_editor.execute(f"DROP TRIGGER {name} ON {table}" if postgres else f"DROP TRIGGER {name}")


def place_entries(apps: Any, schema_editor: Any) -> None:
    """Every entry's index becomes part of a span; what has none yet goes into the queue."""
    entries = apps.get_model("ledger", "Entry").objects.order_by("index")
    span_model, waiting_model = apps.get_model("ledger", "Span"), apps.get_model("ledger", "Waiting")
    span: Any = None
    placed = entries.filter(index__isnull=False).values_list("index", "id", "sequenced_at")
    for index, entry_id, sequenced_at in placed.iterator(chunk_size=PORTION):
        if span is not None and (entry_id, sequenced_at) == (span.first_id + span.count, span.sequenced_at):
            span.count += 1
            continue
        if span is not None:
            span.save()
        span = span_model(first_index=index, first_id=entry_id, count=1, sequenced_at=sequenced_at)
    if span is not None:
        span.save()
    queued = entries.filter(index__isnull=True).values_list("id", flat=True).iterator(chunk_size=PORTION)
    while portion := list(islice(queued, PORTION)):
        waiting_model.objects.bulk_create([waiting_model(entry_id=entry_id) for entry_id in portion])


def note_key(apps: Any, schema_editor: Any) -> None:
    """The key the log was created with has been in force from the start."""
    head = apps.get_model("ledger", "Head").objects.first()
    first = apps.get_model("ledger", "Checkpoint").objects.order_by("size").first()
    if head is not None and first is not None:
        apps.get_model("ledger", "LogKey").objects.create(vkey=head.vkey, from_size=0, created_at=first.signed_at)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="Anchor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("ethereum", "Ethereum"), ("rfc3161", "Rfc3161")], max_length=10)),
                ("target", models.CharField(max_length=400)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("sent", "Sent"),
                            ("confirmed", "Confirmed"),
                            ("failed", "Failed"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("transaction", models.CharField(default="", max_length=100)),
                ("block_number", models.BigIntegerField(null=True)),
                ("block_hash", models.CharField(default="", max_length=100)),
                ("receipt", models.BinaryField(default=b"")),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("tried_at", models.DateTimeField(null=True)),
                ("failure", models.TextField(default="")),
                ("tries", models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="CheckRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField()),
                ("from_size", models.BigIntegerField()),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField(max_length=32)),
                ("difference_count", models.BigIntegerField()),
                ("differences", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key_name", models.CharField(max_length=200)),
                ("vkey", models.CharField(max_length=2000)),
                ("line", models.TextField()),
                ("cosigned_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="LogKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("vkey", models.CharField(max_length=400, unique=True)),
                ("from_size", models.BigIntegerField()),
                ("until_size", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Span",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_index", models.BigIntegerField(unique=True)),
                ("first_id", models.BigIntegerField(unique=True)),
                ("count", models.BigIntegerField()),
                ("sequenced_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                ("entry_id", models.BigIntegerField(primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="WitnessContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("vkey", models.CharField(max_length=2000, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("url", models.CharField(max_length=400)),
                ("size", models.BigIntegerField(default=0)),
                ("tried_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("failure", models.TextField(default="")),
                ("failures", models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="WitnessedLog",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("origin", models.CharField(max_length=200, unique=True)),
                ("vkey", models.CharField(max_length=400)),
                ("size", models.BigIntegerField(default=0)),
                ("root", models.BinaryField(max_length=32)),
                ("note", models.BinaryField(default=b"")),
                ("seen_at", models.DateTimeField(null=True)),
                ("is_trusted", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="WitnessKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("vkey", models.CharField(max_length=400, unique=True)),
                ("created_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="anchor",
            name="checkpoint",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="anchors", to="ledger.checkpoint"
            ),
        ),
        migrations.AddField(
            model_name="cosignature",
            name="checkpoint",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cosignatures", to="ledger.checkpoint"
            ),
        ),
        migrations.AddConstraint(
            model_name="span",
            constraint=models.CheckConstraint(
                condition=models.Q(("count__gte", 1), ("first_index__gte", 0)), name="ledger_span_natural"
            ),
        ),
        migrations.AddConstraint(
            model_name="anchor",
            constraint=models.UniqueConstraint(fields=("kind", "target", "checkpoint"), name="ledger_anchor_once"),
        ),
        migrations.AddConstraint(
            model_name="anchor",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["ethereum", "rfc3161"])), name="ledger_anchor_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="anchor",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["pending", "sent", "confirmed", "failed"])),
                name="ledger_anchor_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="cosignature",
            constraint=models.UniqueConstraint(fields=("checkpoint", "vkey"), name="ledger_cosignature_once"),
        ),
        migrations.RunPython(lift_triggers, elidable=False),
        migrations.RunPython(place_entries, elidable=False),
        migrations.RunPython(note_key, elidable=False),
    ]
