"""The sequencer: sequence and sign what is queued, for as long as it is left running."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from ledger.adapters.signer import Signer, load_signer
from ledger.errors import LedgerFatal
from ledger.services.sequencing import MAX_BATCH, sequence_batch

_WAIT_AFTER_FAILURE = 2.0


class Command(BaseCommand):
    help = "Sequence and sign queued entries until SIGTERM or SIGINT. Any number may run; they take turns."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when the queue is empty")
        parser.add_argument("--poll", type=float, default=0.2, metavar="SECONDS", help="how often to look at the queue")
        parser.add_argument("--batch", type=int, default=MAX_BATCH, metavar="ENTRIES", help="at most so many at a time")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop.set())
        try:
            signer = load_signer(key_file=settings.LEDGER_KEY_FILE, origin=settings.LEDGER_ORIGIN)
            while not self.stop.is_set():
                count = self.round(signer, limit=options["batch"], once=options["once"])
                if count == 0 and options["once"]:
                    return
                if count < options["batch"]:
                    self.stop.wait(options["poll"] if count >= 0 else _WAIT_AFTER_FAILURE)
        except LedgerFatal as error:
            raise CommandError(f"stopped: {error}") from error

    def round(self, signer: Signer, *, limit: int, once: bool) -> int:
        """How many entries one round sequenced; -1 when it failed and is to be tried again."""
        try:
            done = sequence_batch(signer=signer, now=timezone.now(), limit=limit)
        except DatabaseError as error:
            if once:
                raise
            self.stderr.write(f"will try again: {error}")
            connection.close()
            return -1
        if done.count:
            self.stdout.write(f"signed {done.size} entries, {done.count} of them new")
            self.stdout.flush()
        return done.count
