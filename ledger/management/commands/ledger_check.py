"""Re-derive the whole log and list what differs."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ledger.adapters.signer import load_signer
from ledger.errors import LedgerFatal
from ledger.management.progress import ProgressLine
from ledger.services.checking import check_log


class Command(BaseCommand):
    help = "Re-derive every hash, tile and checkpoint. Exit status 0 when all agree, 1 with a list of what differs."

    def handle(self, *args: Any, **options: Any) -> None:
        signer = None
        if settings.LEDGER_KEY_FILE.exists():
            try:
                signer = load_signer(key_file=settings.LEDGER_KEY_FILE, origin=settings.LEDGER_ORIGIN)
            except LedgerFatal as error:
                raise CommandError(str(error)) from error
        else:
            self.stderr.write(f"{settings.LEDGER_KEY_FILE} is not here; the log is compared with its own key line only")
        line = ProgressLine(self.stderr, noun="entries")
        differences = 0
        for finding in check_log(signer=signer, progress=line.show):
            differences += 1
            self.stdout.write(str(finding))
        line.finish()
        if differences:
            self.stderr.write(f"{differences} differences")
            sys.exit(1)
        self.stdout.write("clean")
