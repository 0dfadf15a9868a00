"""Real processes: several sequencers at once, clean stops, and kills at any moment under load."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.instance import Instance, Process, new_instance
from tests.ledger.static_client import read_log

# The everyday number; a long run sets 200.
KILLS = int(os.environ.get("LEDGER_KILLS", "10"))
# Kills to one log. Everything is checked after each, so a log that only grows would slow a long run down.
KILLS_PER_LOG = 10


@pytest.fixture
def instance(transactional_db: None, tmp_path: Path) -> Iterator[Instance]:
    with new_instance(tmp_path) as made:
        yield made


def assert_clean(instance: Instance) -> None:
    done = instance.manage("ledger_check", "--log-only")
    assert (done.returncode, done.stdout) == (0, "clean\n"), done.stdout + done.stderr


def published_subjects(instance: Instance, *, name: str) -> list[str]:
    """The subjects of all entries, in order, as an outsider reads them from the export."""
    out = instance.folder / name
    done = instance.manage("ledger_export", str(out))
    assert done.returncode == 0, done.stderr
    return [json.loads(entry)["subject"] for entry in read_log(out, (out / "vkey").read_text().strip())]


def signed_sizes(process: Process) -> list[int]:
    return [int(match[1]) for line in process.lines if (match := re.match(r"signed (\d+) entries", line))]


def drain(instance: Instance) -> None:
    done = instance.manage("ledger_run", "--once")
    assert done.returncode == 0, done.stderr


def test_several_sequencers_take_turns(instance: Instance) -> None:
    sequencers = [instance.sequencer("--poll", "0.001", "--batch", "30") for _ in range(4)]
    producers = [instance.producer(f"p{number}") for number in range(2)]
    for process in (*producers, *sequencers):
        assert process.has_spoken.wait(30), process.errors
    time.sleep(0.5)

    for producer in producers:
        producer.end(signal.SIGTERM)
    assert [sequencer.end(signal.SIGTERM) for sequencer in sequencers] == [0] * 4, sequencers[0].errors
    drain(instance)

    assert_clean(instance)
    sizes = [size for sequencer in sequencers for size in signed_sizes(sequencer)]
    assert len(sizes) == len(set(sizes))
    assert all(signed_sizes(sequencer) for sequencer in sequencers)
    promised = {subject for producer in producers for subject in producer.lines}
    published = published_subjects(instance, name="out")
    assert len(published) == len(set(published))
    assert promised <= set(published)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_sequencer_stops_cleanly(instance: Instance, number: signal.Signals) -> None:
    producer = instance.producer("p")
    sequencer = instance.sequencer()
    assert sequencer.has_spoken.wait(30)

    assert sequencer.end(number) == 0
    producer.end(signal.SIGKILL)

    assert sequencer.errors == ""
    assert_clean(instance)


@pytest.mark.parametrize("seed", range(-(-KILLS // KILLS_PER_LOG)))
def test_kills_at_any_moment_lose_nothing_promised(instance: Instance, seed: int) -> None:
    source = random.Random(seed)  # noqa: S311
    promised: set[str] = set()
    largest = 0
    for number in range(min(KILLS, KILLS_PER_LOG)):
        producer = instance.producer(f"p{number}")
        sequencer = instance.sequencer("--poll", "0.001", "--batch", str(source.choice([7, 40, 300])))
        victims = source.choice([[producer], [sequencer], [producer, sequencer], [sequencer, producer]])
        for process in (producer, sequencer):
            assert process.has_spoken.wait(30), process.errors
        time.sleep(source.uniform(0, 0.15))

        for victim in victims:
            victim.end(signal.SIGKILL)
        for process in (producer, sequencer):
            if process not in victims:
                process.end(signal.SIGTERM)

        promised |= set(producer.lines)
        largest = max([largest, *signed_sizes(sequencer)])
        assert_clean(instance)

    drain(instance)
    assert_clean(instance)
    published = published_subjects(instance, name="out")
    assert promised <= set(published)
    assert len(published) == len(set(published))
    assert len(published) >= largest


def test_a_sequencer_whose_database_is_older_than_its_key_stops(instance: Instance, tmp_path: Path) -> None:
    producer = instance.producer("p")
    assert producer.has_spoken.wait(30)
    producer.end(signal.SIGKILL)
    drain(instance)
    (tmp_path / "older").mkdir()
    with new_instance(tmp_path / "older", key=(tmp_path / "ledger.key").read_bytes()) as older:
        (tmp_path / "older" / "ledger.key.signed").write_bytes((tmp_path / "ledger.key.signed").read_bytes())

        done = older.manage("ledger_run", "--once")

        assert done.returncode == 1
        assert "entries, the database holds 0" in done.stderr
