"""Lots, what is done with them and how they descend from each other; growers and plots."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import products.defaults
from products.evidence_triggers import guard


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0005_lab_reports"),
    ]

    operations = [
        migrations.CreateModel(
            name="Grower",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.UUIDField(default=products.defaults.new_code, editable=False, unique=True)),
                ("name", models.CharField(blank=True, max_length=40)),
                ("phone", models.CharField(blank=True, max_length=20)),
                ("salt", models.BinaryField(default=bytes, max_length=16)),
                ("is_active", models.BooleanField(default=True)),
                ("is_demo", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="growers", to="products.enterprise"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="LineageLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("parent", models.CharField(db_index=True, max_length=200)),
                ("child", models.CharField(db_index=True, max_length=200)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("parent", "child"), name="lineage_link_once")],
            },
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.UUIDField(default=products.defaults.new_code, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("harvest", "采收批"),
                            ("purchase", "外购原料"),
                            ("work", "在制品"),
                            ("batch", "产品批次"),
                        ],
                        max_length=8,
                    ),
                ),
                ("material", models.CharField(max_length=80)),
                ("lot", models.CharField(max_length=20)),
                ("seller_name", models.CharField(blank=True, max_length=120)),
                ("seller_uscc", models.CharField(blank=True, max_length=18)),
                ("seller_salt", models.BinaryField(default=bytes, max_length=16)),
                ("document_no", models.CharField(blank=True, max_length=60)),
                ("document_sha256", models.CharField(blank=True, max_length=64)),
                ("made_on", models.DateField()),
                ("stock_g", models.BigIntegerField(default=0)),
                ("is_demo", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                (
                    "batch",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="traced_lot",
                        to="products.batch",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lots", to="products.enterprise"
                    ),
                ),
                (
                    "indication",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="products.indication",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="products.region",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="LotOperation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.UUIDField(default=products.defaults.new_code, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("harvest", "采收"),
                            ("purchase", "购进"),
                            ("split", "分批"),
                            ("merge", "合批"),
                            ("process", "加工"),
                            ("loss", "损耗"),
                            ("stocktake", "盘点"),
                            ("declared", "申报产出"),
                            ("dispatch", "发货"),
                        ],
                        max_length=10,
                    ),
                ),
                ("process", models.CharField(blank=True, max_length=60)),
                ("done_on", models.DateField()),
                ("reason", models.TextField(blank=True)),
                ("yield_permille", models.PositiveIntegerField(blank=True, null=True)),
                ("yield_min_permille", models.PositiveIntegerField(blank=True, null=True)),
                ("yield_max_permille", models.PositiveIntegerField(blank=True, null=True)),
                ("consignee_name", models.CharField(blank=True, max_length=120)),
                ("consignee_uscc", models.CharField(blank=True, max_length=18)),
                ("consignee_salt", models.BinaryField(default=bytes, max_length=16)),
                ("document_no", models.CharField(blank=True, max_length=60)),
                ("document_sha256", models.CharField(blank=True, max_length=64)),
                ("by", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "dispatch",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt",
                        to="products.lotoperation",
                    ),
                ),
                (
                    "consignee_region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consignments",
                        to="products.region",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lot_operations",
                        to="products.enterprise",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="LotMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mass_g", models.BigIntegerField()),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="products.lot"
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="products.lotoperation"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Plot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.UUIDField(default=products.defaults.new_code, editable=False, unique=True)),
                ("kind", models.CharField(choices=[("field", "地块"), ("facility", "生产设施")], max_length=8)),
                ("name", models.CharField(blank=True, max_length=80)),
                ("geometry", models.TextField(blank=True)),
                ("datum", models.CharField(blank=True, max_length=8)),
                ("salt", models.BinaryField(default=bytes, max_length=16)),
                ("area_m2", models.PositiveIntegerField(default=0)),
                ("altitude_m", models.IntegerField(blank=True, null=True)),
                ("is_active", models.BooleanField(default=True)),
                ("is_demo", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plots", to="products.enterprise"
                    ),
                ),
                (
                    "grower",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plots",
                        to="products.grower",
                    ),
                ),
                (
                    "indication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plots", to="products.indication"
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plots", to="products.region"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.AddField(
            model_name="lot",
            name="plot",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lots",
                to="products.plot",
            ),
        ),
        migrations.AddConstraint(
            model_name="lotoperation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "harvest",
                            "purchase",
                            "split",
                            "merge",
                            "process",
                            "loss",
                            "stocktake",
                            "declared",
                            "dispatch",
                        ],
                    )
                ),
                name="lot_operation_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="lotmove",
            constraint=models.UniqueConstraint(fields=("operation", "lot"), name="lot_moved_once_by_operation"),
        ),
        migrations.AddConstraint(
            model_name="lotmove",
            constraint=models.CheckConstraint(
                condition=models.Q(("mass_g", 0), _negated=True), name="lot_move_not_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="plot",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["field", "facility"])), name="plot_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="plot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("datum", ""), ("geometry", "")),
                    models.Q(("datum__gt", ""), ("geometry__gt", "")),
                    _connector="OR",
                ),
                name="plot_outline_has_datum",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "batch"), _negated=True),
                fields=("enterprise", "kind", "lot"),
                name="lot_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(condition=models.Q(("stock_g__gte", 0)), name="lot_stock_never_negative"),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["harvest", "purchase", "work", "batch"])), name="lot_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("batch__isnull", False), ("kind", "batch")),
                    models.Q(models.Q(("kind", "batch"), _negated=True), ("batch", None)),
                    _connector="OR",
                ),
                name="lot_batch_of_its_kind",
            ),
        ),
        guard(
            never_changed=("lotmove", "lineagelink"),
            fixed={
                # The number and day of a batch's lot follow the batch's corrections.
                "lot": (
                    "code",
                    "enterprise_id",
                    "indication_id",
                    "kind",
                    "material",
                    "batch_id",
                    "plot_id",
                    "origin_id",
                    "seller_uscc",
                    "document_no",
                    "document_sha256",
                ),
                "lotoperation": (
                    "code",
                    "enterprise_id",
                    "kind",
                    "process",
                    "done_on",
                    "reason",
                    "yield_permille",
                    "yield_min_permille",
                    "yield_max_permille",
                    "dispatch_id",
                    "consignee_uscc",
                    "consignee_region_id",
                    "document_no",
                    "document_sha256",
                    "by",
                    "at",
                ),
                "plot": ("code", "enterprise_id", "indication_id"),
                "grower": ("code", "enterprise_id"),
            },
            erasable={
                "lot": ("seller_name", "seller_salt"),
                "lotoperation": ("consignee_name", "consignee_salt"),
            },
        ),
    ]
