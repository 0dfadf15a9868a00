"""`ledger_publish` as a process of its own: it follows the log and its policy file, and ends when told to."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from tests.ledger.answering import WITNESS, Answers, answering
from tests.ledger.instance import Instance, Process, new_instance
from tests.ledger.serving import run


@pytest.fixture
def instance(transactional_db: None, tmp_path: Path) -> Iterator[Instance]:
    with new_instance(tmp_path) as found:
        yield found


@pytest.fixture
def witness() -> Iterator[Answers]:
    with answering() as found:
        found.is_willing = True
        yield found


def publisher(instance: Instance) -> Process:
    return Process([sys.executable, "-m", "django", "ledger_publish", "--poll", "0.05"], instance.environment)


def until_said(process: Process, line: str) -> None:
    end = monotonic() + 60
    while line not in process.lines:
        assert monotonic() < end, (process.lines, process.errors)
        process.has_spoken.wait(1)
        process.has_spoken.clear()


def test_it_follows_the_log_and_the_policy_file(instance: Instance, witness: Answers) -> None:
    process = publisher(instance)
    try:
        # Nobody is configured yet, and nothing waits for anybody.
        instance.producer_once(7)
        run(instance, "ledger_run", "--once")
        policy = f"witness w {WITNESS.vkey} {witness.address}\nquorum w\n"
        # In one step: half a policy would end the publisher.
        (instance.folder / "new").write_text(policy)
        (instance.folder / "new").rename(instance.folder / "ledger-policy")
        until_said(process, f"{WITNESS.name} cosigned 7 entries")
        instance.producer_once(300)
        run(instance, "ledger_run", "--once")
        until_said(process, f"{WITNESS.name} cosigned 307 entries")
    finally:
        status = process.end(signal.SIGTERM)
    assert (status, process.errors) == (0, "")
    # Each checkpoint was asked for once, the second from where the first left off.
    assert [request.partition("\n")[0] for request in witness.requests] == ["old 0", "old 7"]
    run(instance, "ledger_check", "--log-only")


def test_a_policy_nobody_can_use_ends_it_in_words(instance: Instance) -> None:
    (instance.folder / "ledger-policy").write_text("quorum nobody\n")

    done = instance.manage("ledger_publish")

    assert done.returncode == 1
    assert "is not usable" in done.stderr
    assert "Traceback" not in done.stderr
