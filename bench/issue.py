"""Issuing label runs against a bare INSERT transaction; runs inside an instance (see databases)."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Final

from django.db import connection

from bench import databases, peer
from bench.figures import Result, Size, in_turn
from products.access import ROLE_SCOPES, Actor, Role
from products.labels.services.label_runs import issue_label_run
from products.trace.models.batch import Batch
from tests import factories

AUTHORISATIONS: Final = 20
QUANTITY: Final = 100


def measure(size: Size) -> Result:
    factories.make_regions()
    peer.create_table()
    batches = _batches(size)
    numbers = count()
    row: peer.Row = ("labels.run_issued", "run:ABCDEF", b"x" * 400, b"x" * 32, datetime.now(UTC))

    def issue() -> int:
        for _ in range(size.issues):
            batch, actor = batches[next(numbers) % len(batches)]
            issue_label_run(
                actor=actor, batch_code=batch.code, quantity=QUANTITY, unit_mass_g=500, now=datetime.now(UTC)
            )
        return size.issues

    def insert() -> int:
        for _ in range(size.issues):
            peer.insert_one(row)
        return size.issues

    rounds = in_turn(issue, insert, rounds=size.rounds)
    figure = rounds.rates(
        f"label runs issued, one to a transaction, over {len(batches):,} batches",
        unit="runs",
        peer="bare INSERT, one row to a transaction",
    )
    return Result("issue", databases.name_of(connection.vendor), (figure,))


def _batches(size: Size) -> list[tuple[Batch, Actor]]:
    """Batches of several authorisations, with mass and quota for every run of the measurement."""
    found = []
    for _ in range(AUTHORISATIONS):
        enterprise = factories.make_enterprise()
        authorisation = factories.make_authorisation(enterprise=enterprise, quota_g=10**12)
        actor = Actor(role=Role.PRODUCER, uscc=enterprise.uscc, scopes=ROLE_SCOPES[Role.PRODUCER])
        for _ in range(max(1, size.scan_batches // AUTHORISATIONS)):
            found.append((factories.make_batch(authorisation=authorisation, net_mass_g=10**10), actor))
    return found
