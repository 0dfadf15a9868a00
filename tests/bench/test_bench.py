"""Every measurement still runs, at a tiny size, and its report can be written. No times are asserted."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from bench import report
from bench.databases import NONE, POSTGRESQL, SQLITE
from bench.figures import Figure, Result, Rounds, duration, in_turn, three_digits
from bench.machine import describe
from bench.running import MEASUREMENTS, run

DATABASE = POSTGRESQL if os.environ.get("TEST_DATABASE") == "postgres" else SQLITE
PAGE = Path(settings.BASE_DIR) / "docs" / "performance.md"
DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("measurement", "database", "lines"),
    [
        ("labels", NONE, 5),
        ("ledger", DATABASE, 8),
        ("issue", DATABASE, 1),
        ("trace", DATABASE, 3),
        ("epcis", DATABASE, 4),
        ("lineage", DATABASE, 2),
    ],
)
def test_a_measurement_runs_and_stands_on_the_page(measurement: str, database: str, lines: int) -> None:
    result = run(measurement, database, size="tiny")

    assert (result.measurement, result.database, len(result.figures)) == (measurement, database, lines)
    page = _page_with(result)
    for figure in result.figures:
        assert f"| {figure.what} | {figure.ours} |" in page


def test_scans_are_answered_by_a_real_server_and_recorded() -> None:
    result = run("scan", DATABASE, size="tiny")

    if not shutil.which("wrk"):
        assert result.figures == ()
        assert "wrk" in result.notes[0]
        pytest.skip("wrk is not installed: the server was asked once, not put under load")
    assert [figure.what for figure in result.figures] == [
        "scan as JSON, 2 connections",
        "scan as a page, 2 connections",
    ]
    assert "Every answered scan was recorded" in _page_with(result)


def _page_with(result: Result) -> str:
    block = report.render([result], machine=describe(), on=DAY)
    return report.insert(PAGE.read_text(encoding="utf-8"), result.measurement, block)


def test_the_page_has_a_place_for_every_measurement_and_keeps_its_prose() -> None:
    page = PAGE.read_text(encoding="utf-8")

    for measurement in MEASUREMENTS:
        changed = report.insert(page, measurement, "NEW")
        assert "\nNEW\n" in changed
        assert report.insert(changed, measurement, "NEW") == changed
        others = [other for other in MEASUREMENTS if other != measurement]
        assert all(f"<!-- figures: {other} -->" in changed for other in others)
        assert "How to read the tables" in changed
    with pytest.raises(ValueError, match="unheard_of"):
        report.insert(page, "unheard_of", "NEW")


def test_what_is_missed_is_shown_as_missed() -> None:
    rounds = Rounds(ours=(10.0, 30.0, 20.0), peer=(100.0, 100.0, 50.0))
    figure = rounds.rates("things", unit="things", peer="more things").wanting_ratio(least=0.2)

    assert figure.ratio == pytest.approx(0.3)
    assert figure.wanting("at most 5 things", is_met=False).is_met is False
    assert rounds.times("things", peer="more things").ratio == pytest.approx(1 / 0.3)
    row = report.render([Result("x", "", (figure.wanting("gold", is_met=False),))], machine="m", on=DAY)
    assert "| things | 20 things/s | more things: 100 things/s | **0.30** (0.10 to 0.40) |" in row
    assert "| ratio at least 0.2; gold: **missed** |" in row


@pytest.mark.parametrize(("ratio", "text"), [(0.00649, "0.0065"), (0.1, "0.10"), (24.187, "24.19")])
def test_small_ratios_keep_their_digits(ratio: float, text: str) -> None:
    assert report.ratio_text(ratio) == text


def test_a_result_survives_the_way_between_processes() -> None:
    result = Result("x", SQLITE, (Figure("things", ours="1"), Figure("more", ours="2", ratio=0.5)), ("note",))

    assert Result.from_json(result.to_json()) == result


def test_ours_and_the_peer_take_turns() -> None:
    order: list[str] = []

    def work(name: str) -> int:
        order.append(name)
        return 1

    rounds = in_turn(lambda: work("ours"), lambda: work("peer"), rounds=2)

    assert order == ["ours", "peer", "peer", "ours"]
    assert len(rounds.ours) == len(rounds.peer) == 2


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (0.12345, "0.123"), (99.96, "100"), (1234.5, "1,230"), (1_999_999.0, "2,000,000")]
)
def test_figures_have_three_digits(value: float, text: str) -> None:
    assert three_digits(value) == text


@pytest.mark.parametrize(("seconds", "text"), [(2.5, "2.5 s"), (0.0494, "49.4 ms"), (0.0000166, "16.6 µs")])
def test_times_have_a_fitting_unit(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_the_machine_is_described_but_not_named() -> None:
    words = describe()

    assert "cores" in words
    assert os.uname().nodename not in words
