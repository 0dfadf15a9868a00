"""Forget what has served its purpose."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from products.accounts.services import idempotency
from products.labels.services import print_files
from products.oversight.services.evidence import purge_evidence
from products.scans.services.visitors import forget_salts
from products.trace.services.import_files import purge_imports


class Command(BaseCommand):
    help = (
        "Delete old idempotency keys, expired print files, imports and evidence bundles, sessions and finished tasks."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        self.stdout.write(f"idempotency keys: {idempotency.purge(now=now)}")
        self.stdout.write(f"print files: {print_files.purge_expired(now=now)}")
        self.stdout.write(f"imports: {purge_imports(now=now)}")
        self.stdout.write(f"evidence bundles: {purge_evidence(now=now)}")
        self.stdout.write(f"visitor salts: {forget_salts(now=now)}")
        call_command("clearsessions")
        call_command("prune_db_task_results", verbosity=0)
