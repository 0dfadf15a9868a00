"""`make demo` as a process: what it promises, and that it can be killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Demo, drop_database, make_demo
from tests.e2e.processes import running_in
from tests.e2e.walking import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the processes of a demonstration are told from /proc")
with_the_browser = pytest.mark.xdist_group("e2e")  # they share one demonstration
beside_the_browser = pytest.mark.xdist_group("e2e-killed")  # each starts its own
ROLES = [
    "producer",
    "producer",
    "association",
    "inspector_county",
    "inspector_city",
    "inspector_province",
    "auditor",
    "admin",
]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Demo]:
    """A demonstration that has never been started."""
    demo = make_demo(tmp_path, "fresh")
    yield demo
    demo.stop()
    drop_database(demo)


def scan(facts: dict[str, Any], code: str) -> dict[str, Any]:
    request = urllib.request.Request(f"{facts['base_url']}/t/{code}", headers={"Accept": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        body: dict[str, Any] = json.load(answer)
        return body


def kill(demo: Demo) -> None:
    """As a power cut or an impatient person would."""
    assert demo.process is not None
    os.killpg(demo.process.pid, signal.SIGKILL)
    demo.process.wait()


@with_the_browser
def test_demo_json_keeps_its_promises(facts: dict[str, Any]) -> None:
    assert [row["role"] for row in facts["accounts"]] == ROLES
    assert {"username", "password", "token", "enterprise", "regions"} <= set(facts["accounts"][0])
    first, second = facts["accounts"][:2]
    assert first["enterprise"] != second["enterprise"]
    assert len(facts["unit_codes"]) >= 5
    assert facts["vkey"].startswith("gi-trace.local/log+")
    assert facts["batch_codes"]


@with_the_browser
def test_every_code_answers_as_it_should(facts: dict[str, Any]) -> None:
    assert {scan(facts, code)["verdict"] for code in facts["unit_codes"]} == {"genuine"}
    answers = {name: scan(facts, facts[f"{name}_code"]) for name in ("suspended", "recalled", "voided")}
    assert {name: (answer["verdict"], answer["reasons"][0]["code"]) for name, answer in answers.items()} == {
        "suspended": ("attention", "suspended_after_sale"),
        "recalled": ("attention", "batch_recalled"),
        "voided": ("not_genuine", "label_voided"),
    }


@with_the_browser
def test_every_token_works(facts: dict[str, Any]) -> None:
    for account in facts["accounts"]:
        request = urllib.request.Request(
            f"{facts['base_url']}/api/v1/me", headers={"Authorization": f"Bearer {account['token']}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert json.load(answer)["uscc"] == account["enterprise"]


@beside_the_browser
def test_a_demonstration_killed_while_it_prepares_starts_again(fresh: Demo) -> None:
    # Before the tables exist, in the middle of the reference data, in the middle of the demonstration data.
    for words in ("· migrate", "standards:", "  batches and labels:"):
        fresh.start()
        wait_for(partial(fresh.says, words), seconds=120)
        kill(fresh)
        wait_for(lambda: not running_in(fresh.folder))
        assert not fresh.facts_file.exists()

    fresh.start()
    facts = fresh.wait_until_ready()

    assert scan(facts, facts["unit_codes"][0])["verdict"] == "genuine"
    assert {account["role"] for account in facts["accounts"]} == set(ROLES)


@beside_the_browser
def test_a_running_demonstration_is_killed_or_stopped_without_remains(fresh: Demo) -> None:
    fresh.start()
    codes = fresh.wait_until_ready()["unit_codes"]
    # make_demo's own process, the web server and its two workers, the worker, the sequencer, the maker of events.
    assert len(running_in(fresh.folder)) >= 7
    kill(fresh)
    wait_for(lambda: not running_in(fresh.folder))

    fresh.start()
    facts = fresh.wait_until_ready()
    assert "·" not in fresh.log.partition("is ready")[0], "it prepared itself a second time"
    assert facts["unit_codes"] == codes
    assert scan(facts, codes[0])["verdict"] == "genuine"

    fresh.stop()
    assert running_in(fresh.folder) == {}


@beside_the_browser
def test_a_taken_port_is_said_at_once(fresh: Demo) -> None:
    with socket.socket() as other:
        # Shared, as the web server shares it: without a look first, both would answer in turn.
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", int(fresh.environment["PORT"])))
        other.listen()
        fresh.start()
        assert fresh.process is not None
        assert fresh.process.wait(timeout=60) != 0
    assert f"Port {fresh.environment['PORT']} cannot be used" in fresh.log
    assert not (fresh.folder / "prepared").exists()
