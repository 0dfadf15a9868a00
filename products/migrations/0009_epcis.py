"""EPCIS 2.0 events, what finds them, the captures they came with, and queries that were given a name."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import products.defaults
from products.evidence_triggers import guard


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0008_certificates"),
    ]

    operations = [
        migrations.CreateModel(
            name="EpcisCapture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.UUIDField(default=products.defaults.new_code, editable=False, unique=True)),
                (
                    "behaviour",
                    models.CharField(
                        choices=[("rollback", "有一处错误即全部不收"), ("proceed", "收下无误的事件")], max_length=8
                    ),
                ),
                ("context", models.TextField(blank=True)),
                ("sent_count", models.PositiveIntegerField()),
                ("kept_count", models.PositiveIntegerField(default=0)),
                ("known_count", models.PositiveIntegerField(default=0)),
                ("errors", models.JSONField(default=list)),
                ("error_count", models.PositiveIntegerField(default=0)),
                ("by", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="epcis_captures",
                        to="products.enterprise",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="EpcisEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_id", models.CharField(max_length=200)),
                ("event_hash", models.CharField(max_length=64)),
                ("text", models.TextField()),
                ("type", models.CharField(max_length=20)),
                ("event_time", models.DateTimeField()),
                ("record_time", models.DateTimeField()),
                ("action", models.CharField(blank=True, max_length=8)),
                ("biz_step", models.CharField(blank=True, max_length=200)),
                ("disposition", models.CharField(blank=True, max_length=200)),
                ("read_point", models.CharField(blank=True, max_length=255)),
                ("biz_location", models.CharField(blank=True, max_length=255)),
                ("is_error", models.BooleanField(default=False)),
                (
                    "capture",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="products.epciscapture"
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="epcis_events",
                        to="products.enterprise",
                    ),
                ),
            ],
            options={
                "ordering": ["-event_time", "-id"],
            },
        ),
        migrations.CreateModel(
            name="EpcisConcern",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="epcis_concerns",
                        to="products.enterprise",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="concerns", to="products.epcisevent"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EpcisEventEpc",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(max_length=20)),
                ("epc", models.CharField(max_length=255)),
                (
                    "effect",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "无"), (1, "产生"), (2, "终止"), (3, "装入"), (4, "取出")], default=0
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="epcs", to="products.epcisevent"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EpcisQuery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=80)),
                ("query", models.JSONField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["name"],
                "constraints": [models.UniqueConstraint(fields=("owner", "name"), name="epcis_query_named_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="epciscapture",
            constraint=models.CheckConstraint(
                condition=models.Q(("behaviour__in", ["rollback", "proceed"])), name="epcis_behaviour_known"
            ),
        ),
        migrations.AddIndex(
            model_name="epcisevent",
            index=models.Index(fields=["event_time", "id"], name="epcis_event_time"),
        ),
        migrations.AddIndex(
            model_name="epcisevent",
            index=models.Index(fields=["record_time", "id"], name="epcis_event_recorded"),
        ),
        migrations.AddIndex(
            model_name="epcisevent",
            index=models.Index(fields=["biz_step", "event_time"], name="epcis_event_step"),
        ),
        migrations.AddIndex(
            model_name="epcisevent",
            index=models.Index(fields=["enterprise", "event_time"], name="epcis_event_capturer"),
        ),
        migrations.AddConstraint(
            model_name="epcisevent",
            constraint=models.UniqueConstraint(fields=("event_id", "enterprise", "is_error"), name="epcis_event_once"),
        ),
        migrations.AddConstraint(
            model_name="epcisconcern",
            constraint=models.UniqueConstraint(fields=("event", "enterprise"), name="epcis_concern_once"),
        ),
        migrations.AddIndex(
            model_name="epciseventepc",
            index=models.Index(fields=["epc", "event"], name="epcis_events_of_epc"),
        ),
        guard(
            never_changed=("epcisevent", "epciseventepc", "epcisconcern"),
            fixed={"epciscapture": ("code", "enterprise_id", "behaviour", "context", "sent_count", "by", "at")},
        ),
    ]
