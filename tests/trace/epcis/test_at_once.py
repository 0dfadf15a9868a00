"""Captures that arrive at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from products.access import Actor
from products.trace.models.epcis import EpcisCapture, EpcisEvent
from tests.trace.epcis.helpers import aggregation, object_event, pallet, store, unit

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_document_many_times_at_once_is_kept_once(maker: Actor) -> None:
    def send(_number: int) -> int:
        try:
            return store(maker, object_event(unit(1)), object_event(unit(2))).kept_count
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(send, range(8)))

    assert sorted(kept) == [0] * 7 + [2]
    assert EpcisEvent.objects.count() == 2
    assert EpcisCapture.objects.count() == 8


def test_a_unit_is_packed_once_whoever_comes_first(maker: Actor) -> None:
    def pack(number: int) -> int:
        try:
            return store(maker, aggregation(pallet(number), unit(1))).kept_count
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(pack, range(1, 7)))

    assert sum(kept) == 1
