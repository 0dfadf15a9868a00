"""Create the log: its key and its first, empty checkpoint."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger import queries
from ledger.errors import LedgerFatal
from ledger.services.creation import create_log


class Command(BaseCommand):
    help = "Create the log's key and sign the empty log. Refuses where a log exists."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-missing", action="store_true", help="leave an existing log alone, and succeed")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = create_log(
                key_file=settings.LEDGER_KEY_FILE,
                origin=settings.LEDGER_ORIGIN,
                now=timezone.now(),
                if_missing=options["if_missing"],
            )
        except LedgerFatal as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{'Created the log' if made else 'The log exists'}: {queries.vkey()}")
