"""Steps and overlaps of plots, the plots of batches, and the largest yield that a standard allows."""

from __future__ import annotations

from typing import Any, Final

import django.db.models.deletion
from django.db import migrations, models

from products.evidence_triggers import guard

# On SQLite the triggers of published versions name their columns, and this one is newer than they are.
_YIELD_KEPT: Final = """CREATE TRIGGER standardversion_yield_kept BEFORE UPDATE OF max_yield_kg_per_ha
    ON "products_standardversion" FOR EACH ROW
    WHEN OLD.max_yield_kg_per_ha IS NOT NEW.max_yield_kg_per_ha
        AND EXISTS (SELECT 1 FROM products_versionrecord WHERE version_id = OLD.id)
    BEGIN SELECT RAISE(ABORT, 'a published version is never rewritten'); END"""


def _keep_yield(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(_YIELD_KEPT)


def _free_yield(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER standardversion_yield_kept")


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0011_standard_versions"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="draft_plots",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="plot",
            name="east_e6",
            field=models.IntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="plot",
            name="north_e6",
            field=models.IntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="plot",
            name="south_e6",
            field=models.IntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="plot",
            name="west_e6",
            field=models.IntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="standardversion",
            name="max_yield_kg_per_ha",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="BatchPlot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="batch_plots", to="products.batch"
                    ),
                ),
                (
                    "plot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="batch_plots", to="products.plot"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("batch", "plot"), name="batch_plot_once")],
            },
        ),
        migrations.CreateModel(
            name="PlotOverlap",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shared_m2", models.PositiveIntegerField()),
                ("found_at", models.DateTimeField()),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="overlapped_by", to="products.plot"
                    ),
                ),
                (
                    "plot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="overlaps", to="products.plot"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("plot", "other"), name="plot_overlap_once")],
            },
        ),
        migrations.CreateModel(
            name="PlotStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("registered", "登记"), ("changed", "变更"), ("retired", "停用")], max_length=10
                    ),
                ),
                ("area_m2", models.PositiveIntegerField()),
                ("reason", models.TextField(blank=True)),
                ("by", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "plot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="products.plot"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["registered", "changed", "retired"])),
                        name="plot_step_kind_known",
                    )
                ],
            },
        ),
        guard(never_changed=("plotstep", "batchplot")),
        migrations.RunPython(_keep_yield, _free_yield, elidable=False),
    ]
