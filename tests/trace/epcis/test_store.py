"""What is kept of events, and what is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from ledger.models import Entry
from products.access import Actor
from products.errors import Forbidden
from products.registry.models.authorisation import Authorisation
from products.trace.models.epcis import EpcisConcern, EpcisEvent, EpcisEventEpc
from products.trace.models.lot import LineageLink
from tests.factories import NOW, make_batch
from tests.trace.epcis.helpers import (
    GTIN,
    aggregation,
    codes,
    lot,
    object_event,
    pallet,
    store,
    transformation,
    unit,
)

pytestmark = pytest.mark.django_db


def test_an_event_is_kept_as_it_was_written(maker: Actor) -> None:
    event = object_event(
        unit(1), **{"example:note": "à l'œuvre 豆瓣", "example:deep": {"example:n": [1.50, True, None]}}
    )

    capture = store(maker, event)

    row = EpcisEvent.objects.get()
    assert (capture.sent_count, capture.kept_count, capture.known_count) == (1, 1, 0)
    assert json.loads(row.text) == event
    assert row.event_id.startswith("ni:///sha-256;")
    assert row.event_id.endswith("?ver=CBV2.0")
    assert (row.type, row.action, row.biz_step, row.disposition) == ("ObjectEvent", "OBSERVE", "shipping", "in_transit")
    assert row.event_time == NOW - timedelta(hours=2)
    assert [(each.field, each.epc) for each in row.epcs.all()] == [("epcList", unit(1))]


def test_a_capture_is_stated_with_the_hash_of_each_text(maker: Actor) -> None:
    capture = store(maker, object_event(unit(1)), object_event(unit(2)))

    entry = Entry.objects.get(kind="trace.epcis_captured")
    said = json.loads(bytes(entry.body))
    assert said["subject"] == f"epcis-capture:{capture.code}"
    assert [line[0] for line in said["data"]["events"]] == list(
        EpcisEvent.objects.order_by("id").values_list("event_id", flat=True)
    )


def test_the_same_event_again_is_known(maker: Actor) -> None:
    store(maker, object_event())
    again = store(maker, object_event(bizStep="https://ref.gs1.org/cbv/BizStep-shipping"))

    assert (again.kept_count, again.known_count, again.error_count) == (0, 1, 0)
    assert EpcisEvent.objects.count() == 1


def test_full_and_bare_words_are_one_event(maker: Actor) -> None:
    store(maker, object_event(bizStep="urn:epcglobal:cbv:bizstep:shipping", disposition="cbv:Disp-in_transit"))

    assert EpcisEvent.objects.get().biz_step == "shipping"
    assert store(maker, object_event()).known_count == 1


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("unknown_biz_step", object_event(bizStep="shiping"), "bizStep"),
    ("unknown_biz_step", object_event(bizStep="https://ref.gs1.org/cbv/BizStep-shiping"), "bizStep"),
    ("unknown_disposition", object_event(disposition="in transit"), "disposition"),
    ("check_digit_fails", object_event(unit(1, "06901234000017")), "epcList[0]"),
    ("bad_identifier", object_event("urn:epc:id:sgtin:1.2.3"), "epcList[0]"),
    ("bad_identifier", object_event("no uri"), "epcList[0]"),
    ("event_in_future", object_event(eventTime="2026-11-23T12:30:00+08:00"), "eventTime"),
    ("bad_event_time", object_event(eventTime="2026-11-23T10:00:00"), "eventTime"),
    ("bad_event_time", object_event(eventTime="2026-02-30T10:00:00Z"), "eventTime"),
    ("bad_event_time", object_event(eventTime="0001-01-01T00:00:00+14:00"), "eventTime"),
    ("bad_offset", object_event(eventTimeZoneOffset="+25:00"), "eventTimeZoneOffset"),
    ("bad_offset", object_event(eventTimeZoneOffset="Z"), "eventTimeZoneOffset"),
    ("field_missing", object_event(eventTimeZoneOffset=None), "eventTimeZoneOffset"),
    ("field_missing", object_event(action=None), "action"),
    ("field_missing", object_event(type=None), "type"),
    ("unknown_event_type", object_event(type="QuantityEvent"), "type"),
    ("bad_action", object_event(action="SEE"), "action"),
    ("nothing_named", object_event(epcList=[]), "epcList"),
    ("epc_twice", object_event(unit(1), unit(1)), "epcList[1]"),
    ("bad_value", object_event(epcList="x"), "epcList"),
    ("bad_value", object_event(quantityList=[{"epcClass": lot("A"), "quantity": "10"}]), "quantityList[0].quantity"),
    ("bad_value", object_event(**{"example:x": "\0"}), "example:x"),
    ("bad_value", object_event(**{"example:x": {"example:y": "\ud800"}}), "example:x"),
    ("unknown_field", object_event(note="x"), "note"),
    ("unknown_prefix", object_event(**{"nobody:note": "x"}), "nobody:note"),
    ("ilmd_not_here", object_event(ilmd={"cbvmda:lotNumber": "A"}), "ilmd"),
    ("unknown_term", object_event(bizTransactionList=[{"type": "order", "bizTransaction": "urn:x:1"}]),
     "bizTransactionList[0].type"),
    ("bad_event_id", object_event(eventID="4711"), "eventID"),
    ("transformation_without_output", transformation([lot("A")], []), "outputEPCList"),
    ("transformation_without_input", transformation([], [lot("A")]), "inputEPCList"),
    ("circular_lineage", transformation([lot("A")], [lot("A")]), "outputEPCList"),
    ("bad_time", object_event(sensorElementList=[{"sensorReport": [{"type": "Temperature", "time": "now"}]}]),
     "sensorElementList[0].sensorReport[0].time"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "event", "field"), REFUSED)
def test_a_fault_is_named_with_its_field(maker: Actor, code: str, event: dict[str, Any], field: str) -> None:
    capture = store(maker, event)

    assert [(error["code"], error["field"]) for error in capture.errors] == [(code, field)]
    assert capture.kept_count == 0
    assert not EpcisEvent.objects.exists()
    assert not Entry.objects.filter(kind="trace.epcis_captured").exists()


def test_one_fault_keeps_all_out_or_its_event_alone(maker: Actor) -> None:
    events = [object_event(unit(1)), object_event(bizStep="x"), object_event(unit(3))]

    rolled_back = store(maker, *events)
    went_on = store(maker, *events, behaviour="proceed")

    assert (rolled_back.kept_count, rolled_back.error_count) == (0, 1)
    assert (went_on.kept_count, went_on.error_count, went_on.errors[0]["event"]) == (2, 1, 1)


def test_one_event_twice_in_a_document(maker: Actor) -> None:
    capture = store(maker, object_event(), object_event(), behaviour="proceed")

    assert codes(capture) == ["twice_in_document"]
    assert capture.kept_count == 1


def test_an_id_stands_for_one_content(maker: Actor, rival: Actor) -> None:
    store(maker, object_event(eventID="urn:uuid:1"))

    assert codes(store(maker, object_event(eventID="urn:uuid:1", bizStep="receiving"))) == ["event_id_taken"]
    # Whoever else uses the id has their own.
    assert store(rival, object_event(eventID="urn:uuid:1", bizStep="receiving")).kept_count == 1


def test_what_exists_is_not_added_again(maker: Actor) -> None:
    store(maker, object_event(unit(1), action="ADD", bizStep="commissioning"))

    again = store(maker, object_event(unit(1), action="ADD", bizStep="commissioning", disposition="active"))
    assert codes(again) == ["epc_exists"]


def test_in_one_document_events_follow_each_other(maker: Actor) -> None:
    capture = store(
        maker,
        object_event(unit(1), action="ADD", eventTime="2026-11-23T08:00:00+08:00"),
        object_event(unit(1), action="ADD", eventTime="2026-11-23T09:00:00+08:00"),
        behaviour="proceed",
    )
    assert codes(capture) == ["epc_exists"]


def test_what_has_ended_is_not_seen_afterwards_but_before(maker: Actor) -> None:
    store(maker, object_event(unit(1), action="DELETE", bizStep="destroying", eventTime="2026-11-22T10:00:00+08:00"))

    assert codes(store(maker, object_event(unit(1)))) == ["epc_ended"]
    assert store(maker, object_event(unit(1), eventTime="2026-11-21T10:00:00+08:00")).kept_count == 1


def test_an_end_that_was_declared_wrong_ends_nothing(maker: Actor) -> None:
    end = object_event(unit(1), action="DELETE", bizStep="destroying", eventTime="2026-11-22T10:00:00+08:00")
    store(maker, end)
    declared = store(
        maker,
        end | {"errorDeclaration": {"declarationTime": "2026-11-23T09:00:00+08:00", "reason": "did_not_occur"}},
    )

    assert declared.kept_count == 1
    assert store(maker, object_event(unit(1))).kept_count == 1
    assert EpcisEvent.objects.filter(is_error=True).count() == 1


def test_a_rival_ends_nothing_of_others(maker: Actor, rival: Actor) -> None:
    store(rival, object_event(unit(1), action="DELETE", bizStep="destroying", eventTime="2026-11-22T10:00:00+08:00"))

    assert store(maker, object_event(unit(1))).kept_count == 1


def test_what_is_packed_is_not_packed_again_until_it_is_taken_out(maker: Actor) -> None:
    store(maker, aggregation(pallet(1), unit(1), unit(2), eventTime="2026-11-23T08:00:00+08:00"))

    second = aggregation(pallet(2), unit(1), eventTime="2026-11-23T09:00:00+08:00")
    assert codes(store(maker, second)) == ["already_packed"]
    store(maker, aggregation(pallet(1), unit(1), action="DELETE", eventTime="2026-11-23T08:30:00+08:00"))
    assert store(maker, second).kept_count == 1
    assert codes(store(maker, aggregation(pallet(3), unit(2)))) == ["already_packed"]


def test_taking_a_pallet_apart_frees_all_that_is_on_it(maker: Actor) -> None:
    store(maker, aggregation(pallet(1), unit(1), unit(2), eventTime="2026-11-23T08:00:00+08:00"))
    store(maker, aggregation(pallet(1), action="DELETE", eventTime="2026-11-23T08:30:00+08:00"))

    assert store(maker, aggregation(pallet(2), unit(1), unit(2))).kept_count == 1


def test_lineage_that_would_run_in_a_circle_is_refused(maker: Actor) -> None:
    store(maker, transformation([lot("A")], [lot("B")]))
    store(maker, transformation([lot("B")], [lot("C")]))

    assert codes(store(maker, transformation([lot("C")], [lot("A")]))) == ["circular_lineage"]
    both = [transformation([lot("X")], [lot("Y")]), transformation([lot("Y")], [lot("X")])]
    assert codes(store(maker, *both, behaviour="proceed")) == ["circular_lineage"]


def test_lots_of_ours_stand_in_the_lineage_under_their_own_name(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation, state="registered", gtin=GTIN, lot="B-1")

    store(maker, transformation([lot("A")], [lot("B-1")]))

    node = LineageLink.objects.get(parent=lot("A")).child
    assert node.startswith("event:ni:///sha-256;")
    assert LineageLink.objects.get(parent=node).child == f"batch:{batch.code}"


def test_nobody_else_says_what_our_lots_came_of(maker: Actor, rival: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation, state="registered", gtin=GTIN, lot="B-1")

    store(rival, transformation([lot("BAD", "06901234000023")], [lot("B-1")]))
    store(rival, transformation([lot("B-1")], [lot("NEXT", "06901234000023")]))

    assert not LineageLink.objects.filter(child=f"batch:{batch.code}").exists()
    assert LineageLink.objects.filter(parent=f"batch:{batch.code}").count() == 1


def test_packing_a_lot_of_ours_leads_on_to_its_pallet(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation, state="registered", gtin=GTIN, lot="B-1")
    event = aggregation(pallet(1), childQuantityList=[{"epcClass": lot("B-1"), "quantity": 4}])

    store(maker, event)

    node = LineageLink.objects.get(parent=f"batch:{batch.code}").child
    assert LineageLink.objects.get(parent=node).child == pallet(1)


def test_events_of_others_on_our_goods_are_ours_to_see(
    maker: Actor, rival: Actor, officer_north: Actor, officer_south: Actor, auditor: Actor, authorisation: Authorisation
) -> None:
    make_batch(authorisation=authorisation, state="registered", gtin=GTIN, lot="B-1")
    store(rival, object_event(epcList=None, quantityList=[{"epcClass": lot("B-1"), "quantity": 1}]))
    store(rival, object_event(pallet(9)))

    assert EpcisConcern.objects.count() == 1
    seen = {name: EpcisEvent.objects.visible_to(who).count() for name, who in
            {"maker": maker, "rival": rival, "north": officer_north, "south": officer_south, "auditor": auditor}.items()}  # fmt: skip
    assert seen == {"maker": 1, "rival": 2, "north": 2, "south": 0, "auditor": 2}


def test_a_trade_number_that_two_claim_shows_nothing(maker: Actor, rival: Actor, authorisation: Authorisation) -> None:
    make_batch(authorisation=authorisation, state="registered", gtin=GTIN, lot="B-1")
    make_batch(state="registered", gtin=GTIN, lot="C-1")

    store(rival, object_event(unit(1)))

    assert not EpcisConcern.objects.exists()


def test_only_producers_capture(officer_north: Actor, auditor: Actor) -> None:
    for who in (officer_north, auditor):
        with pytest.raises(Forbidden):
            store(who, object_event())


def test_a_sensor_s_report_of_a_place_needs_no_goods(maker: Actor) -> None:
    report = [{"sensorReport": [{"type": "Temperature", "value": 4.20, "uom": "CEL"}]}]

    capture = store(maker, object_event(epcList=[], readPoint={"id": "urn:x:cold-store"}, sensorElementList=report))

    assert capture.kept_count == 1
    assert not EpcisEventEpc.objects.exists()
