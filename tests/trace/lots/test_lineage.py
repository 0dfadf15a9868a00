"""Lineage over the API: ten operations deep, what is one's own whole, what is others' one step."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from products.access import Actor
from products.registry.models.enterprise import Enterprise
from products.trace.models.batch import Batch
from products.trace.models.lot import LineageLink, Lot
from products.trace.services.batch_lots import lot_of_batch
from tests.conftest import signed_in
from tests.factories import NOW, make_authorisation, make_batch
from tests.trace.helpers import post_json
from tests.trace.lots.helpers import dispatch, give, given_lot, harvest, receive, record, take

pytestmark = pytest.mark.django_db


def read(actor: Actor, lot: Lot, direction: str) -> dict[str, Any]:
    answer = signed_in(actor).get(f"/api/v1/lots/{lot.code}/lineage?direction={direction}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def labels(found: dict[str, Any], kind: str = "lot") -> list[str]:
    return [node["label"] for node in found["nodes"] if node["kind"] == kind]


def test_ten_operations_are_followed_up_and_down(maker: Actor) -> None:
    first = lot = harvest(maker, "L-0", grams=1_000)
    for number in range(1, 11):
        lot = given_lot(
            record(maker, "process", process="x", taken=take({lot: 1_000}), given=give((f"L-{number}", 1_000)))
        )

    up, down = read(maker, lot, "up"), read(maker, first, "down")

    assert labels(up) == [f"L-{number}" for number in range(9, -1, -1)]
    assert labels(down) == [f"L-{number}" for number in range(1, 11)]
    assert (down["nodes"][-1]["depth"], up["is_truncated"], len(down["links"])) == (20, False, 20)
    last = up["nodes"][0]
    assert last["grams"] == {f"lot:{lot.code}": 1_000, up["nodes"][1]["name"]: -1_000}


def test_others_are_seen_one_step_and_without_masses(maker: Actor, rival: Actor, makers: Enterprise) -> None:
    batch = make_batch(authorisation=make_authorisation(enterprise=makers), net_mass_g=40_000)
    raw = harvest(maker, "RAW-1")
    record(maker, "process", process="秘方", taken=take({raw: 50_000}), given=give((batch, 40_000)))
    sent = dispatch(maker, {batch: 15_000}, to=Enterprise.objects.get(uscc=rival.uscc))
    bought = receive(rival, sent, grams=15_000)
    day = {"done_on": date(2026, 11, 23)}
    used = record(rival, "process", process="x", taken=take({bought: 9_000}), given=give(("OWN-2", 8_000)), **day)

    up, down = read(rival, given_lot(used), "up"), read(maker, raw, "down")

    assert labels(up) == ["R-1", batch.lot]
    partner = next(node for node in up["nodes"] if node["label"] == batch.lot)
    assert partner == partner | {"is_own": False, "holder": makers.name, "grams": {}}
    assert "秘方" not in str(up)
    assert labels(down) == [batch.lot, "R-1"]
    assert [node for node in down["nodes"] if not node["is_own"] and node["grams"]] == []
    assert "OWN-2" not in str(down)


def test_what_comes_back_through_others_is_not_told(maker: Actor, rival: Actor, makers: Enterprise) -> None:
    """That a rival's goods, bought again, were made of one's own is the rival's to tell."""
    firm = Enterprise.objects.get(uscc=rival.uscc)
    raw = harvest(maker, "RAW-1")
    there = receive(rival, dispatch(maker, {raw: 1_000}, to=firm, done_on=date(2026, 11, 21)), grams=1_000)
    day = {"done_on": date(2026, 11, 23)}
    made = given_lot(record(rival, "process", process="x", taken=take({there: 1_000}), given=give(("X", 900)), **day))
    receive(maker, dispatch(rival, {made: 900}, to=makers, **day), "BACK", grams=900)

    assert labels(read(maker, raw, "down")) == ["R-1"]


def test_an_office_sees_those_of_its_region(maker: Actor, officer_north: Actor, officer_south: Actor) -> None:
    lot = harvest(maker)
    dispatch(maker, {lot: 1_000})

    assert labels(read(officer_north, lot, "down"), "operation") == ["发货"]
    assert signed_in(officer_south).get(f"/api/v1/lots/{lot.code}/lineage").status_code == 404


def test_what_was_said_of_a_batch_before_it_had_a_lot_holds_for_its_lot(maker: Actor, makers: Enterprise) -> None:
    batch: Batch = make_batch(authorisation=make_authorisation(enterprise=makers))
    LineageLink.objects.create(parent=f"batch:{batch.code}", child="event:x")
    LineageLink.objects.create(parent="event:x", child="urn:x:pallet")

    lot = lot_of_batch(batch=batch, actor=maker, now=NOW)

    assert labels(read(maker, lot, "down"), "other") == ["urn:x:pallet"]
    assert lot_of_batch(batch=batch, actor=maker, now=NOW) == lot


def test_an_operation_is_recorded_over_the_api(maker: Actor, rival: Actor) -> None:
    client = signed_in(maker)
    lot = harvest(maker, "H-1")
    body = {
        "kind": "process",
        "process": "烘干",
        "done_on": "2026-11-21",
        "taken": [{"lot": str(lot.code), "mass_g": 10_000}],
        "given": [{"lot": "D-1", "material": "干辣椒", "mass_g": 2_500}],
    }

    answer = post_json(client, "/lot-operations", body, key="one")
    again = post_json(client, "/lot-operations", body, key="one")
    bad = post_json(client, "/lot-operations", body | {"done_on": "2026-11-19", "given": []})

    assert (answer.status_code, again.json()) == (201, answer.json())
    said = answer.json()
    assert (said["yield_permille"], said["yield_verdict"]) == (250, "unknown")
    assert [(move["number"], move["mass_g"]) for move in said["moves"]] == [("H-1", -10_000), ("D-1", 2_500)]
    assert (bad.status_code, bad.json()["code"]) == (422, "operation_malformed")
    assert client.get(f"/api/v1/lot-operations/{said['code']}").json() == said
    assert signed_in(rival).get(f"/api/v1/lot-operations/{said['code']}").status_code == 404
    assert [row["lot"] for row in client.get("/api/v1/lots?text=干辣椒&has_stock=true").json()["items"]] == ["D-1"]
