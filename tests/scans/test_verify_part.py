"""What the page hands to the visitor's browser for the proof: little, pinned, and nothing that runs by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from django.contrib.staticfiles import finders
from django.test import Client
from pytest_django import Settings

from ledger.adapters.signer import Signer, load_signer
from ledger.services.creation import create_log
from ledger.services.sequencing import sequence_batch
from products.access import NOBODY
from products.audit import record
from products.labels.models.label_run import LabelRun
from tests.factories import NOW, make_run
from tests.scans.helpers import code_of, get_page, with_wrong_tag

pytestmark = pytest.mark.usefixtures("regions")
MOST_SCRIPT_BYTES = 15 * 1024
MOST_LOADER_BYTES = 1024


@pytest.fixture
def signer(tmp_path: Path, settings: Settings) -> Signer:
    settings.LEDGER_KEY_FILE = tmp_path / "ledger.key"
    create_log(key_file=tmp_path / "ledger.key", origin="log.example/gi", now=NOW)
    return load_signer(key_file=tmp_path / "ledger.key", origin="log.example/gi")


@pytest.fixture
def run(signer: Signer) -> LabelRun:
    """A run with one statement in the log and one that still waits."""
    run = make_run()
    record(actor=NOBODY, kind="labels.run_issued", subject=f"run:{run.code}", data={}, now=NOW)
    sequence_batch(signer=signer, now=NOW)
    record(actor=NOBODY, kind="labels.range_activated", subject=f"run:{run.code}", data={}, now=NOW)
    return run


def soup(code: str) -> BeautifulSoup:
    return BeautifulSoup(get_page(code).content, "html.parser")


def one(page: BeautifulSoup, selector: str) -> Tag:
    [found] = page.select(selector)
    return found


def bytes_of(name: str) -> int:
    path = finders.find(f"products/{name}")
    assert isinstance(path, str)
    return Path(path).stat().st_size


def test_the_key_is_pinned_in_the_page(run: LabelRun, signer: Signer) -> None:
    page = soup(code_of(run))

    assert json.loads(one(page, "#tlog-policy").text) == f"log {signer.vkey}\nquorum none\n"
    assert one(page, "[data-code]")["data-code"] == code_of(run)


def test_every_record_in_the_log_can_be_proven_and_no_other(run: LabelRun) -> None:
    line = one(soup(code_of(run)), "[data-proof]")

    assert (line["data-kind"], line["data-subject"]) == ("labels.run_issued", f"run:{run.code}")
    proof = Client().get(str(line["data-proof"]))
    assert proof.status_code == 200
    assert f"\nindex {line['data-index']}\n" in proof.content.decode()


def test_the_button_waits_for_the_script_that_shows_it(run: LabelRun) -> None:
    page = soup(code_of(run))

    assert one(page, "[data-verify]").has_attr("hidden")
    assert [(tag.get("type"), tag.get("src")) for tag in page.find_all("script")] == [
        ("application/json", None),
        (None, "/static/products/tap.js"),
    ]
    assert one(page, "script[src]").has_attr("defer")
    assert not [tag for tag in page.find_all(True) if any(name.startswith("on") for name in tag.attrs)]


def test_scripts_are_small_and_the_first_view_stays_light(run: LabelRun) -> None:
    assert bytes_of("tlog.js") + bytes_of("verify.js") < MOST_SCRIPT_BYTES
    assert bytes_of("tap.js") < MOST_LOADER_BYTES
    assert len(get_page(code_of(run)).content) + bytes_of("site.css") + bytes_of("tap.js") < 50_000


def test_codes_that_are_not_ours_have_nothing_to_prove(run: LabelRun) -> None:
    for code in (with_wrong_tag(code_of(run)), "GZZZZZZ0000100000000"):
        assert not soup(code).select("[data-verify], [data-proof], script")


def test_an_entrys_page_proves_that_entry(run: LabelRun) -> None:
    page = BeautifulSoup(Client().get("/ledger/entry/0").content, "html.parser")

    line = one(page, "[data-proof]")
    assert (line["data-proof"], line["data-index"]) == ("/ledger/proofs/0", "0")
    assert (line["data-kind"], line["data-subject"]) == ("labels.run_issued", f"run:{run.code}")
    assert not page.select("[data-code]")
