"""Operations with lots: what each takes and gives, to the gram, and what the ledger is told."""

from __future__ import annotations

from datetime import date

import pytest

from products.access import Actor
from products.audit import commitment
from products.registry.models.enterprise import Enterprise
from products.trace.domain.lineage import partner_text
from products.trace.models.batch import Batch
from products.trace.models.lot import Lot, LotMove, LotOperation
from products.trace.services.batches import correct_batch
from products.trace.services.lot_checks import Given
from tests.factories import (
    NOW,
    PIDU,
    PUJIANG,
    make_authorisation,
    make_batch,
    make_indication,
    make_limit,
    make_version,
)
from tests.trace.lots.helpers import (
    dispatch,
    entries_of,
    give,
    given_lot,
    harvest,
    links,
    moved,
    purchase,
    receive,
    record,
    stock,
    take,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(makers: Enterprise) -> Batch:
    """Of 40 kg, under a right of the maker's."""
    return make_batch(authorisation=make_authorisation(enterprise=makers), net_mass_g=40_000)


def test_a_harvest_gives_one_lot_of_its_county(maker: Actor, makers: Enterprise) -> None:
    right = make_authorisation(enterprise=makers)

    lot = harvest(maker, "H-1", grams=100_001, indication_code=right.indication.code)

    assert (lot.kind, lot.stock_g, lot.origin_id, lot.indication) == ("harvest", 100_001, PIDU, right.indication)
    (opened,) = entries_of("lot", lot.code)
    assert opened["kind"] == "trace.lot_opened"
    assert opened["data"] == {
        "enterprise": makers.uscc,
        "indication": right.indication.code,
        "kind": "harvest",
        "material": "鲜辣椒",
        "lot": "H-1",
        "batch": None,
        "plot": None,
        "origin": PIDU,
        "document_no": "",
        "document_sha256": "",
        "made_on": "2026-11-20",
    }
    row = LotOperation.objects.get()
    (said,) = entries_of("lot-operation", row.code)
    assert (said["kind"], said["data"]["kind"]) == ("trace.lots_moved", "harvest")
    assert said["data"]["moves"] == [{"lot": str(lot.code), "mass_g": 100_001}]
    assert links() == {(f"op:{row.code}", f"lot:{lot.code}")}


def test_a_purchase_keeps_the_seller_behind_a_salt(maker: Actor) -> None:
    lot = purchase(maker, seller_name="农户张三")

    (opened,) = entries_of("lot", lot.code)
    assert "张三" not in str(opened)
    salted = commitment(partner_text(name="农户张三", uscc=""), salt=bytes(lot.seller_salt))
    assert opened["commitments"] == {"seller": salted}
    assert (lot.kind, lot.seller_name, lot.document_no) == ("purchase", "农户张三", "SG-1")


def test_a_split_and_a_merge_conserve_every_gram(maker: Actor) -> None:
    source = harvest(maker, grams=100_000)

    parts = record(maker, "split", taken=take({source: 60_001}), given=give(("S-1", 20_000), ("S-2", 40_001)))
    first, second = Lot.objects.filter(kind="work").order_by("lot")
    whole = record(maker, "merge", taken=take({first: 20_000, second: 1}), given=give(("M-1", 20_001)))

    assert moved(parts) == {"H-1": -60_001, "S-1": 20_000, "S-2": 40_001}
    assert stock(source, first, second, given_lot(whole)) == [39_999, 0, 40_000, 20_001]
    assert first.material == "鲜辣椒"
    assert {pair for pair in links() if f"op:{whole.code}" in pair} == {
        (f"lot:{first.code}", f"op:{whole.code}"),
        (f"lot:{second.code}", f"op:{whole.code}"),
        (f"op:{whole.code}", f"lot:{given_lot(whole).code}"),
    }


def test_a_process_makes_a_registered_batch_of_its_net_mass(maker: Actor, batch: Batch) -> None:
    peppers, beans = harvest(maker), purchase(maker)

    row = record(
        maker, "process", process="发酵", taken=take({peppers: 60_000, beans: 20_000}), given=give((batch, 40_000))
    )

    lot = batch.traced_lot
    assert (lot.kind, lot.stock_g, lot.lot) == ("batch", 40_000, batch.lot)
    assert (row.yield_permille, row.yield_min_permille, row.yield_max_permille) == (500, None, None)
    assert entries_of("lot", lot.code)[0]["data"]["batch"] == str(batch.code)


def test_a_process_may_give_several_lots(maker: Actor) -> None:
    source = harvest(maker)

    row = record(
        maker,
        "process",
        process="压榨",
        taken=take({source: 30_000}),
        given=[Given(lot="OIL", material="油", mass_g=9_999), Given(lot="CAKE", material="饼粕", mass_g=20_000)],
    )

    assert row.yield_permille == 1000
    assert dict(Lot.objects.filter(kind="work").values_list("lot", "material")) == {"OIL": "油", "CAKE": "饼粕"}


def test_a_loss_and_a_count_change_the_stock(maker: Actor) -> None:
    lot, other = harvest(maker, "H-1"), harvest(maker, "H-2")

    record(maker, "loss", taken=take({lot: 5_000}), reason="霉变")
    row = record(maker, "stocktake", taken=take({lot: 96_000, other: 100_000}), reason="复秤")
    empty = record(maker, "stocktake", taken=take({other: 0}), reason="盘亏")

    assert moved(row) == {"H-1": 1_000}
    assert moved(empty) == {"H-2": -100_000}
    assert stock(lot, other) == [96_000, 0]
    assert not any(f"op:{row.code}" in pair or f"op:{empty.code}" in pair for pair in links())


def test_a_batch_gets_its_lot_when_it_is_first_dispatched(maker: Actor, batch: Batch) -> None:
    row = dispatch(maker, {batch: 15_000})

    declared = LotOperation.objects.get(kind="declared")
    lot = batch.traced_lot
    assert (lot.stock_g, declared.moves.get().mass_g) == (25_000, 40_000)
    assert [entry["data"]["kind"] for entry in entries_of("lot-operation", declared.code)] == ["declared"]
    assert (row.consignee_name, moved(row)) == ("成都某超市", {batch.lot: -15_000})
    (said,) = entries_of("lot-operation", row.code)
    assert "成都某超市" not in str(said)
    assert said["commitments"].keys() == {"consignee"}


def test_a_dispatch_is_received_once_as_one_lot_that_descends_from_it(
    maker: Actor, rival: Actor, makers: Enterprise, batch: Batch
) -> None:
    buyer = Enterprise.objects.get(uscc=rival.uscc)
    sent = dispatch(maker, {batch: 15_000}, to=buyer)

    lot = receive(rival, sent, grams=14_500)

    bought = LotOperation.objects.get(kind="purchase")
    assert bought.dispatch == sent
    assert (lot.seller_name, lot.seller_uscc, lot.stock_g) == (makers.name, makers.uscc, 14_500)
    assert {(f"op:{sent.code}", f"op:{bought.code}"), (f"op:{bought.code}", f"lot:{lot.code}")} <= links()
    assert entries_of("lot-operation", bought.code)[0]["data"]["dispatch"] == str(sent.code)


def test_a_corrected_net_mass_moves_the_stock_and_keeps_what_left(maker: Actor, batch: Batch) -> None:
    dispatch(maker, {batch: 15_000})

    correct_batch(
        actor=maker,
        code=batch.code,
        changes={"net_mass_g": 42_000, "lot": "N-1", "produced_on": date(2026, 11, 19)},
        reason="称重录错",
        now=NOW,
    )

    lot = Lot.objects.get(batch=batch)
    assert (lot.stock_g, lot.lot, lot.made_on) == (27_000, "N-1", date(2026, 11, 19))
    change = LotMove.objects.get(operation__kind="stocktake")
    assert (change.mass_g, change.operation.reason) == (2_000, "称重录错")
    assert [entry["kind"] for entry in entries_of("lot", lot.code)] == ["trace.lot_opened", "trace.lot_corrected"]


def test_two_batches_of_one_maker_may_bear_the_same_number(maker: Actor, makers: Enterprise) -> None:
    batches = [make_batch(authorisation=make_authorisation(enterprise=makers), lot="SAME") for _ in range(2)]

    for batch in batches:
        dispatch(maker, {batch: 1})

    assert Lot.objects.filter(lot="SAME").count() == 2


def test_a_yield_outside_the_specification_needs_reason_and_evidence(maker: Actor, makers: Enterprise) -> None:
    right = make_authorisation(enterprise=makers)
    version = make_version(right.indication)
    make_limit(version, "yield_permille", "range", "300", "400", unit="permille", scope="process")
    lot = harvest(maker, indication_code=right.indication.code)

    within = record(maker, "process", process="晒制", taken=take({lot: 10_000}), given=give(("W-1", 3_500)))
    outside = record(
        maker,
        "process",
        process="晒制",
        taken=take({lot: 10_000}),
        given=give(("W-2", 4_500)),
        reason="雨季含水高",
        document_no="SC-7",
    )

    assert [(row.yield_permille, row.yield_min_permille, row.yield_max_permille) for row in (within, outside)] == [
        (350, 300, 400),
        (450, 300, 400),
    ]


def test_materials_of_two_counties_belong_to_no_indication_by_themselves(maker: Actor, makers: Enterprise) -> None:
    one, two = (make_authorisation(enterprise=makers, indication=make_indication()).indication for _ in range(2))
    first = harvest(maker, "H-1", indication_code=one.code)
    second = harvest(maker, "H-2", indication_code=two.code)
    plain = harvest(maker, "H-3", origin_code=PUJIANG)

    mixed = given_lot(record(maker, "merge", taken=take({first: 1, second: 1}), given=give(("M-1", 2))))
    same = given_lot(record(maker, "split", taken=take({first: 1}), given=give(("S-1", 1))))

    assert (mixed.indication, same.indication, plain.indication) == (None, one, None)
