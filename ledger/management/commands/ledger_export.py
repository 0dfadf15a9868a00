"""Write the log as static files."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger.errors import NotInLog
from ledger.management.progress import ProgressLine
from ledger.services.exporting import export_log


class Command(BaseCommand):
    help = "Write checkpoint, tiles, entry bundles, key and policy into a folder, for any static web server."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        line = ProgressLine(self.stderr, noun="files")
        try:
            size = export_log(folder=options["folder"], progress=line.show)
        except (NotInLog, OSError) as error:
            raise CommandError(str(error)) from error
        line.finish()
        self.stdout.write(f"{size} entries in {options['folder']}")
