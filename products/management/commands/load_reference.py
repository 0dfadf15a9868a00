"""Load the reference data that ships with the project, and tell what changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from products.management.progress import Progress
from products.oversight.services.targets import load_targets
from products.registry.domain.reference import targets
from products.registry.services.reference import LOADERS, Difference

SHOWN = 20


class Command(BaseCommand):
    help = "Load or refresh divisions, indications, standards, law and targets. Merges; never deletes."

    def handle(self, *args: Any, **options: Any) -> None:
        progress = Progress(self.stderr)
        steps = LOADERS | {"targets": lambda: load_targets(targets())}
        for name, load in steps.items():
            result = load()
            differences = result if isinstance(result, list) else [result]
            rows = sum(len(one.added) + len(one.changed_keys) + one.unchanged for one in differences)
            progress(name, rows, rows)
            for difference in differences:
                self._show(difference)

    def _show(self, difference: Difference) -> None:
        self.stdout.write(
            f"{difference.table}: {len(difference.added)} added, {len(difference.changed_keys)} changed, "
            f"{difference.unchanged} unchanged"
        )
        for line in difference.changed[:SHOWN]:
            self.stdout.write(f"  {line}")
        if len(difference.changed) > SHOWN:
            self.stdout.write(f"  … and {len(difference.changed) - SHOWN} more")
