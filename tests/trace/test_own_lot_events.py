"""What is done with lots as EPCIS events."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.adapters.signer import Signer
from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.trace.models.epcis import EpcisCapture, EpcisEvent
from products.trace.models.lot import LineageLink
from products.trace.services.batches import release_batch
from products.trace.services.lot_checks import Taken
from tests.conftest import signed_in
from tests.factories import NOW
from tests.trace.helpers import register
from tests.trace.lots.helpers import dispatch, give, harvest, purchase, receive, record, take
from tests.trace.own_events import BASE, Event, publish
from tests.trace.test_own_corrections import correct

GTIN = "06901234567892"
LOT = f"https://id.gs1.org/01/{GTIN}/10/261120-01"
pytestmark = pytest.mark.usefixtures("base")


def by_act(events: list[Event]) -> dict[str, Event]:
    return {event["gi:act"]: event for event in events}


def test_a_harvest_commissions_a_lot_on_its_day(maker: Actor, makers: Enterprise, signer: Signer) -> None:
    lot = harvest(maker, grams=80_500)

    [event] = publish(signer)

    assert (event["type"], event["action"], event["bizStep"]) == ("ObjectEvent", "ADD", "commissioning")
    assert event["quantityList"] == [{"epcClass": f"urn:uuid:{lot.code}", "quantity": 80.5, "uom": "KGM"}]
    assert (event["eventTime"], event["gi:dayOnly"]) == ("2026-11-20T00:00:00.000+08:00", "2026-11-20")
    assert event["gi:lot"] == [{"gi:class": f"urn:uuid:{lot.code}", "gi:lotNumber": "H-1", "gi:material": "鲜辣椒"}]
    assert event["bizLocation"] == {"id": f"{BASE}/enterprises/{makers.uscc}"}


def test_a_purchase_names_no_seller(maker: Actor, signer: Signer) -> None:
    purchase(maker, seller_name="张三", document_no="SG-1")

    [event] = publish(signer)

    assert (event["action"], event["bizStep"], event["gi:documentNo"]) == ("ADD", "receiving", "SG-1")
    assert "张三" not in EpcisEvent.objects.get().text
    assert {"sourceList", "destinationList"}.isdisjoint(event)


def test_a_process_transforms_lots_into_a_batch(maker: Actor, authorisation: Authorisation, signer: Signer) -> None:
    chillies, beans = harvest(maker, grams=80_000), purchase(maker, grams=40_000)
    batch = register(maker, authorisation, gtin=GTIN)
    record(
        maker, "process", taken=take({chillies: 80_000, beans: 40_000}), given=give((batch, 100_000)), process="翻晒"
    )
    release_batch(actor=maker, code=batch.code, now=NOW)
    sent = dispatch(maker, {batch: 30_000})

    events = by_act(publish(signer))

    process = events["lots_process"]
    assert process["type"] == "TransformationEvent"
    assert "action" not in process
    assert [each["quantity"] for each in process["inputQuantityList"]] == [80, 40]
    # Its mass is in the event of its registration.
    assert process["outputQuantityList"] == [{"epcClass": LOT}]
    assert (process["gi:process"], process["gi:yieldPermille"]) == ("翻晒", 833)
    shipped = events["lots_dispatch"]
    assert (shipped["bizStep"], shipped["disposition"]) == ("shipping", "in_transit")
    assert shipped["quantityList"] == [{"epcClass": LOT, "quantity": 30, "uom": "KGM"}]
    assert shipped["gi:operation"] == f"urn:uuid:{sent.code}"
    assert not any("成都某超市" in text for text in EpcisEvent.objects.values_list("text", flat=True))
    assert [row.error_count for row in EpcisCapture.objects.all()] == [0]


def test_splitting_merging_loss_and_counting(maker: Actor, signer: Signer) -> None:
    lot = harvest(maker, grams=100_000)
    record(maker, "split", taken=take({lot: 60_000}), given=give(("W-1", 25_000), ("W-2", 35_000)))
    record(maker, "loss", taken=take({lot: 1_500}), reason="晾晒失水")
    record(maker, "stocktake", taken=[Taken(mass_g=38_000, lot=lot.code)], reason="月末盘点")

    events = by_act(publish(signer))

    split = events["lots_split"]
    assert (split["type"], split["bizStep"]) == ("TransformationEvent", "repackaging")
    assert [each["quantity"] for each in split["outputQuantityList"]] == [25, 35]
    loss = events["lots_loss"]
    assert (loss["action"], loss["bizStep"], loss["quantityList"][0]["quantity"]) == ("DELETE", "other", 1.5)
    assert loss["gi:reason"] == "晾晒失水"
    count = events["lots_stocktake"]
    assert (count["action"], count["bizStep"]) == ("OBSERVE", "stock_taking")
    assert count["gi:lot"][0]["gi:differenceG"] == -500


def test_what_is_received_points_to_what_was_sent(
    maker: Actor, rival: Actor, authorisation: Authorisation, signer: Signer
) -> None:
    batch = register(maker, authorisation, gtin=GTIN)
    release_batch(actor=maker, code=batch.code, now=NOW)
    sent = dispatch(maker, {batch: 30_000}, to=Enterprise.objects.get(uscc=rival.uscc))
    receive(rival, sent, grams=30_000)

    events = by_act(publish(signer))

    assert events["lots_purchase"]["gi:dispatch"] == f"urn:uuid:{sent.code}"
    # That nobody stated the batch's inputs is no event beside its registration.
    assert events.keys() == {"batch_registered", "batch_released", "lots_dispatch", "lots_purchase"}
    assert [row.biz_step for row in EpcisEvent.objects.filter(enterprise__uscc=rival.uscc)] == ["receiving"]


def test_the_lineage_has_each_operation_once(maker: Actor, authorisation: Authorisation, signer: Signer) -> None:
    lot = harvest(maker, grams=100_000)
    record(maker, "split", taken=take({lot: 60_000}), given=give(("W-1", 60_000)))
    links = LineageLink.objects.count()

    publish(signer)

    assert LineageLink.objects.count() == links


def test_a_renamed_batch_renames_its_operations(maker: Actor, authorisation: Authorisation, signer: Signer) -> None:
    lot = harvest(maker, grams=120_000)
    batch = register(maker, authorisation, gtin=GTIN)
    record(maker, "process", taken=take({lot: 120_000}), given=give((batch, 100_000)), process="翻晒")
    publish(signer)
    correct(maker, batch.code, 1, lot="261120-02")

    events = publish(signer)

    right = by_act([event for event in events if "errorDeclaration" not in event])
    assert right.keys() == {"batch_registered", "lots_process"}
    assert right["lots_process"]["outputQuantityList"] == [{"epcClass": f"https://id.gs1.org/01/{GTIN}/10/261120-02"}]
    assert len(events) == 4


def test_the_events_are_found_by_the_lot_over_http(
    maker: Actor, rival: Actor, authorisation: Authorisation, signer: Signer
) -> None:
    batch = register(maker, authorisation, gtin=GTIN)
    release_batch(actor=maker, code=batch.code, now=NOW)
    dispatch(maker, {batch: 30_000}, done_on=date(2026, 11, 22))
    publish(signer)

    def found(actor: Actor) -> list[Event]:
        response = signed_in(actor).get("/epcis/events", {"MATCH_anyEPCClass": LOT})
        assert response.status_code == 200, response.content
        events: list[Event] = response.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        return events

    assert {event["gi:act"] for event in found(maker)} == {"batch_registered", "batch_released", "lots_dispatch"}
    assert found(rival) == []
