"""Re-derive the whole log, compare the business tables with it, and list what differs."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger.adapters.signer import load_signer
from ledger.errors import LedgerFatal
from ledger.management.progress import ProgressLine
from ledger.services.checking.run import run_check


class Command(BaseCommand):
    help = (
        "Re-derive every hash, tile, checkpoint and signature, and compare the business tables with the entries. "
        "Exit status 0 when all agree, 1 with a list of what differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--nightly", action="store_true", help="only what came after the last clean check")
        parser.add_argument("--log-only", action="store_true", help="leave the business tables out")

    def handle(self, *args: Any, **options: Any) -> None:
        signer = None
        if settings.LEDGER_KEY_FILE.exists():
            try:
                signer = load_signer(key_file=settings.LEDGER_KEY_FILE, origin=settings.LEDGER_ORIGIN)
            except LedgerFatal as error:
                raise CommandError(str(error)) from error
        else:
            self.stderr.write(f"{settings.LEDGER_KEY_FILE} is not here; the log is compared with its own key line only")
        lines: list[ProgressLine] = []
        differences = 0
        for finding in run_check(
            signer=signer,
            comparison=None if options["log_only"] else import_module(settings.LEDGER_COMPARISON),
            is_nightly=options["nightly"],
            clock=timezone.now,
            progress=lambda noun: self._next_line(lines, noun=noun),
        ):
            differences += 1
            self.stdout.write(str(finding))
        for line in lines[-1:]:
            line.finish()
        if differences:
            self.stderr.write(f"{differences} differences")
            sys.exit(1)
        self.stdout.write("clean")

    def _next_line(self, lines: list[ProgressLine], *, noun: str) -> Callable[[int, int], None]:
        for line in lines[-1:]:
            line.finish()
        lines.append(ProgressLine(self.stderr, noun=noun))
        return lines[-1].show
