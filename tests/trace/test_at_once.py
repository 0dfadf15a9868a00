"""Requests that arrive together."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from products.access import Actor
from products.errors import DomainError
from products.registry.models.authorisation import Authorisation
from products.trace.models.batch import Batch
from products.trace.services.batches import hold_batch, recall_batch
from tests.factories import NOW, make_batch
from tests.trace.helpers import entries_about, register

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def together(act: Callable[[], object]) -> list[str]:
    """What became of `act` in each of several threads: the refusal's code, or "done"."""
    start = Barrier(AT_ONCE)

    def one() -> str:
        start.wait(timeout=30)
        try:
            act()
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures = [pool.submit(one) for _ in range(AT_ONCE)]
        return sorted(future.result(timeout=60) for future in futures)


def test_one_lot_registered_at_once_is_registered_once(maker: Actor, authorisation: Authorisation) -> None:
    results = together(lambda: register(maker, authorisation))

    assert results == ["done"] + ["duplicate_lot"] * (AT_ONCE - 1)
    assert len(entries_about(Batch.objects.get())) == 1


def test_one_step_taken_at_once_is_taken_once(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)

    results = together(lambda: hold_batch(actor=maker, code=batch.code, reason="复检", now=NOW))

    assert results == ["done"] + ["wrong_batch_state"] * (AT_ONCE - 1)
    assert len(entries_about(batch)) == 1


def test_a_recall_by_office_and_maker_at_once_happens_once(
    maker: Actor, officer_north: Actor, authorisation: Authorisation
) -> None:
    batch = make_batch(authorisation=authorisation)
    actors = iter([maker, officer_north] * AT_ONCE)

    results = together(lambda: recall_batch(actor=next(actors), code=batch.code, reason="净含量不足", now=NOW))

    assert results == ["done"] + ["wrong_batch_state"] * (AT_ONCE - 1)
    assert batch.steps.count() == 1
