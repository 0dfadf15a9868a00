"""Recalls downstream: what they cover, whom they are referred to, what consignees answered."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import products.defaults
from products.evidence_triggers import guard


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0006_lots_and_plots"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.UUIDField(default=products.defaults.new_code, editable=False, unique=True)),
                ("kind", models.CharField(choices=[("recall", "召回"), ("hold", "暂停销售")], max_length=8)),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "不分级"), (1, "一级召回"), (2, "二级召回"), (3, "三级召回")], default=0
                    ),
                ),
                ("root", models.CharField(db_index=True, max_length=60)),
                ("reason", models.TextField()),
                ("advice", models.TextField(blank=True)),
                ("contact", models.CharField(blank=True, max_length=40)),
                ("by", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("outcome", models.TextField(blank=True)),
                ("closed_by", models.CharField(blank=True, max_length=40)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("is_demo", models.BooleanField(default=False)),
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recalls", to="products.enterprise"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ConsigneeAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("notified_on", models.DateField()),
                ("recovered_g", models.BigIntegerField()),
                ("by", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recall_answers",
                        to="products.lotoperation",
                    ),
                ),
                (
                    "recall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="products.recall"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="RecallBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_state", models.CharField(max_length=12)),
                ("to_state", models.CharField(max_length=12)),
                ("at", models.DateTimeField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recalls", to="products.batch"
                    ),
                ),
                (
                    "recall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="covers", to="products.recall"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="RecallNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("node", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recall_notices",
                        to="products.batch",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recall_notices",
                        to="products.enterprise",
                    ),
                ),
                (
                    "recall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="products.recall"
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recall_notices",
                        to="products.region",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddConstraint(
            model_name="recall",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["recall", "hold"]), ("level__in", [0, 1, 2, 3])),
                name="recall_kind_and_level_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="recall",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("closed_by", ""), ("outcome", "")),
                    models.Q(("closed_at__isnull", False), ("closed_by__gt", ""), ("outcome__gt", "")),
                    _connector="OR",
                ),
                name="recall_closed_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="consigneeanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("recovered_g__gte", 0)), name="recovered_never_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="recallbatch",
            constraint=models.UniqueConstraint(fields=("recall", "batch"), name="recall_covers_batch_once"),
        ),
        migrations.AddConstraint(
            model_name="recallnotice",
            constraint=models.UniqueConstraint(fields=("recall", "node"), name="recall_notice_once"),
        ),
        guard(
            never_changed=("recallbatch", "recallnotice", "consigneeanswer"),
            fixed={"recall": ("code", "kind", "level", "root", "holder_id", "reason", "advice", "contact", "by", "at")},
        ),
    ]
