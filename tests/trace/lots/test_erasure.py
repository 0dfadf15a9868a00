"""Persons whom something was bought from or sent to are forgotten, once the law lets them be."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from products.access import Actor
from products.errors import ErasureRefused, NotFound
from products.registry.models.enterprise import Enterprise
from products.trace.models.lot import Lot, LotOperation
from products.trace.services.lot_erasure import erase_consignee, erase_seller
from tests.coverage.reading import differences
from tests.trace.lots.helpers import dispatch, entries_of, purchase

pytestmark = pytest.mark.django_db


def test_names_stay_as_long_as_the_law_demands_them(maker: Actor, now: datetime) -> None:
    lot = purchase(maker, seller_name="张三")
    sent = dispatch(maker, {lot: 1_000}, consignee_name="李四")

    with pytest.raises(ErasureRefused, match="第五十"):
        erase_seller(code=lot.code, now=now)
    with pytest.raises(ErasureRefused, match="第五十"):
        erase_consignee(code=sent.code, now=now)
    later = now + timedelta(days=800)
    assert erase_seller(code=lot.code, now=later)["sellers"] == 1
    assert erase_consignee(code=sent.code, now=later)["consignees"] == 1
    assert not any(erase_seller(code=lot.code, now=later).values())

    lot.refresh_from_db()
    sent.refresh_from_db()
    assert (lot.seller_name, bytes(lot.seller_salt), lot.stock_g) == ("", b"", 99_000)
    assert (sent.consignee_name, bytes(sent.consignee_salt)) == ("", b"")
    assert entries_of("lot", lot.code)[-1]["kind"] == "trace.seller_erased"
    assert differences([f"lot:{lot.code}", f"lot-operation:{sent.code}"]) == []


def test_organisations_are_no_persons(maker: Actor, makers: Enterprise, rival: Actor, now: datetime) -> None:
    later = now + timedelta(days=800)
    lot = purchase(maker, seller_name="某公司", seller_uscc=rival.uscc)

    with pytest.raises(ErasureRefused, match="不是个人信息"):
        erase_seller(code=lot.code, now=later)
    with pytest.raises(NotFound):
        erase_consignee(code=lot.code, now=later)


def test_the_database_lets_names_go_and_nothing_else(maker: Actor) -> None:
    sent = dispatch(maker, {purchase(maker): 1_000})

    for rows, values in (
        (Lot.objects.all(), {"seller_name": "别人"}),
        (Lot.objects.all(), {"seller_name": ""}),
        (Lot.objects.all(), {"material": "别的"}),
        (LotOperation.objects.filter(pk=sent.pk), {"consignee_name": "别人"}),
        (LotOperation.objects.filter(pk=sent.pk), {"done_on": "2026-01-01"}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**values)
    for rows in (Lot.objects.all(), LotOperation.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete(rows.db)
