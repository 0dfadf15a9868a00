"""The measurement in a real browser still runs, and its proof is one that holds."""

from __future__ import annotations

import shutil

import pytest

from bench.browser import make_sample
from bench.databases import NONE
from bench.running import run
from ledger.verifier.policy import parse_policy
from ledger.verifier.verify import verify_proof


def test_the_sample_is_a_valid_proof_of_many_entries() -> None:
    sample = make_sample()

    verified = verify_proof(sample.proof, policy=parse_policy(sample.policy))

    assert verified.checkpoint.text.size == 10_000_000
    assert len(verified.entry) == 400
    assert len(verified.checkpoint.witnesses) == 3


@pytest.mark.browser
def test_a_proof_is_measured_in_chromium() -> None:
    result = run("browser", NONE, size="tiny")

    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        assert "Chromium" in result.notes[0]
        pytest.skip("Chromium is not installed")
    assert len(result.figures) == 3
    assert all("ledger.verifier" in figure.peer for figure in result.figures)
