"""Events of EPCIS that were made from the log's entries."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from products.evidence_triggers import guard


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0009_epcis"),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entry_index", models.BigIntegerField(db_index=True)),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="own", to="products.epcisevent"
                    ),
                ),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.CreateModel(
            name="OwnEventProgress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("singleton", models.BooleanField(default=True, unique=True)),
                ("next_index", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("singleton", True)), name="own_event_progress_single")
                ],
            },
        ),
        guard(never_changed=["ownevent"]),
    ]
