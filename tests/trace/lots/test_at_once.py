"""Operations that arrive together: stocks never fall below zero, and nothing is received or made twice."""

from __future__ import annotations

from collections import Counter

import pytest

from products.access import Actor
from products.registry.models.enterprise import Enterprise
from products.trace.models.lot import Lot, LotOperation
from products.trace.services.batches import correct_batch
from tests.factories import NOW, make_authorisation, make_batch
from tests.trace.lots.helpers import dispatch, give, harvest, receive, record, stock, take
from tests.trace.test_recall_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def sums_agree() -> bool:
    return all(lot.stock_g == sum(lot.moves.values_list("mass_g", flat=True)) for lot in Lot.objects.all())


def test_six_who_take_more_than_there_is_leave_no_debt(maker: Actor, makers: Enterprise) -> None:
    lot = harvest(maker, grams=10_000)

    results = at_once(*[lambda: record(maker, "loss", taken=take({lot: 3_000}), reason="x")] * 6)

    assert Counter(results) == {"done": 3, "stock_too_small": 3}
    assert (stock(lot), sums_agree()) == ([1_000], True)


def test_lots_named_in_opposite_orders_do_not_lock_each_other_out(maker: Actor) -> None:
    first, second = harvest(maker, "H-1"), harvest(maker, "H-2")
    ways = [{first: 10_000, second: 10_000}, {second: 10_000, first: 10_000}]

    results = at_once(
        *(
            lambda way=way, number=number: record(maker, "merge", taken=take(way), given=give((f"M-{number}", 20_000)))
            for number, way in enumerate(ways * 3)
        )
    )

    assert results == ["done"] * 6
    assert (stock(first, second), sums_agree()) == ([40_000, 40_000], True)


def test_a_batch_that_is_sent_by_several_gets_one_lot(maker: Actor, makers: Enterprise) -> None:
    batch = make_batch(authorisation=make_authorisation(enterprise=makers), net_mass_g=10_000)

    results = at_once(*[lambda: dispatch(maker, {batch: 4_000})] * 4)

    assert Counter(results) == {"done": 2, "stock_too_small": 2}
    assert LotOperation.objects.filter(kind="declared").count() == 1
    assert (stock(batch.traced_lot), sums_agree()) == ([2_000], True)


def test_a_batch_is_made_by_one_process_alone(maker: Actor, makers: Enterprise) -> None:
    batch = make_batch(authorisation=make_authorisation(enterprise=makers), net_mass_g=10_000)
    lots = [harvest(maker, f"H-{number}") for number in range(4)]

    results = at_once(
        *(
            lambda lot=lot: record(
                maker, "process", process="x", taken=take({lot: 20_000}), given=give((batch, 10_000))
            )
            for lot in lots
        )
    )

    assert Counter(results) == {"done": 1, "batch_source_stated": 3}
    assert sorted(stock(*lots)) == [80_000, 100_000, 100_000, 100_000]


def test_a_dispatch_is_received_once(maker: Actor, rival: Actor, makers: Enterprise) -> None:
    batch = make_batch(authorisation=make_authorisation(enterprise=makers), net_mass_g=10_000)
    sent = dispatch(maker, {batch: 4_000}, to=Enterprise.objects.get(uscc=rival.uscc))

    results = at_once(*(lambda number=number: receive(rival, sent, f"R-{number}", grams=4_000) for number in range(4)))

    assert Counter(results) == {"done": 1, "dispatch_received": 3}


def test_a_correction_and_a_dispatch_agree_on_what_is_left(maker: Actor, makers: Enterprise) -> None:
    batch = make_batch(authorisation=make_authorisation(enterprise=makers), net_mass_g=10_000)
    dispatch(maker, {batch: 1_000})

    results = at_once(
        lambda: correct_batch(actor=maker, code=batch.code, changes={"net_mass_g": 5_000}, reason="x", now=NOW),
        *[lambda: dispatch(maker, {batch: 4_000})] * 2,
    )

    assert set(results) <= {"done", "stock_too_small"}
    batch.refresh_from_db()
    sent = -sum(LotOperation.objects.filter(kind="dispatch").values_list("moves__mass_g", flat=True))
    assert stock(batch.traced_lot) == [batch.net_mass_g - sent]
    assert sums_agree()
