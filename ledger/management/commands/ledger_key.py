"""Care for the keys that sign checkpoints: show them, rotate the log's, make those of second signatures."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger.adapters.second import SECOND_KEYS, create_second
from ledger.errors import LedgerFatal, NoRoom
from ledger.services.key_report import key_report
from ledger.services.rotation import rotate_key


class Command(BaseCommand):
    help = "Show the keys that sign checkpoints, rotate the log's key, or make a key for second signatures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="every key, where it is and what it is for")
        rotate = actions.add_parser("rotate", help="put a new key in force; repeat it after a crash, wherever that was")
        rotate.add_argument("--again", action="store_true", help="even though it was done within the hour")
        actions.add_parser("init-sm2", help="make the SM2 key GI_TRACE_LEDGER_SM2_KEY_FILE names")
        actions.add_parser("init-mldsa", help="make the ML-DSA-44 key GI_TRACE_LEDGER_MLDSA_KEY_FILE names")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["action"] == "rotate":
                self.rotate(again=options["again"])
            elif options["action"] in SECOND_KEYS:
                self.stdout.write(
                    f"made {create_second(SECOND_KEYS[options['action']])}; back it up, then restart ledger_run"
                )
            for line in key_report(key_file=settings.LEDGER_KEY_FILE, origin=settings.LEDGER_ORIGIN):
                self.stdout.write(line)
        except (LedgerFatal, NoRoom, OSError) as error:
            raise CommandError(str(error)) from error

    def rotate(self, *, again: bool) -> None:
        done = rotate_key(
            key_file=settings.LEDGER_KEY_FILE, origin=settings.LEDGER_ORIGIN, clock=timezone.now, again=again
        )
        self.stdout.write(
            f"rotated at {done.size} entries: publish the new key, and back it up apart from the database"
        )
