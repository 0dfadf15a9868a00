"""Rows and statements of recalls: kept as they were, in entries of a size that the log takes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction

from ledger.models import Entry
from products.access import Actor
from products.registry.models.enterprise import Enterprise
from products.trace.models.batch import Batch
from products.trace.models.lot import LineageLink, Lot
from products.trace.models.recall import ConsigneeAnswer, Recall, RecallBatch, RecallNotice
from products.trace.queries.downstream import walk
from products.trace.queries.recall_plan import plan_recall
from products.trace.recall_errors import UnderRecall
from products.trace.services.batches import hold_batch, release_batch
from products.trace.services.recalls import close_recall
from tests.conftest import signed_in
from tests.factories import NOW, PIDU, TODAY, make_authorisation, make_batch
from tests.trace.lineage_helpers import dispatch, make_lot
from tests.trace.reading import page, text_of
from tests.trace.recall_helpers import Chain, entries_of, hold, make_chain, recall


@pytest.fixture
def chain(makers: Enterprise) -> Chain:
    return make_chain(makers)


def refused(change: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            change()
    except DatabaseError:
        return True
    return False


def test_what_a_recall_says_and_covers_is_never_rewritten(maker: Actor, chain: Chain) -> None:
    row = recall(maker, f"lot:{chain.raw.code}")
    operation = dispatch(chain.lots["first"], grams=1)
    ConsigneeAnswer.objects.create(
        recall=row, operation=operation, notified_on=TODAY, recovered_g=1, by="uscc:x", at=NOW
    )

    assert refused(lambda: Recall.objects.update(reason="别的原因"))
    assert refused(lambda: RecallBatch.objects.update(to_state="released"))
    assert refused(lambda: RecallNotice.objects.update(node="x"))
    assert refused(lambda: ConsigneeAnswer.objects.update(recovered_g=2))
    for model in (ConsigneeAnswer, RecallNotice, RecallBatch, Recall):
        assert refused(model._default_manager.all().delete)
    close_recall(actor=maker, code=row.code, outcome="已销毁", now=NOW)


def test_a_long_list_goes_on_in_further_entries(maker: Actor, makers: Enterprise) -> None:
    right, raw, count = make_authorisation(enterprise=makers), make_lot(makers, kind="purchase"), 620
    Batch.objects.bulk_create(
        Batch(
            authorisation=right,
            lot=f"N{number}",
            origin_id=PIDU,
            produced_on=TODAY,
            net_mass_g=1,
            state="released",
            created_at=NOW,
        )
        for number in range(count)
    )
    lots = Lot.objects.bulk_create(
        Lot(enterprise=makers, kind="batch", material="豆瓣", lot=batch.lot, batch=batch, made_on=TODAY, created_at=NOW)
        for batch in Batch.objects.order_by("pk")
    )
    LineageLink.objects.bulk_create(LineageLink(parent=f"lot:{raw.code}", child=f"lot:{lot.code}") for lot in lots)
    names = [f"urn:epc:class:lgtin:6901234.567892.{'X' * 120}{number}" for number in range(90)]
    LineageLink.objects.bulk_create(LineageLink(parent=f"lot:{lots[0].code}", child=name) for name in names)

    row = recall(maker, f"lot:{raw.code}", reason="字" * 500, advice="字" * 200)

    entries = entries_of(row)
    assert [len(entry["data"]["batches"]) for entry in entries] == [250, 250, 120]
    assert [len(entry["data"]["referred"]) for entry in entries] == [40, 40, 10]
    assert max(len(bytes(each.body)) for each in Entry.objects.filter(subject=f"recall:{row.code}")) < 60_000
    assert row.covers.filter(batch__state="recalled").count() == count
    assert "另有 420 个批次，这里没有列出" in text_of(page(signed_in(maker), f"/recalls/{row.code}"))


def test_what_only_others_name_is_counted_and_left_to_the_recaller(maker: Actor, chain: Chain) -> None:
    LineageLink.objects.create(parent=f"lot:{chain.lots['second'].code}", child="urn:epc:id:sgtin:6901234.56789.1")

    assert plan_recall(actor=maker, root=f"lot:{chain.raw.code}").foreign == ["urn:epc:id:sgtin:6901234.56789.1"]
    row = recall(maker, f"lot:{chain.raw.code}")

    assert row.notices.get(enterprise=None).node == "urn:epc:id:sgtin:6901234.56789.1"
    assert "本平台以外的 1 项，请自行通知" in text_of(page(signed_in(maker), f"/recalls/{row.code}"))


def test_a_batch_without_a_lot_counts_under_its_own_name(maker: Actor, chain: Chain) -> None:
    named = make_batch(authorisation=chain.first.authorisation)
    waiting = make_batch(authorisation=chain.first.authorisation, state="registered")
    for parent, child in ((chain.raw.code, named.code), (chain.raw.code, waiting.code)):
        LineageLink.objects.create(parent=f"lot:{parent}", child=f"batch:{child}")
    hold_batch(actor=maker, code=named.code, reason="疑问", now=NOW)

    row = recall(maker, f"batch:{chain.first.code}")
    assert row.covers.count() == 2
    row = recall(maker, f"lot:{chain.raw.code}")

    assert row.covers.count() == 4
    assert plan_recall(actor=maker, root=f"batch:{named.code}").covered == [named]


def test_a_batch_that_others_say_came_of_it_is_not_released(maker: Actor, chain: Chain) -> None:
    hold(maker, f"batch:{chain.first.code}")
    waiting = make_batch(authorisation=chain.first.authorisation, state="registered")
    LineageLink.objects.create(parent=f"lot:{chain.lots['first'].code}", child=f"batch:{waiting.code}")

    with pytest.raises(UnderRecall):
        release_batch(actor=maker, code=waiting.code, now=NOW)


def test_a_circle_that_others_claim_is_walked_once(maker: Actor, chain: Chain) -> None:
    LineageLink.objects.create(parent=f"lot:{chain.lots['second'].code}", child=f"lot:{chain.raw.code}")

    names = walk([f"lot:{chain.raw.code}"], down=True)

    assert len(names) == len(set(names))
    assert recall(maker, f"lot:{chain.raw.code}").covers.count() == 2


def test_a_recall_begins_from_a_number_that_one_may_see(maker: Actor, rival: Actor, chain: Chain) -> None:
    draft = make_batch(authorisation=chain.first.authorisation, lot="W-9", state="draft")

    soup = page(signed_in(maker), "/recalls/?q=w-")

    links = [str(each["href"]) for each in soup.select("ul.todo a")]
    assert links == [f"/recalls/new?root=lot:{chain.raw.code}"]
    assert draft.lot not in text_of(soup)
    assert page(signed_in(maker), f"/producer/lots/{chain.raw.code}").select(f"a[href='{links[0]}']")
    assert "没有这个批号" in text_of(page(signed_in(rival), "/recalls/?q=W-1"))
    assert "B-1" in text_of(page(signed_in(maker), "/recalls/?q=B-1"))


def test_the_front_page_of_the_notified_office_says_so(maker: Actor, officer_south: Actor, chain: Chain) -> None:
    assert "召回涉及" not in text_of(page(signed_in(officer_south), "/regulator/"))
    recall(maker, f"lot:{chain.raw.code}")

    assert "召回涉及您辖区的 1 个批次" in text_of(page(signed_in(officer_south), "/regulator/"))
