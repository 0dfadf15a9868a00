"""A process that queues entries as fast as it can and says, after each commit, which ones it was promised."""

from __future__ import annotations

import itertools
import sys

import django
from django.db import OperationalError, transaction

BATCH = 20


def main(name: str) -> None:
    from ledger.services.entries import enqueue_many
    from tests.ledger.helpers import NOW, statement

    for start in itertools.count(0, BATCH):
        items = [statement(number, subject=f"{name}:{number}") for number in range(start, start + BATCH)]
        try:
            with transaction.atomic():
                enqueue_many(items, NOW)
        except OperationalError:
            continue
        sys.stdout.write("".join(f"{item.subject}\n" for item in items))
        sys.stdout.flush()


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1])
