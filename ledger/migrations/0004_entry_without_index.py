"""An entry's place stands in its span."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_spans_witnesses_anchors")]

    operations = [
        migrations.RemoveConstraint(
            model_name="entry",
            name="ledger_entry_index_natural",
        ),
        migrations.RemoveConstraint(
            model_name="entry",
            name="ledger_entry_index_with_time",
        ),
        migrations.RemoveIndex(
            model_name="entry",
            name="ledger_entry_queue",
        ),
        migrations.RemoveField(
            model_name="entry",
            name="index",
        ),
        migrations.RemoveField(
            model_name="entry",
            name="sequenced_at",
        ),
    ]
