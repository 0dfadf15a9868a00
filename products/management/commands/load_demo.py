"""Fill a fresh instance with demonstration data, plainly marked."""

from __future__ import annotations

import json
import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from products.management.demo import cast, world
from products.management.progress import Progress


class Command(BaseCommand):
    help = "Load demonstration data: indications, enterprises, batches, labels, scans, reports, cases and accounts."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--scale", type=float, default=1.0, help="share of the batches and scans (default 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        if cast.has_run():
            self.stdout.write("the demonstration data is already there")
            return
        # All or nothing: a demonstration killed half-way starts from the beginning.
        with transaction.atomic():
            facts = world.build(scale=options["scale"], now=timezone.now(), progress=Progress(self.stderr))
        path = settings.VAR_DIR / "demo-facts.json"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(facts, file, ensure_ascii=False, indent=1)
        self.stdout.write(f"demonstration data loaded; accounts in {path}")
