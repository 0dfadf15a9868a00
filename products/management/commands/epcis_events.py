"""Makes EPCIS events of what the log says, for as long as it is left running."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.utils import timezone

from ledger.management.stopping import stop_on_signals
from products.errors import StorageUnavailable
from products.trace.services.epcis_own import make_own_events, waiting_entries


class Command(BaseCommand):
    help = "Make EPCIS events of batches, tests, labels and lots, behind the log, until SIGTERM or SIGINT."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when there is nothing left to make")
        parser.add_argument("--poll", type=float, default=1.0, metavar="SECONDS", help="how often to look at the log")

    def handle(self, *args: Any, **options: Any) -> None:
        with stop_on_signals() as stop:
            while not stop.is_set():
                try:
                    count = make_own_events(now=timezone.now())
                except (DatabaseError, StorageUnavailable) as error:
                    # A lost connection or a full disk; the round is whole or absent, and made again.
                    if options["once"]:
                        raise
                    self.stderr.write(f"will try again: {error}")
                    connection.close()
                    count = 0
                if count:
                    if options["verbosity"]:
                        self.stdout.write(f"looked at {count} entries, {waiting_entries()} to go")
                        self.stdout.flush()
                elif options["once"]:
                    return
                else:
                    stop.wait(options["poll"])
