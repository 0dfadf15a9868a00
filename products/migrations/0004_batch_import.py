"""Imports of batches on their way in: work in hand."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import products.defaults


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0003_erasure"),
    ]

    operations = [
        migrations.CreateModel(
            name="BatchImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.UUIDField(default=products.defaults.new_code, editable=False, unique=True)),
                ("uscc", models.CharField(max_length=18)),
                ("sha256", models.CharField(max_length=64)),
                ("name", models.CharField(blank=True, max_length=120)),
                ("language", models.CharField(max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("to_check", "等待检查"),
                            ("checking", "正在检查"),
                            ("checked", "已检查"),
                            ("to_register", "等待登记"),
                            ("registering", "正在登记"),
                            ("done", "已登记"),
                            ("failed", "未完成"),
                        ],
                        default="to_check",
                        max_length=12,
                    ),
                ),
                ("row_count", models.PositiveIntegerField(default=0)),
                ("create_count", models.PositiveIntegerField(default=0)),
                ("same_count", models.PositiveIntegerField(default=0)),
                ("differs_count", models.PositiveIntegerField(default=0)),
                ("error_count", models.PositiveIntegerField(default=0)),
                ("plan_sha256", models.CharField(blank=True, max_length=64)),
                ("done_count", models.PositiveIntegerField(default=0)),
                ("made_count", models.PositiveIntegerField(default=0)),
                ("failure", models.CharField(blank=True, max_length=500)),
                ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                ("requested_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="imports", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-requested_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "sha256"), name="batch_import_file_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["to_check", "checking", "checked", "to_register", "registering", "done", "failed"],
                            )
                        ),
                        name="batch_import_state_known",
                    ),
                ],
            },
        ),
    ]
