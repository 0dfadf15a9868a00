"""Activating and voiding: by ranges, once, and voiding for good."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from products.access import Actor
from products.errors import DomainError, InvalidInput, NotFound
from products.labels.errors import AlreadyActivated, AlreadyVoided, BatchNotLabellable, InvalidRange
from products.labels.models.label_run import LabelRange, LabelRun
from products.labels.queries.runs import next_waiting_range, run_summary, unit_state
from products.labels.services.label_runs import activate_labels, void_labels
from products.registry.errors import AuthorisationInactive
from products.registry.models.authorisation import Authorisation
from products.trace.models.batch import Batch
from tests.factories import NOW
from tests.labels.helpers import entries_about, issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(maker: Actor, batch: Batch) -> LabelRun:
    """Serials 1 to 100 of the maker."""
    return issue(maker, batch, quantity=100)


def activate(actor: Actor, run: LabelRun, first: int, last: int) -> LabelRange:
    return activate_labels(actor=actor, run_code=run.code, first_serial=first, last_serial=last, now=NOW)


def void(actor: Actor, run: LabelRun, first: int, last: int, reason: str = "打印机卡纸") -> LabelRange:
    return void_labels(actor=actor, run_code=run.code, first_serial=first, last_serial=last, reason=reason, now=NOW)


def counts(run: LabelRun) -> tuple[int, int, int]:
    summary = run_summary(LabelRun.objects.get(pk=run.pk))
    assert summary.issued == run.quantity
    return summary.activated, summary.voided, summary.waiting


def test_activated_labels_are_stated_and_known_by_serial(maker: Actor, run: LabelRun) -> None:
    activate(maker, run, 11, 20)

    assert counts(run) == (10, 0, 90)
    assert [unit_state(run, serial).activated_at for serial in (10, 11, 20, 21)] == [None, NOW, NOW, None]
    entry = entries_about(run)[-1]
    assert entry["kind"] == "labels.range_activated"
    assert entry["data"] == {"first_serial": 11, "last_serial": 20, "reason": ""}


@pytest.mark.parametrize(("first", "last"), [(11, 20), (1, 11), (20, 30), (1, 100), (15, 15)])
def test_a_label_is_activated_once(maker: Actor, run: LabelRun, first: int, last: int) -> None:
    activate(maker, run, 11, 20)

    with pytest.raises(AlreadyActivated) as caught:
        activate(maker, run, first, last)

    assert caught.value.code == "already_activated"
    assert counts(run) == (10, 0, 90)


def test_voiding_is_final(maker: Actor, run: LabelRun) -> None:
    void(maker, run, 1, 5)

    with pytest.raises(AlreadyVoided):
        activate(maker, run, 5, 6)
    with pytest.raises(AlreadyVoided):
        void(maker, run, 5, 5)
    assert counts(run) == (0, 5, 95)


def test_void_wins_over_activated(maker: Actor, run: LabelRun) -> None:
    activate(maker, run, 1, 100)
    void(maker, run, 40, 49, reason="  整卷遗失 ")

    state = unit_state(run, 45)
    assert (state.activated_at, state.voided_at, state.void_reason) == (NOW, NOW, "整卷遗失")
    assert counts(run) == (90, 10, 0)
    assert entries_about(run)[-1]["data"] == {"first_serial": 40, "last_serial": 49, "reason": "整卷遗失"}


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2_001, "卡\0纸"])
def test_voiding_needs_a_reason_that_can_be_kept(maker: Actor, run: LabelRun, reason: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        void(maker, run, 1, 1, reason=reason)

    assert caught.value.field == "reason"
    assert counts(run) == (0, 0, 100)


@pytest.mark.parametrize(("first", "last"), [(0, 1), (-5, -1), (2, 1), (1, 101), (101, 101), (1, 10**30)])
def test_serials_are_those_of_the_run(maker: Actor, run: LabelRun, first: int, last: int) -> None:
    for act in (activate, void):
        with pytest.raises(InvalidRange):
            act(maker, run, first, last)


@pytest.mark.parametrize("code", ["ZZZZZZ", "", "\0\0\0\0\0\0", "ſſſſſſ", "ABC", "' OR 1"])
def test_a_run_that_is_none_is_not_found(maker: Actor, run: LabelRun, code: str) -> None:
    with pytest.raises(NotFound):
        activate_labels(actor=maker, run_code=code, first_serial=1, last_serial=1, now=NOW)
    with pytest.raises(NotFound):
        void_labels(actor=maker, run_code=code, first_serial=1, last_serial=1, reason="卡纸", now=NOW)


def test_anothers_run_looks_like_none(rival: Actor, run: LabelRun) -> None:
    for act in (activate, void):
        with pytest.raises(NotFound):
            act(rival, run, 1, 1)


@pytest.mark.parametrize("state", ["held", "recalled"])
def test_what_may_not_be_sold_is_not_labelled(maker: Actor, run: LabelRun, state: str) -> None:
    Batch.objects.filter(pk=run.batch_id).update(state=state)

    with pytest.raises(BatchNotLabellable):
        activate(maker, run, 1, 1)
    void(maker, run, 1, 1)


@pytest.mark.parametrize("state", ["suspended", "withdrawn"])
def test_without_the_right_labels_can_only_be_voided(maker: Actor, run: LabelRun, state: str) -> None:
    Authorisation.objects.filter(pk=run.batch.authorisation_id).update(state=state)

    with pytest.raises(AuthorisationInactive):
        activate(maker, run, 1, 1)
    void(maker, run, 1, 1)


@pytest.mark.parametrize("seed", range(5))
def test_counts_by_ranges_are_counts_by_serial(maker: Actor, batch: Batch, seed: int) -> None:
    source = random.Random(seed)  # noqa: S311
    run = issue(maker, batch, quantity=60)
    activated: set[int] = set()
    voided: set[int] = set()
    for _ in range(40):
        first = source.randint(1, 60)
        last = min(60, first + source.choice([0, 0, 1, 3, 8]))
        serials = set(range(first, last + 1))
        act, taken = source.choice([(activate, activated), (void, voided)])
        is_free = not serials & voided and (act is void or not serials & activated)
        try:
            act(maker, run, first, last)
        except DomainError:
            assert not is_free
        else:
            assert is_free
            taken |= serials

    waiting = sorted(set(range(1, 61)) - activated - voided)
    assert counts(run) == (len(activated - voided), len(voided), len(waiting))
    for serial in range(1, 61):
        state = unit_state(run, serial)
        assert (state.activated_at is not None, state.voided_at is not None) == (serial in activated, serial in voided)
    found = next_waiting_range(LabelRun.objects.get(pk=run.pk))
    assert (found[0] if found else None) == (waiting[0] if waiting else None)
    assert not found or set(range(found[0], found[1] + 1)) <= set(waiting)
    assert not found or found[1] == 60 or found[1] + 1 not in waiting


def test_later_acts_keep_their_own_time(maker: Actor, run: LabelRun) -> None:
    activate(maker, run, 1, 10)
    later = NOW + timedelta(days=1)
    activate_labels(actor=maker, run_code=run.code.lower(), first_serial=11, last_serial=20, now=later)

    assert unit_state(run, 15).activated_at == later
