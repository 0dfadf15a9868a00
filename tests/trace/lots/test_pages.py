"""The pages of lots: entering every operation by its form, reading a lot, and what others' lots do not show."""

from __future__ import annotations

import pytest
from django.test import Client

from products.access import Actor
from products.registry.models.enterprise import Enterprise
from products.trace.models.batch import Batch
from products.trace.models.lot import Lot, LotOperation
from tests.conftest import signed_in
from tests.factories import PIDU, make_authorisation, make_batch
from tests.trace.lots.helpers import dispatch, give, harvest, receive, record, stock, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of_maker(maker: Actor) -> Client:
    return signed_in(maker)


@pytest.fixture
def batch(makers: Enterprise) -> Batch:
    return make_batch(authorisation=make_authorisation(enterprise=makers), net_mass_g=40_000)


def enter(client: Client, kind: str, **fields: str) -> LotOperation:
    """Send the form; it is taken, and leads to the page of a lot."""
    facts = {"done_on": "2026-11-22"} | {
        name.replace("_0", "-0").replace("_1", "-1"): each for name, each in fields.items()
    }
    answer = client.post(f"/producer/lots/operations/{kind}", facts)
    assert answer.status_code == 302, answer.content.decode()
    assert client.get(answer["Location"]).status_code == 200
    row = LotOperation.objects.order_by("-pk").first()
    assert row is not None
    assert row.kind == kind
    return row


def test_every_operation_has_its_form(client_of_maker: Client, makers: Enterprise, batch: Batch) -> None:
    client = client_of_maker
    new = {"lot_0": "H-1", "material_0": "鲜辣椒", "mass_0": "100"}
    enter(client, "harvest", **new, origin_code=PIDU, indication_code=batch.authorisation.indication.code)
    enter(client, "purchase", lot_0="P-1", material_0="蚕豆", mass_0="２５ 斤", seller_name="张三", document_no="SG-1")
    harvested, bought = Lot.objects.get(lot="H-1"), Lot.objects.get(lot="P-1")
    first, second = f"taken-{harvested.code.hex}", f"taken-{bought.code.hex}"
    row = enter(client, "process", process="发酵", batch=str(batch.code), **{first: "60", second: "10"})
    enter(client, "split", **{first: "3"}, lot_0="S-1", mass_0="1", lot_1="S-2", mass_1="2")
    enter(client, "merge", **{first: "1", second: "0.5"}, lot_0="M-1")
    enter(client, "loss", **{first: "0.001"}, reason="霉变")
    enter(client, "stocktake", **{first: "35"}, reason="复秤")
    sent = enter(client, "dispatch", **{f"taken-{batch.traced_lot.code.hex}": "40"}, consignee_name="某超市")

    assert row.yield_permille == 571
    assert stock(harvested, bought, batch.traced_lot) == [35_000, 2_000, 0]
    assert Lot.objects.get(lot="M-1").stock_g == 1_500
    assert str(sent.code) in client.get(f"/producer/lots/{batch.traced_lot.code}").content.decode()


@pytest.mark.parametrize("kind", ["harvest", "purchase", "split", "merge", "process", "loss", "stocktake", "dispatch"])
def test_a_form_says_what_is_missing_at_its_field(client_of_maker: Client, maker: Actor, kind: str) -> None:
    harvest(maker)

    answer = client_of_maker.post(f"/producer/lots/operations/{kind}", {"done_on": ""})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "id_done_on_error" in page
    assert page.count("<h1") == 1


def test_a_refusal_stands_at_the_lot_it_is_about(client_of_maker: Client, maker: Actor) -> None:
    lot, other = harvest(maker, "H-1", grams=1_000), harvest(maker, "H-2")
    field = f"taken-{lot.code.hex}"

    answer = client_of_maker.post(
        "/producer/lots/operations/dispatch",
        {"done_on": "2026-11-22", f"taken-{other.code.hex}": "1", field: "2", "consignee_name": "某超市"},
    )

    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert stock(lot) == [1_000]


def test_the_form_starts_as_last_time(client_of_maker: Client, maker: Actor, batch: Batch) -> None:
    lot = harvest(maker, "H-1")
    dispatch(maker, {lot: 1_000}, consignee_name="老主顾商行")

    page = client_of_maker.get(f"/producer/lots/operations/dispatch?lot={lot.code}").content.decode()
    again = client_of_maker.get("/producer/lots/operations/harvest").content.decode()

    assert "老主顾商行" in page
    assert 'value="99"' in page, "what the reader came from is meant as a whole"
    assert page.index("H-1") < page.index(batch.lot)
    assert 'value="鲜辣椒"' in again
    assert "261123-01" in again


def test_the_page_of_a_lot_shows_both_directions(client_of_maker: Client, maker: Actor, batch: Batch) -> None:
    lot = harvest(maker, "H-1")
    record(maker, "process", process="晒制", taken=take({lot: 80_000}), given=give((batch, 40_000)))
    dispatch(maker, {batch: 15_000})

    page = client_of_maker.get(f"/producer/lots/{batch.traced_lot.code}").content.decode()
    listed = client_of_maker.get("/producer/lots/").content.decode()

    assert "H-1" in page
    assert "晒制" in page
    assert "成都某超市" in page
    assert "得率 500‰" in page
    assert "H-1" in listed
    assert "25 公斤" in listed


def test_of_others_the_next_one_is_shown_and_no_more(maker: Actor, rival: Actor, batch: Batch) -> None:
    source = harvest(maker, "SECRET-1", grams=77_000)
    record(maker, "process", process="秘方", taken=take({source: 77_000}), given=give((batch, 40_000)))
    sent = dispatch(maker, {batch: 15_000}, to=Enterprise.objects.get(uscc=rival.uscc))
    bought = receive(rival, sent, grams=15_000)
    record(
        rival,
        "process",
        process="x",
        done_on=sent.done_on.replace(day=23),
        taken=take({bought: 9_000}),
        given=give(("OWN-2", 8_000)),
    )

    up = signed_in(rival).get(f"/producer/lots/{bought.code}").content.decode()
    down = signed_in(maker).get(f"/producer/lots/{batch.traced_lot.code}").content.decode()

    assert batch.lot in up
    assert "SECRET-1" not in up
    assert "秘方" not in up
    assert "40 公斤" not in up
    assert "R-1" in down
    assert "OWN-2" not in down
    assert "9 公斤" not in down
    assert signed_in(rival).get(f"/producer/lots/{batch.traced_lot.code}").status_code == 404


def test_offices_read_and_do_not_write(officer_north: Actor, officer_south: Actor, maker: Actor) -> None:
    lot = harvest(maker, "H-1")

    assert signed_in(officer_north).get(f"/producer/lots/{lot.code}").status_code == 200
    assert signed_in(officer_south).get(f"/producer/lots/{lot.code}").status_code == 404
    assert signed_in(officer_north).get("/producer/lots/operations/harvest").status_code == 403
    assert signed_in(maker).get("/producer/lots/operations/declared").status_code == 404


def test_a_producer_without_lots_sees_no_change(client_of_maker: Client, batch: Batch) -> None:
    page = client_of_maker.get(f"/producer/batches/{batch.code}")

    assert page.status_code == 200
    assert Lot.objects.count() == 0
    assert "没有库存" in client_of_maker.get("/producer/lots/").content.decode()
