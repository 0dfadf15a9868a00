"""Anchor the newest checkpoint, and say where every anchor stands."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger.anchored import anchor_lines
from ledger.errors import NotAnchored
from ledger.management.stopping import stop_on_signals
from ledger.models import Anchor
from ledger.services.anchors import anchor_newest, configured_targets, follow_anchors, open_chain

_NOTHING_TO_DO = 2


class Command(BaseCommand):
    help = (
        "Anchor the newest checkpoint to everything configured. Exit status 0 when it is sent everywhere "
        "(with --wait: confirmed), 1 when something failed and will be tried again, 2 when nothing is configured."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--wait", type=float, default=0, metavar="SECONDS", help="wait so long for confirmation")

    def handle(self, *args: Any, **options: Any) -> None:
        self.require_configuration()
        self.say(anchor_newest(now=timezone.now()))
        # What earlier calls began is followed as well, so that calling this now and then is enough.
        self.say(follow_anchors(now=timezone.now()))
        deadline = monotonic() + options["wait"]
        with stop_on_signals() as stop:
            while self.is_under_way() and monotonic() < deadline and not stop.wait(0.5):
                self.say(follow_anchors(now=timezone.now()))
        for line in anchor_lines(count=len(configured_targets())):
            self.stdout.write(str(line))
        done = {"confirmed"} if options["wait"] else {"confirmed", "sent"}
        if not {row.status for row in self.newest_rows()} <= done:
            sys.exit(1)

    def require_configuration(self) -> None:
        if settings.CHAIN_URL:
            if not settings.CHAIN_CONTRACT:
                raise CommandError("GI_TRACE_CHAIN_CONTRACT is not set", returncode=_NOTHING_TO_DO)
            try:
                open_chain()
            except NotAnchored as reason:
                raise CommandError(str(reason), returncode=_NOTHING_TO_DO) from reason
        if not configured_targets():
            words = "nothing to anchor to: set GI_TRACE_CHAIN_URL or GI_TRACE_TSA_URL, see docs/operations.md"
            raise CommandError(words, returncode=_NOTHING_TO_DO)

    def newest_rows(self) -> list[Anchor]:
        rows = [
            Anchor.objects.filter(kind=target.kind, target=target.name).order_by("-checkpoint__size").first()
            for target in configured_targets()
        ]
        return [row for row in rows if row is not None]

    def is_under_way(self) -> bool:
        return any(row.status != Anchor.Status.CONFIRMED for row in self.newest_rows())

    def say(self, lines: list[str]) -> None:
        for line in lines:
            self.stdout.write(line)
        self.stdout.flush()
