"""`make demo` as a process: what it promises, and that it can be killed."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Demo, make_demo
from tests.e2e.walking import wait_for

pytestmark = pytest.mark.xdist_group("e2e")
ROLES = {
    "producer",
    "association",
    "inspector_county",
    "inspector_city",
    "inspector_province",
    "auditor",
    "admin",
}


def scan(facts: dict[str, Any], code: str) -> dict[str, Any]:
    request = urllib.request.Request(f"{facts['base_url']}/t/{code}", headers={"Accept": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        body: dict[str, Any] = json.load(answer)
        return body


def test_demo_json_keeps_its_promises(facts: dict[str, Any]) -> None:
    assert {row["role"] for row in facts["accounts"]} == ROLES
    assert len([row for row in facts["accounts"] if row["role"] == "producer"]) == 2
    assert len(facts["unit_codes"]) >= 5
    assert facts["vkey"].startswith("gi-trace.local/log+")
    assert facts["batch_codes"]


def test_every_code_answers_as_it_should(facts: dict[str, Any]) -> None:
    assert {scan(facts, code)["verdict"] for code in facts["unit_codes"]} == {"genuine"}
    reasons = {
        name: scan(facts, facts[f"{name}_code"])["reasons"][0]["code"] for name in ("suspended", "recalled", "voided")
    }
    assert reasons == {
        "suspended": "suspended_after_sale",
        "recalled": "batch_recalled",
        "voided": "label_voided",
    }


def test_tokens_work(facts: dict[str, Any]) -> None:
    producer = facts["accounts"][0]
    request = urllib.request.Request(
        f"{facts['base_url']}/api/v1/me", headers={"Authorization": f"Bearer {producer['token']}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert json.load(answer)["uscc"] == producer["enterprise"]


def kill_when(demo: Demo, words: str) -> None:
    """SIGKILL the whole group as soon as its log says `words`."""
    assert demo.process is not None
    wait_for(lambda: words in demo.log, seconds=60)
    os.killpg(demo.process.pid, signal.SIGKILL)
    demo.process.wait()


def test_a_demonstration_killed_half_way_starts_again(tmp_path: Path) -> None:
    demo = make_demo(tmp_path, "killed")
    for words in ("· load_reference", "· load_demo"):
        demo.start()
        kill_when(demo, words)
        time.sleep(0.5)
    demo.start()
    try:
        facts = demo.wait_until_ready()
        assert scan(facts, facts["unit_codes"][0])["verdict"] == "genuine"
    finally:
        demo.stop()

    demo.start()
    try:
        facts = demo.wait_until_ready()
        assert "load_demo" not in demo.log
        assert scan(facts, facts["unit_codes"][1])["verdict"] == "genuine"
    finally:
        demo.stop()
    with pytest.raises(urllib.error.URLError):
        scan(facts, facts["unit_codes"][0])
