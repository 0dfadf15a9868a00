"""Conformity certificates (承诺达标合格证), what they stand in for, and sellers' certificates that are kept."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import products.defaults
from products.evidence_triggers import guard


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0007_recalls"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConformityCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.UUIDField(default=products.defaults.new_code, editable=False, unique=True)),
                ("number", models.CharField(max_length=20, unique=True)),
                (
                    "product_kind",
                    models.CharField(
                        choices=[
                            ("vegetable", "蔬菜（含人工种植的食用菌）"),
                            ("fruit", "水果"),
                            ("tea_leaf", "茶鲜叶"),
                            ("livestock", "畜禽"),
                            ("egg", "禽蛋"),
                            ("aquatic", "养殖水产品"),
                            ("other", "其他食用农产品（自愿开具）"),
                        ],
                        max_length=10,
                    ),
                ),
                ("product_name", models.CharField(max_length=80)),
                ("quantity_g", models.PositiveBigIntegerField()),
                ("origin", models.CharField(max_length=80)),
                ("promiser", models.CharField(max_length=120)),
                ("uscc", models.CharField(max_length=18)),
                ("contact", models.CharField(blank=True, max_length=40)),
                ("contact_salt", models.BinaryField(default=bytes, max_length=16)),
                ("basis", models.JSONField()),
                ("text_version", models.CharField(max_length=10)),
                ("issued_on", models.DateField()),
                ("reason", models.TextField(blank=True)),
                ("by", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="certificates", to="products.batch"
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="products.conformitycertificate",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaces__isnull", True)), fields=("batch",), name="certificate_first_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity_g__gt", 0)), name="certificate_quantity_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "product_kind__in",
                                ["vegetable", "fruit", "tea_leaf", "livestock", "egg", "aquatic", "other"],
                            )
                        ),
                        name="certificate_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("replaces__isnull", True), ("reason__gt", ""), _connector="OR"),
                        name="certificate_replacement_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MixedCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lot", models.CharField(max_length=20)),
                ("number", models.CharField(max_length=60)),
                (
                    "certificate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mixed_from",
                        to="products.conformitycertificate",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("certificate", "lot", "number"), name="mixed_certificate_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CollectedCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.UUIDField(default=products.defaults.new_code, editable=False, unique=True)),
                ("number", models.CharField(max_length=60)),
                ("issued_on", models.DateField()),
                ("by", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="collected_certificates",
                        to="products.lot",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
                "constraints": [models.UniqueConstraint(fields=("lot", "number"), name="collected_certificate_once")],
            },
        ),
        guard(
            never_changed=("mixedcertificate", "collectedcertificate"),
            # All but the contact, which may be a person's and can be erased with its salt.
            fixed={
                "conformitycertificate": (
                    "code",
                    "number",
                    "batch_id",
                    "product_kind",
                    "product_name",
                    "quantity_g",
                    "origin",
                    "promiser",
                    "uscc",
                    "basis",
                    "text_version",
                    "issued_on",
                    "replaces_id",
                    "reason",
                    "by",
                    "at",
                ),
            },
            erasable={"conformitycertificate": ("contact", "contact_salt")},
        ),
    ]
