"""A recall and the use, sale or recall of the same that arrive together."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection

from products.access import Actor
from products.errors import DomainError
from products.registry.models.enterprise import Enterprise
from products.trace.models.batch import Batch
from products.trace.models.lot import Lot
from products.trace.models.recall import Recall
from products.trace.services.batches import release_batch
from products.trace.services.lot_checks import Given, NewOperation, Taken
from products.trace.services.lots import record_operation
from tests.factories import NOW, TODAY, make_batch
from tests.trace.lineage_helpers import lot_of, operate
from tests.trace.recall_helpers import Chain, entries_of, hold, make_chain, recall, states

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chain(makers: Enterprise) -> Chain:
    return make_chain(makers)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What became of each act, started together: the refusal's code, or "done"."""
    start = Barrier(len(acts))

    def one(act: Callable[[], object]) -> str:
        start.wait(timeout=30)
        try:
            act()
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(timeout=120) for future in [pool.submit(one, act) for act in acts]]


def use(maker: Actor, lot: Lot, child: Batch) -> None:
    """Ten kilograms of a lot become a batch that had no source yet."""
    operation = NewOperation(
        kind="process",
        process="拌料",
        done_on=TODAY,
        taken=[Taken(lot=lot.code, mass_g=10_000)],
        given=[Given(batch=child.code, mass_g=10_000)],
    )
    record_operation(actor=maker, operation=operation, now=NOW)


def persistently(act: Callable[[], object]) -> Callable[[], object]:
    """As a person does who is shown that the list has changed: look again and confirm."""

    def again() -> object:
        while True:
            try:
                return act()
            except DomainError as error:
                if error.code != "recall_changed":
                    raise

    return again


@pytest.mark.parametrize("number", range(6))
def test_what_is_made_during_a_recall_is_recalled_or_refused(maker: Actor, chain: Chain, number: int) -> None:
    users = [chain.lots["first"], chain.lots["second"], chain.raw]
    children = [make_batch(authorisation=chain.first.authorisation, net_mass_g=10_000) for _user in users]
    root = f"lot:{chain.raw.code}"

    results = at_once(
        persistently(lambda: recall(maker, root)),
        *(lambda lot=lot, child=child: use(maker, lot, child) for lot, child in zip(users, children, strict=True)),
    )

    assert results[0] == "done"
    for child, result in zip(children, results[1:], strict=True):
        child.refresh_from_db()
        assert (result, child.state) in {("done", "recalled"), ("under_recall", "released")}


@pytest.mark.parametrize("number", range(6))
def test_a_batch_that_nobody_traced_yet_is_recalled_with_what_is_just_made_of_it(
    maker: Actor, chain: Chain, number: int
) -> None:
    source, child = (make_batch(authorisation=chain.first.authorisation, net_mass_g=10_000) for _each in range(2))

    results = at_once(
        persistently(lambda: recall(maker, f"batch:{source.code}")),
        lambda: use_batch(maker, source, child),
        lambda: use_batch(maker, source, child),
    )

    assert results[0] == "done"
    states(source, child)
    made = results[1:].count("done")
    assert (made, child.state) in {(1, "recalled"), (0, "released")}
    assert set(results[1:]) <= {"done", "under_recall", "batch_source_stated"}


def use_batch(maker: Actor, source: Batch, child: Batch) -> None:
    """As `use`, of a batch that gets its lot by this."""
    operation = NewOperation(
        kind="process",
        process="分装",
        done_on=TODAY,
        taken=[Taken(batch=source.code, mass_g=10_000)],
        given=[Given(batch=child.code, mass_g=10_000)],
    )
    record_operation(actor=maker, operation=operation, now=NOW)


def test_what_is_released_during_a_recall_is_recalled_or_refused(maker: Actor, chain: Chain) -> None:
    waiting = make_batch(authorisation=chain.first.authorisation, state="registered")
    operate(waiting.authorisation.enterprise, "process", taken={chain.lots["second"]: 1}, given={lot_of(waiting): 1})

    results = at_once(
        persistently(lambda: recall(maker, f"lot:{chain.raw.code}")),
        lambda: release_batch(actor=maker, code=waiting.code, now=NOW),
    )

    assert results[0] == "done"
    assert results[1] in {"done", "wrong_batch_state", "under_recall"}
    assert states(waiting) == ["recalled"]


def test_two_recalls_of_the_same_by_one_maker_are_one(maker: Actor, chain: Chain) -> None:
    act = persistently(lambda: recall(maker, f"lot:{chain.raw.code}"))

    assert sorted(at_once(act, act, act)) == ["done", "recall_exists", "recall_exists"]

    assert [entry["kind"] for entry in entries_of(Recall.objects.get())] == ["trace.recall_opened"]
    assert chain.first.steps.count() == 1


def test_recalls_from_both_ends_by_maker_and_office_take_each_batch_once(
    maker: Actor, officer_north: Actor, chain: Chain
) -> None:
    results = at_once(
        persistently(lambda: recall(maker, f"batch:{chain.second.code}")),
        persistently(lambda: recall(officer_north, f"lot:{chain.raw.code}")),
    )

    assert results == ["done", "done"]
    assert chain.second.steps.count() == 1
    assert chain.first.steps.count() == 1


def test_a_hold_and_a_recall_at_once_end_recalled(maker: Actor, officer_north: Actor, chain: Chain) -> None:
    root = f"lot:{chain.raw.code}"

    results = at_once(persistently(lambda: hold(maker, root)), persistently(lambda: recall(officer_north, root)))

    assert results == ["done", "done"]
    assert states(chain.first, chain.second) == ["recalled", "recalled"]


def test_codes_are_what_a_root_is_named_by(maker: Actor, chain: Chain) -> None:
    assert UUID(recall(maker, f"lot:{chain.lots['first'].code}").root.removeprefix("batch:")) == chain.first.code
