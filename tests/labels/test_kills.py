"""Processes that issue labels, killed at any moment: what they said is kept, what they did not say is whole or absent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable

import pytest
from django.conf import settings
from django.db import connection

from ledger.models import Entry
from products.access import Actor
from products.labels.models.label_run import LabelRun
from products.labels.services.keys import open_key
from products.registry.models.authorisation import Authorisation
from tests.factories import make_batch
from tests.labels.helpers import entries_about, genuine_serials, issue, refusal_of
from tests.labels.subprocesses import environment

pytestmark = pytest.mark.django_db(transaction=True)
# The everyday pauses before the kill, in seconds; a long run sets more.
PAUSES = [float(text) for text in os.environ.get("ISSUE_KILLS", "0 0.07 0.15 0.3").split()]


def pairs(lines: Iterable[str]) -> dict[str, str]:
    """{run: its first unit code}"""
    found = {}
    for line in lines:
        run, code = line.split()
        found[run] = code
    return found


def test_kills_lose_nothing_and_leave_nothing_half_written(maker: Actor, authorisation: Authorisation) -> None:
    batches = [make_batch(authorisation=authorisation, net_mass_g=500_000) for _ in range(2)]
    promised: dict[str, str] = {}
    for pause in PAUSES:
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.labels.issuer", maker.username, str(batch.code)],
                cwd=settings.BASE_DIR,
                env=environment(),
                stdout=subprocess.PIPE,
                text=True,
            )
            for batch in batches
        ]
        for process in processes:
            assert process.stdout is not None
            promised.update(pairs([process.stdout.readline()]))
        time.sleep(pause)
        for process in processes:
            process.send_signal(signal.SIGKILL)
        for process in processes:
            rest, _ = process.communicate()
            # A line cut off by the kill was never said.
            promised.update(pairs(rest.split("\n")[:-1]))

    runs = {run.code: run for run in LabelRun.objects.all()}
    assert set(promised) <= set(runs)
    assert len(runs) - len(promised) <= 2 * len(PAUSES), "at most one run for each kill was not yet told"
    assert Entry.objects.filter(kind="labels.run_issued").count() == len(runs)
    for code, told in promised.items():
        assert genuine_serials(runs[code], [told]) == [1]
    for run in runs.values():
        (entry,) = entries_about(run)
        assert len(open_key(run)) == 32
        assert entry["data"]["batch"] in {str(batch.code) for batch in batches}
    connection.close()
    assert refusal_of(lambda: issue(maker, batches[0], quantity=1, unit_mass_g=1)) == "done", "no lock was left behind"
