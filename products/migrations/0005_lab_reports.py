"""Laboratory reports and their results, which no one rewrites or deletes."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import products.defaults
from products.evidence_triggers import guard


class Migration(migrations.Migration):
    dependencies = [("products", "0004_batch_import")]

    operations = [
        migrations.CreateModel(
            name="LabReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.UUIDField(default=products.defaults.new_code, editable=False, unique=True)),
                ("laboratory", models.CharField(max_length=120)),
                ("cma_number", models.CharField(max_length=20)),
                ("cma_from", models.DateField()),
                ("cma_to", models.DateField()),
                ("report_no", models.CharField(max_length=60)),
                ("sampled_on", models.DateField()),
                ("issued_on", models.DateField()),
                ("grade", models.CharField(blank=True, max_length=40)),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
                ("file_name", models.CharField(blank=True, max_length=120)),
                (
                    "file_type",
                    models.CharField(
                        blank=True,
                        choices=[("application/pdf", "PDF"), ("image/jpeg", "JPEG"), ("image/png", "PNG")],
                        max_length=20,
                    ),
                ),
                ("file_size", models.PositiveIntegerField(default=0)),
                ("reason", models.TextField(blank=True)),
                ("by", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lab_reports", to="products.batch"
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="products.labreport",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cma_from__lte", models.F("issued_on")), ("cma_to__gte", models.F("issued_on"))
                        ),
                        name="lab_report_cma_valid_when_issued",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("replaces__isnull", True), ("reason__gt", ""), _connector="OR"),
                        name="lab_report_replacement_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("file_name", ""), ("file_sha256", ""), ("file_size", 0), ("file_type", "")),
                            models.Q(("file_sha256__gt", ""), ("file_size__gt", 0), ("file_type__gt", "")),
                            _connector="OR",
                        ),
                        name="lab_report_file_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LabResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("indicator", models.CharField(max_length=60)),
                (
                    "comparator",
                    models.CharField(blank=True, choices=[("", "测得值"), ("<", "低于检出限")], max_length=1),
                ),
                ("value", models.CharField(max_length=24)),
                ("unit", models.CharField(blank=True, max_length=24)),
                ("basis", models.CharField(blank=True, max_length=60)),
                ("method", models.CharField(blank=True, max_length=80)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="results", to="products.labreport"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("report", "indicator"), name="lab_result_once"),
                    models.CheckConstraint(
                        condition=models.Q(("comparator__in", ["", "<"])), name="lab_result_comparator_known"
                    ),
                ],
            },
        ),
        guard(never_changed=("labreport", "labresult")),
    ]
