"""The sequencer: sequence and sign what is queued, for as long as it is left running."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from ledger.adapters.signer import Signer, load_signer
from ledger.errors import LedgerFatal
from ledger.management.stopping import stop_on_signals
from ledger.services.sequencing import MAX_BATCH, require_ready, sequence_batch

_WAIT_AFTER_FAILURE = 2.0


class Command(BaseCommand):
    help = "Sequence and sign queued entries until SIGTERM or SIGINT. Any number may run; they take turns."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when the queue is empty")
        parser.add_argument("--poll", type=float, default=0.2, metavar="SECONDS", help="how often to look at the queue")
        parser.add_argument("--batch", type=int, default=MAX_BATCH, metavar="ENTRIES", help="at most so many at a time")

    def handle(self, *args: Any, **options: Any) -> None:
        once, poll, batch = options["once"], options["poll"], options["batch"]
        try:
            signer = load_signer(key_file=settings.LEDGER_KEY_FILE, origin=settings.LEDGER_ORIGIN)
            require_ready(signer=signer)
            with stop_on_signals() as stop:
                while not stop.is_set():
                    try:
                        count = self.sign_one_batch(signer, limit=batch)
                    except (DatabaseError, OSError) as error:
                        # A lost connection or a full disk; the round is whole or absent, and asked again.
                        if once:
                            raise
                        self.stderr.write(f"will try again: {error}")
                        connection.close()
                        stop.wait(_WAIT_AFTER_FAILURE)
                        continue
                    if once and not count:
                        return
                    if count < batch and not once:
                        stop.wait(poll)
        except LedgerFatal as error:
            raise CommandError(f"stopped: {error}") from error

    def sign_one_batch(self, signer: Signer, *, limit: int) -> int:
        done = sequence_batch(signer=signer, now=timezone.now(), limit=limit)
        if done.count:
            self.stdout.write(f"signed {done.size} entries, {done.count} of them new")
            self.stdout.flush()
        return done.count
