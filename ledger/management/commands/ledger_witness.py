"""This server as a witness of other logs: its key, and the logs it was told to trust."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger.adapters import witness_signer as keys
from ledger.errors import LedgerFatal
from ledger.published import witnessed_lines
from ledger.services import witnessing


class Command(BaseCommand):
    help = "Witness other logs: make, rotate or retire the witness's key, trust or distrust a log, list everything."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("init", help="make the witness's key")
        actions.add_parser("list", help="the keys, and the logs with what was cosigned last")
        actions.add_parser("rotate", help="make a new key; the old one cosigns beside it until it is retired")
        actions.add_parser("retire", help="stop cosigning with the old key")
        actions.add_parser("trust", help="witness a log").add_argument("vkey", help="the log's verifier key line")
        actions.add_parser("distrust", help="stop witnessing a log").add_argument("origin", help="the log's name")

    def handle(self, *args: Any, **options: Any) -> None:
        file, name = settings.WITNESS_KEY_FILE, settings.WITNESS_NAME
        now, action = timezone.now(), options["action"]
        try:
            if action == "init":
                keys.create_witness_key(key_file=file, name=name)
            elif action == "rotate":
                keys.rotate_witness_key(key_file=file, name=name)
            elif action == "retire":
                witnessing.note_retired(keys.retire_witness_key(key_file=file, name=name), now=now)
            elif action == "trust":
                witnessing.trust_log(vkey=options["vkey"], now=now)
            elif action == "distrust":
                witnessing.distrust_log(origin=options["origin"])
            present = [signer.vkey for signer in keys.load_witness_signers(key_file=file, name=name)]
        except (LedgerFatal, OSError) as error:
            raise CommandError(str(error)) from error
        witnessing.note_keys(present, now=now)
        self.show([str(vkey) for vkey in present])

    def show(self, vkeys: list[str]) -> None:
        if not vkeys:
            self.stdout.write("no witness's key is here; `ledger_witness init` makes one")
        for vkey, words in zip(vkeys, ("cosigns with", "and, until it is retired, with"), strict=False):
            self.stdout.write(f"{words} {vkey}")
        for line in witnessed_lines():
            state = "trusted" if line.is_trusted else "no longer trusted"
            self.stdout.write(f"{line.origin}: {state}, {line.size} entries cosigned")
