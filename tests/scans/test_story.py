"""What is kept of a run is never older than the log: a warm process answers as a cold one does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from ledger.adapters.signer import Signer, load_signer
from ledger.services.creation import create_log
from ledger.services.sequencing import sequence_batch
from products import mentions
from products.access import Actor
from products.labels.models.label_run import LabelRun
from products.labels.services.label_runs import activate_labels, void_labels
from products.mentions import Mentions, names_in
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.registry.services.authorisations import decide
from products.scans import story
from products.scans.presentation import as_json
from products.scans.services.scans import answer_scan
from products.scans.services.visitors import Visitor
from products.scans.story import STORIES, Stories
from products.trace.models.batch import Batch
from products.trace.services.batches import correct_batch, hold_batch, recall_batch
from products.trace.services.erasure import erase_contact
from tests.factories import NOW, make_authorisation, make_run
from tests.ledger.helpers import queue
from tests.scans.helpers import code_of
from tests.trace.certificate_helpers import issue
from tests.trace.lab_helpers import enter, lab_batch

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
VISITOR = Visitor(address="192.0.2.1", agent="a phone")


@pytest.fixture
def signer(tmp_path: Path, settings: Settings) -> Signer:
    settings.LEDGER_KEY_FILE = tmp_path / "ledger.key"
    create_log(key_file=tmp_path / "ledger.key", origin="log.example/gi", now=NOW)
    return load_signer(key_file=tmp_path / "ledger.key", origin="log.example/gi")


@pytest.fixture
def run(authorisation: Authorisation) -> LabelRun:
    batch = lab_batch(authorisation)
    Batch.objects.filter(pk=batch.pk).update(state="released")
    return make_run(batch=batch, activated=False)


@pytest.fixture
def authorisation(maker: Actor) -> Authorisation:
    return make_authorisation(enterprise=Enterprise.objects.get(uscc=maker.uscc))


def answers(run: LabelRun) -> list[dict[str, Any]]:
    looks = [answer_scan(text=code_of(run, serial), visitor=VISITOR, now=LATER, is_counted=False) for serial in (1, 6)]
    return [as_json(look) for look in looks]


ACTS: dict[str, Callable[[LabelRun, Actor, Actor], object]] = {
    "labels activated": lambda run, maker, province: activate_labels(
        actor=maker, run_code=run.code, first_serial=1, last_serial=5, now=LATER
    ),
    "labels voided": lambda run, maker, province: void_labels(
        actor=maker, run_code=run.code, first_serial=6, last_serial=6, reason="印坏了", now=LATER
    ),
    "batch held": lambda run, maker, province: hold_batch(actor=maker, code=run.batch.code, reason="查一查", now=LATER),
    "batch recalled": lambda run, maker, province: recall_batch(
        actor=maker, code=run.batch.code, reason="不合格", now=LATER
    ),
    "batch corrected": lambda run, maker, province: correct_batch(
        actor=maker, code=run.batch.code, changes={"net_mass_g": 90_000}, reason="称错了", now=LATER
    ),
    "laboratory report": lambda run, maker, province: enter(maker, run.batch),
    "certificate": lambda run, maker, province: issue(maker, run.batch),
    "right suspended": lambda run, maker, province: decide(
        actor=province,
        code=run.batch.authorisation.code,
        action="suspend",
        reason="抽检不合格",
        document_no="川市监〔2026〕1号",
        now=LATER,
    ),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_what_was_kept_is_worked_out_anew_after(
    run: LabelRun, signer: Signer, maker: Actor, province: Actor, act: Callable[[LabelRun, Actor, Actor], object]
) -> None:
    before = answers(run)

    act(run, maker, province)

    at_once = answers(run)
    sequence_batch(signer=signer, now=LATER)
    in_the_log = answers(run)
    STORIES.forget()
    assert in_the_log == answers(run)
    assert at_once != before
    assert [{**each, "proofs": []} for each in at_once] == [{**each, "proofs": []} for each in in_the_log]


def test_another_process_notices_as_well(run: LabelRun, maker: Actor) -> None:
    other = Stories()
    told = other.of(run.code)

    hold_batch(actor=maker, code=run.batch.code, reason="查一查", now=LATER)

    found = other.of(run.code)
    assert told is not None
    assert found is not None
    assert (told.run.batch.state, found.run.batch.state) == ("released", "held")


def test_a_known_run_costs_few_questions_and_another_makers_act_none(run: LabelRun, signer: Signer) -> None:
    client = Client(headers={"accept": "application/json"})
    client.get(f"/t/{code_of(run)}")
    queue(20)
    sequence_batch(signer=signer, now=LATER)
    kept = STORIES.of(run.code)

    with CaptureQueriesContext(connection) as asked:
        client.get(f"/t/{code_of(run, 2)}", headers={"user-agent": "another phone"})

    assert STORIES.of(run.code) is kept
    # What the log says; then the count and the scan, in one statement where the database can.
    assert len(asked) <= 6, [each["sql"] for each in asked.captured_queries]


def test_a_story_is_told_anew_after_a_minute(run: LabelRun, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = STORIES.of(run.code)
    assert STORIES.of(run.code) is kept

    monkeypatch.setattr(story, "LASTS_S", 0.0)

    assert STORIES.of(run.code) is not kept


def test_the_least_looked_at_is_forgotten_first(run: LabelRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "MOST", 2)
    stories, others = Stories(), [make_run(batch=run.batch), make_run(batch=run.batch)]
    first = stories.of(run.code)
    stories.of(others[0].code)

    assert stories.of(run.code) is first
    stories.of(others[1].code)

    assert stories.of(run.code) is first
    assert set(stories._stories) == {run.code, others[1].code}


def test_a_run_of_too_many_ranges_is_asked_for_one_by_one(run: LabelRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "_MOST_RANGES", 2)
    for first in (1, 3, 5):
        run.ranges.create(kind="activated", first_serial=first, last_serial=first, by="uscc:test", at=NOW)

    found = STORIES.of(run.code)

    assert found is not None
    assert found.ranges is None
    assert [bool(found.unit(serial).activated_at) for serial in range(1, 7)] == [True, False] * 3


def test_names_are_the_codes_in_a_statement() -> None:
    body = (
        b'{"actor":"uscc:91510117MADEM0001X","data":{"batch":"1f0e","runs":["0A1B2C","0A1B2D"]},"subject":"run:0A1B2C"}'
    )

    assert {"91510117MADEM0001X", "1f0e", "0A1B2C", "0A1B2D"} <= names_in([body])


def test_nothing_is_held_to_be_unchanged_when_the_log_is_too_far_ahead(
    signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mentions, "_MAX_ENTRIES", 10)
    monkeypatch.setattr(mentions, "_MAX_WAITING", 5)
    found = Mentions()
    start = found.now()
    assert found.is_unchanged({"name"}, since=start.size, now=start)

    queue(6)
    crowded = found.now()
    assert crowded.waiting is None
    assert not found.is_unchanged({"name"}, since=start.size, now=crowded)

    queue(10, first=6)
    sequence_batch(signer=signer, now=LATER)
    ahead = found.now()
    assert not found.is_unchanged({"name"}, since=start.size, now=ahead)
    assert found.is_unchanged({"name"}, since=ahead.size, now=ahead)


def test_an_erased_contact_is_gone_at_once(run: LabelRun, maker: Actor) -> None:
    certificate = issue(maker, run.batch)
    phone = answers(run)[0]["batch"]["certificate"]["contact"]
    assert phone

    erase_contact(code=certificate.code, is_replay=True, now=LATER)

    assert answers(run)[0]["batch"]["certificate"]["contact"] != phone
