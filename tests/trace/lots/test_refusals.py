"""What is refused of operations with lots: a code, the field, a sentence that says what to do, and nothing written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from ledger.models import Entry
from products.access import Actor
from products.errors import DomainError
from products.registry.models.enterprise import Enterprise
from products.trace.models.batch import Batch
from products.trace.models.lot import LineageLink, Lot, LotMove, LotOperation
from products.trace.services.batches import correct_batch
from products.trace.services.lot_checks import Given, Taken
from tests.factories import NOW, PUJIANG, make_authorisation, make_batch, make_indication, make_limit, make_version
from tests.trace.lots.helpers import dispatch, give, given_lot, harvest, purchase, receive, record, stock, take
from tests.trace.recall_helpers import hold, recall

pytestmark = pytest.mark.django_db


@pytest.fixture
def lot(maker: Actor) -> Lot:
    return harvest(maker, "H-1", grams=100_000)


@pytest.fixture
def batch(makers: Enterprise) -> Batch:
    return make_batch(authorisation=make_authorisation(enterprise=makers), net_mass_g=40_000)


def counts() -> list[int]:
    return [model._default_manager.count() for model in (Lot, LotOperation, LotMove, LineageLink, Entry)]


def refused(act: Callable[[], object]) -> tuple[str, str]:
    """Code and field of the refusal; nothing was written, and the text is a sentence."""
    before = counts()
    with pytest.raises(DomainError) as caught:
        act()
    assert counts() == before
    assert len(caught.value.text) > 8
    assert caught.value.text.endswith("。")
    return caught.value.code, caught.value.field


HARVEST: dict[str, Any] = {"given": [Given(lot="H-9", material="鲜辣椒", mass_g=1)], "origin_code": "510117"}
PURCHASE: dict[str, Any] = {
    "given": [Given(lot="P-9", material="蚕豆", mass_g=1)],
    "seller_name": "张三",
    "document_no": "1",
}


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("brew", {}, ("invalid_input", "kind")),
        ("declared", {}, ("invalid_input", "kind")),
        ("harvest", HARVEST | {"given": []}, ("operation_malformed", "given")),
        ("harvest", HARVEST | {"given": HARVEST["given"] * 2}, ("operation_malformed", "given")),
        ("harvest", HARVEST | {"done_on": date(2026, 11, 24)}, ("operation_date_implausible", "done_on")),
        ("harvest", HARVEST | {"done_on": date(2016, 11, 22)}, ("operation_date_implausible", "done_on")),
        ("harvest", HARVEST | {"origin_code": ""}, ("lot_field_missing", "origin_code")),
        ("harvest", HARVEST | {"origin_code": "999999"}, ("unknown_county", "origin_code")),
        ("harvest", HARVEST | {"plot": uuid4()}, ("not_found", "plot")),
        ("harvest", HARVEST | {"indication_code": "T-none"}, ("indication_not_own", "indication_code")),
        (
            "harvest",
            HARVEST | {"given": [Given(lot="一号", material="椒", mass_g=1)]},
            ("invalid_lot", "given.0.lot"),
        ),
        ("harvest", HARVEST | {"given": [Given(lot="H", mass_g=1)]}, ("lot_field_missing", "given.0.material")),
        (
            "harvest",
            HARVEST | {"given": [Given(lot="H", material="椒", mass_g=0)]},
            ("mass_not_positive", "given.0.mass_g"),
        ),
        (
            "harvest",
            HARVEST | {"given": [Given(lot="H", material="椒", mass_g=10**11 + 1)]},
            ("absurd_mass", "given.0.mass_g"),
        ),
        (
            "harvest",
            HARVEST | {"given": [Given(lot="H", material="椒" * 81, mass_g=1)]},
            ("text_too_long", "given.0.material"),
        ),
        (
            "harvest",
            HARVEST | {"given": [Given(lot="H", material="椒\x00", mass_g=1)]},
            ("invalid_text", "given.0.material"),
        ),
        ("harvest", HARVEST | {"given": [Given(batch=uuid4(), mass_g=1)]}, ("operation_malformed", "given.0")),
        ("purchase", PURCHASE | {"seller_name": " "}, ("lot_field_missing", "seller_name")),
        ("purchase", PURCHASE | {"document_no": ""}, ("document_missing", "document_no")),
        ("purchase", PURCHASE | {"seller_uscc": "123"}, ("invalid_uscc", "seller_uscc")),
        ("purchase", PURCHASE | {"document_sha256": "x"}, ("invalid_input", "document_sha256")),
        ("purchase", PURCHASE | {"dispatch": uuid4()}, ("not_found", "dispatch")),
        ("split", {"given": give(("S", 1))}, ("operation_malformed", "taken")),
        ("loss", {"taken": [Taken(mass_g=1, lot=uuid4())], "reason": "x"}, ("not_found", "taken.0.lot")),
        ("loss", {"taken": [Taken(mass_g=1, batch=uuid4())], "reason": "x"}, ("not_found", "taken.0.batch")),
        ("loss", {"taken": [Taken(mass_g=1)], "reason": "x"}, ("operation_malformed", "taken.0")),
        ("loss", {"taken": [Taken(mass_g=1, lot=uuid4())]}, ("reason_missing", "reason")),
        ("loss", {"taken": [Taken(mass_g=-1, lot=uuid4())], "reason": "x"}, ("mass_not_positive", "taken.0.mass_g")),
        (
            "loss",
            {"taken": [Taken(mass_g=1, lot=uuid4())] * 201, "reason": "x"},
            ("operation_malformed", "taken"),
        ),
        ("dispatch", {"taken": [Taken(mass_g=1, lot=uuid4())]}, ("lot_field_missing", "consignee_name")),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_at_its_field(
    maker: Actor, kind: str, changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert refused(lambda: record(maker, kind, **changes)) == expected


def test_splitting_and_merging_neither_make_nor_lose_a_gram(maker: Actor, lot: Lot) -> None:
    other = purchase(maker)

    assert refused(lambda: record(maker, "split", taken=take({lot: 10}), given=give(("S", 11)))) == (
        "mass_not_conserved",
        "given",
    )
    assert refused(lambda: record(maker, "merge", taken=take({lot: 10, other: 1}), given=give(("M", 10)))) == (
        "mass_not_conserved",
        "given",
    )
    assert refused(lambda: record(maker, "merge", taken=take({lot: 10}), given=give(("M", 10)))) == (
        "operation_malformed",
        "taken",
    )


def test_more_than_there_is_cannot_be_used(maker: Actor, lot: Lot) -> None:
    assert refused(lambda: record(maker, "loss", taken=take({lot: 100_001}), reason="x")) == (
        "stock_too_small",
        "taken.0.mass_g",
    )
    twice = [*take({lot: 1}), *take({lot: 2})]
    assert refused(lambda: record(maker, "loss", taken=twice, reason="x"))[0] == "operation_malformed"
    early = {"done_on": date(2026, 11, 19)}
    assert refused(lambda: record(maker, "loss", taken=take({lot: 1}), reason="x", **early)) == (
        "operation_date_implausible",
        "done_on",
    )
    assert refused(lambda: record(maker, "stocktake", taken=take({lot: 100_000}), reason="x"))[0] == "nothing_changed"


def test_a_number_is_used_once(maker: Actor, lot: Lot) -> None:
    assert refused(lambda: harvest(maker, "H-1")) == ("lot_number_taken", "given.0.lot")
    assert refused(lambda: record(maker, "split", taken=take({lot: 2}), given=give(("S", 1), ("S", 1)))) == (
        "lot_number_taken",
        "given.1.lot",
    )


def test_nobody_uses_what_is_not_theirs(rival: Actor, officer_north: Actor, lot: Lot, batch: Batch) -> None:
    assert refused(lambda: record(rival, "loss", taken=take({lot: 1}), reason="x")) == ("not_found", "taken.0.lot")
    assert refused(lambda: dispatch(rival, {batch: 1})) == ("not_found", "taken.0.batch")
    own = harvest(rival, "H-7")
    parts = {"process": "x", "taken": take({own: 40_000}), "given": give((batch, 40_000))}
    assert refused(lambda: record(rival, "process", **parts)) == ("not_found", "given.0.batch")
    assert refused(lambda: harvest(officer_north))[0] == "forbidden"


def test_a_batch_is_made_once_of_its_net_mass_and_registered_before(maker: Actor, lot: Lot, batch: Batch) -> None:
    def make(grams: int = 40_000, into: Batch = batch) -> tuple[str, str]:
        parts = {"process": "x", "taken": take({lot: 40_000}), "given": give((into, grams))}
        return refused(lambda: record(maker, "process", **parts))

    assert make(39_999) == ("output_mass_mismatch", "given.0.mass_g")
    assert make(into=make_batch(authorisation=batch.authorisation, lot="D", state="draft"))[0] == "wrong_batch_state"
    dispatch(maker, {batch: 1})
    assert make() == ("batch_source_stated", "given.0.batch")


def test_nothing_comes_of_itself(maker: Actor, batch: Batch) -> None:
    parts = {"process": "x", "taken": take({batch: 40_000}), "given": give((batch, 40_000))}
    assert refused(lambda: record(maker, "process", **parts))[0] == "batch_source_stated"

    later = harvest(maker, "H-2")
    # As an event of the maker's said of the batch before it had a lot.
    LineageLink.objects.create(parent=f"batch:{batch.code}", child="event:x")
    LineageLink.objects.create(parent="event:x", child=f"lot:{later.code}")
    parts = {"process": "x", "taken": take({later: 40_000}), "given": give((batch, 40_000))}
    assert refused(lambda: record(maker, "process", **parts)) == ("circular_lineage", "given.0.batch")


def test_what_is_recalled_or_held_is_neither_used_nor_sent(maker: Actor, lot: Lot, batch: Batch) -> None:
    record(maker, "process", process="x", taken=take({lot: 40_000}), given=give((batch, 40_000)))
    part = given_lot(record(maker, "split", taken=take({lot: 1_000}), given=give(("S", 1_000))))
    hold(maker, f"batch:{batch.code}")
    assert refused(lambda: dispatch(maker, {batch: 1}))[0] == "under_recall"

    recall(maker, f"lot:{lot.code}")

    for each in (lot, part, batch):
        assert refused(lambda each=each: dispatch(maker, {each: 1}))[0] == "under_recall"  # type: ignore[misc]
        use = {"process": "x", "taken": take({each: 1}), "given": give(("W", 1))}
        assert refused(lambda use=use: record(maker, "process", **use))[0] == "under_recall"  # type: ignore[misc]
    record(maker, "loss", taken=take({part: 1_000}), reason="销毁")
    assert stock(part) == [0]


def test_a_batch_is_sent_once_it_is_released(maker: Actor, makers: Enterprise, batch: Batch) -> None:
    waiting = make_batch(authorisation=batch.authorisation, lot="W", state="registered")
    draft = make_batch(authorisation=batch.authorisation, lot="D", state="draft")

    assert refused(lambda: dispatch(maker, {waiting: 1})) == ("wrong_batch_state", "taken.0")
    assert refused(lambda: dispatch(maker, {draft: 1}))[0] == "wrong_batch_state"
    assert refused(lambda: dispatch(maker, {batch: 1}, to=makers)) == ("operation_malformed", "consignee_uscc")
    far: dict[str, Any] = {"consignee_region_code": "110000"}
    assert refused(lambda: dispatch(maker, {batch: 1}, **far)) == ("unknown_county", "consignee_region_code")


def test_a_dispatch_is_received_by_its_consignee_once_and_no_more_than_was_sent(
    maker: Actor, rival: Actor, batch: Batch
) -> None:
    buyer = Enterprise.objects.get(uscc=rival.uscc)
    sent, elsewhere = dispatch(maker, {batch: 10_000}, to=buyer), dispatch(maker, {batch: 10_000})

    assert refused(lambda: receive(rival, elsewhere, grams=1)) == ("not_found", "dispatch")
    assert refused(lambda: receive(maker, sent, grams=1)) == ("not_found", "dispatch")
    assert refused(lambda: receive(rival, sent, grams=10_001)) == ("more_than_dispatched", "given.0.mass_g")
    early: dict[str, Any] = {"done_on": date(2026, 11, 21)}
    assert refused(lambda: receive(rival, sent, grams=1, **early)) == ("operation_date_implausible", "done_on")
    receive(rival, sent, grams=10_000)
    assert refused(lambda: receive(rival, sent, "R-2", grams=1)) == ("dispatch_received", "dispatch")
    strange: dict[str, Any] = {"done_on": date(2026, 11, 23), "dispatch": sent.code}
    assert refused(lambda: harvest(rival, **strange)) == ("operation_malformed", "dispatch")


def test_a_batch_neither_grows_by_counting_nor_shrinks_below_what_left(maker: Actor, batch: Batch) -> None:
    dispatch(maker, {batch: 30_000})

    count = {"taken": take({batch: 40_001}), "reason": "x"}
    assert refused(lambda: record(maker, "stocktake", **count)) == ("stock_above_net_mass", "taken.0.mass_g")
    changes = {"net_mass_g": 29_999}
    correct = lambda: correct_batch(actor=maker, code=batch.code, changes=changes, reason="x", now=NOW)  # type: ignore[arg-type]  # noqa: E731
    assert refused(correct) == ("stock_too_small", "net_mass_g")


def test_a_yield_outside_the_range_asks_for_its_evidence(maker: Actor, makers: Enterprise) -> None:
    right = make_authorisation(enterprise=makers)
    version = make_version(right.indication)
    make_limit(version, "yield_permille", "le", "40", unit="%", scope="process")
    lot = harvest(maker, indication_code=right.indication.code)

    def make(**said: str) -> tuple[str, str]:
        parts = {"process": "x", "taken": take({lot: 1_000}), "given": give(("W", 401))}
        return refused(lambda: record(maker, "process", **parts, **said))

    assert make() == ("yield_unexplained", "reason")
    assert make(reason="含水高") == ("yield_unexplained", "document_no")


def test_one_indications_goods_do_not_become_anothers(maker: Actor, makers: Enterprise, batch: Batch) -> None:
    other = make_authorisation(enterprise=makers, indication=make_indication())
    lot = harvest(maker, indication_code=other.indication.code)

    parts = {"taken": take({lot: 40_000}), "given": give((batch, 40_000))}
    assert refused(lambda: record(maker, "split", **parts)) == ("lots_of_other_indication", "given")
    outside: dict[str, Any] = {"indication_code": other.indication.code, "origin_code": PUJIANG}
    assert refused(lambda: harvest(maker, "H-2", **outside)) == ("outside_area", "origin_code")
