"""The publisher: ask witnesses and anchors, for as long as it is left running."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from ledger.errors import LedgerFatal
from ledger.management.stopping import stop_on_signals
from ledger.services.publishing import publish_round


class Command(BaseCommand):
    help = "Have the newest checkpoint cosigned by the configured witnesses and anchored, until SIGTERM or SIGINT."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="ask once, then stop")
        parser.add_argument("--poll", type=float, default=1.0, metavar="SECONDS", help="how often to look")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with stop_on_signals() as stop:
                while not stop.is_set():
                    try:
                        for line in publish_round(now=timezone.now()):
                            self.stdout.write(line)
                        self.stdout.flush()
                    except DatabaseError as error:
                        if options["once"]:
                            raise
                        self.stderr.write(f"will try again: {error}")
                        connection.close()
                    if options["once"]:
                        return
                    stop.wait(options["poll"])
        except LedgerFatal as error:
            raise CommandError(f"stopped: {error}") from error
