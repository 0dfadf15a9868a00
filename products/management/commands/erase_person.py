"""Delete what is kept of a person, or replay earlier erasures on a restored backup (docs/operations.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from products.errors import DomainError, NotFound
from products.leftovers import clean_files, overwrite_deleted
from products.oversight.services.erasure import Kind, Target, account_target, erase, preview
from products.oversight.services.erasure_journal import read


class Command(BaseCommand):
    help = "Delete values and salts of a person's data; the log keeps its proofs."

    def add_arguments(self, parser: Any) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--user", metavar="NAME", help="an account")
        what.add_argument("--complaint", metavar="NUMBER", help="what a consumer wrote in a report")
        what.add_argument("--plot", metavar="BATCH", help="the plot of a batch, by the batch's UUID")
        what.add_argument("--certificate", metavar="NUMBER", help="the contact on a conformity certificate")
        what.add_argument("--grower", metavar="UUID", help="a co-operative's grower and the plots in their name")
        what.add_argument("--place", metavar="UUID", help="name and outline of a registered plot that is retired")
        what.add_argument("--seller", metavar="LOT", help="a person whom a lot was bought from, by the lot's UUID")
        what.add_argument("--consignee", metavar="UUID", help="a person whom a dispatch was sent to")
        what.add_argument("--case", metavar="NUMBER", help="the notes of a closed case whose file need not be kept")
        what.add_argument("--inspection", metavar="NUMBER", help="findings that were not published")
        what.add_argument("--replay", metavar="JOURNAL", type=Path, help="erase again what this journal names")
        what.add_argument("--finish", action="store_true", help="remove the remains from the database's files")
        parser.add_argument("--dry-run", action="store_true", help="list what would go")
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument("--journal", type=Path, default=Path(settings.VAR_DIR) / "erasure.journal")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["finish"]:
                self.stdout.write(clean_files())
            elif options["replay"]:
                self._replay(options["replay"])
            else:
                self._erase(_target(options), options)
        except (DomainError, OSError) as error:
            raise CommandError(str(error)) from error

    def _erase(self, target: Target, options: dict[str, Any]) -> None:
        found = preview(target=target, now=timezone.now())
        self._list(found)
        if options["dry_run"] or not any(found.values()):
            return
        if not options["yes"] and input("This cannot be undone. Erase? Type 'yes': ") != "yes":
            raise CommandError("nothing was erased")
        overwrite_deleted()
        erase(target=target, journal=options["journal"], now=timezone.now())
        self.stdout.write("erased; now run 'erase_person --finish' to remove the remains from the database's files")

    def _replay(self, journal: Path) -> None:
        overwrite_deleted()
        for kind, key in read(journal, kinds=set(Kind)):
            try:
                erased = erase(target=Target(Kind(kind), key), journal=None, is_replay=True, now=timezone.now())
            except NotFound:
                self.stdout.write(f"{kind} {key}: not in this database")
                continue
            self.stdout.write(f"{kind} {key}: {'erased again' if any(erased.values()) else 'already erased'}")
        self.stdout.write("now run 'erase_person --finish'")

    def _list(self, found: dict[str, int]) -> None:
        for name, count in sorted(found.items()):
            if count:
                self.stdout.write(f"{name}: {count}")
        if not any(found.values()):
            self.stdout.write("nothing is left to erase")


def _target(options: dict[str, Any]) -> Target:
    if options["user"]:
        return account_target(options["user"])
    for kind in Kind:
        if kind != Kind.ACCOUNT and options[kind.value]:
            return Target(kind, options[kind.value])
    raise CommandError("say what to erase")
