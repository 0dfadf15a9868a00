"""Recalls by page and API: the preview, the act, the list of consignees, who sees what."""

from __future__ import annotations

import csv
import io
from datetime import date
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from python_calamine import CalamineWorkbook

from products.access import Actor
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.trace.models.recall import Recall
from products.trace.services.consignee_answers import record_consignee_answer
from products.trace.services.recalls import close_recall
from tests.conftest import signed_in
from tests.factories import NOW, make_batch, make_run, make_user
from tests.trace.helpers import post_json
from tests.trace.lineage_helpers import dispatch, lot_of, operate
from tests.trace.reading import errors_at, field, page, send, text_of
from tests.trace.recall_helpers import Chain, entries_of, hold, make_chain, recall, states


@pytest.fixture
def chain(makers: Enterprise) -> Chain:
    return make_chain(makers)


def address(chain: Chain) -> str:
    return f"/recalls/new?root=lot:{chain.raw.code}"


FILLED = {
    "kind": "recall",
    "level": "1",
    "reason": "原料农药残留超标",
    "advice": "凭包装退款",
    "contact": "028-87654321",
}


def test_the_preview_lists_what_would_stop_and_changes_nothing(maker: Actor, chain: Chain) -> None:
    make_run(batch=chain.second, quantity=1_234)
    dispatch(chain.lots["first"], grams=5_000)

    soup = page(signed_in(maker), address(chain))

    text = text_of(soup)
    assert "将停下 2 个批次" in text
    assert "B-1" in text
    assert "B-2" in text
    assert "1,234" in text
    assert "已发货 1 笔，共 5 公斤" in text
    assert "翠屏某酱园（翠屏区）：1 个批次" in text
    assert "F-1" not in text, "another holder's numbers are its own"
    assert states(chain.first, chain.far) == ["released", "released"]


def test_the_act_is_done_as_shown_and_leads_to_the_recalls_page(maker: Actor, chain: Chain) -> None:
    client = signed_in(maker)
    seen = str(field(page(client, address(chain)), "seen")["value"])

    answer = send(client, address(chain), FILLED | {"seen": seen})

    row = Recall.objects.get()
    assert answer.headers["Location"] == f"/recalls/{row.code}"
    assert states(chain.first, chain.second) == ["recalled", "recalled"]
    text = text_of(page(client, f"/recalls/{row.code}"))
    assert "已放行 → 已召回" in text
    assert "翠屏某酱园（翠屏区） 1 个批次，已停售 0 个" in text
    assert "F-1" not in text
    assert "因召回停下：原料农药残留超标" in text_of(page(client, f"/producer/batches/{chain.second.code}"))


def test_what_changed_meanwhile_is_shown_again_and_not_done(maker: Actor, chain: Chain) -> None:
    client = signed_in(maker)
    seen = str(field(page(client, address(chain)), "seen")["value"])
    late = lot_of(make_batch(authorisation=chain.first.authorisation, lot="B-3"))
    operate(late.enterprise, "process", taken={chain.lots["second"]: 1}, given={late: 1})

    answer = send(client, address(chain), FILLED | {"seen": seen})

    assert answer.status_code == 422
    assert "刚才显示的内容有变化" in answer.content.decode()
    assert "将停下 3 个批次" in answer.content.decode()
    assert states(chain.first) == ["released"]
    fresh = str(field(BeautifulSoup(answer.content, "html.parser"), "seen")["value"])
    assert send(client, address(chain), FILLED | {"seen": fresh}).status_code == 302


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"reason": ""}, "reason"),
        ({"level": ""}, "level"),
        ({"contact": "13812345678"}, "contact"),
        ({"advice": "字" * 201}, "advice"),
    ],
)
def test_what_is_wrong_stands_at_its_field(maker: Actor, chain: Chain, change: dict[str, str], name: str) -> None:
    answer = send(signed_in(maker), address(chain), FILLED | {"seen": "0" * 64} | change)

    assert answer.status_code == 422
    assert list(errors_at(BeautifulSoup(answer.content, "html.parser"))) == [name]
    assert not Recall.objects.exists()


def test_a_hold_is_closed_on_its_page_and_sale_goes_on(maker: Actor, chain: Chain) -> None:
    client, row = signed_in(maker), hold(maker, f"batch:{chain.first.code}")
    assert page(client, f"/recalls/{row.code}/close").select_one("h1") is not None

    assert send(client, f"/recalls/{row.code}/close", {"outcome": ""}).status_code == 422
    assert send(client, f"/recalls/{row.code}/close", {"outcome": "复检合格"}).status_code == 302

    assert states(chain.first, chain.second) == ["released", "released"]
    assert "复检合格" in text_of(page(client, f"/recalls/{row.code}"))


def test_something_new_downstream_is_added_by_one_button(maker: Actor, chain: Chain) -> None:
    client, row = signed_in(maker), recall(maker, f"batch:{chain.first.code}")
    late = make_batch(authorisation=chain.first.authorisation, lot="B-3")
    operate(lot_of(late).enterprise, "process", taken={chain.lots["second"]: 1}, given={late.traced_lot: 1})
    assert "补充 1 项新的下游" in text_of(page(client, f"/recalls/{row.code}"))

    assert send(client, f"/recalls/{row.code}/extension", {}).status_code == 302

    assert states(late) == ["recalled"]
    assert "项新的下游" not in text_of(page(client, f"/recalls/{row.code}"))


def test_the_notified_holder_and_office_find_it_and_can_act(maker: Actor, officer_south: Actor, chain: Chain) -> None:
    recall(maker, f"lot:{chain.raw.code}")
    holder = make_user(maker.role, organisation=chain.far.authorisation.enterprise.uscc)  # type: ignore[arg-type]

    assert "F-1" in text_of(page(signed_in(holder), "/producer/"))
    for actor in (holder, officer_south):
        soup = page(signed_in(actor), "/recalls/")
        assert "F-1" in text_of(soup)
        assert "B-1" not in text_of(page(signed_in(actor), f"/recalls/{Recall.objects.get().code}"))
    (link,) = [str(each["href"]) for each in soup.select("a") if "recalls/new" in str(each["href"])]
    assert "将停下 1 个批次" in text_of(page(signed_in(officer_south), link))
    recall(officer_south, f"lot:{chain.raw.code}")
    assert "通知您的" not in text_of(page(signed_in(holder), "/recalls/"))


def test_others_do_not_find_the_recall_at_all(rival: Actor, maker: Actor, chain: Chain) -> None:
    row = recall(maker, f"batch:{chain.second.code}")

    client = signed_in(rival)
    for last in ("", "/consignees", "/consignees.csv", "/close"):
        assert client.get(f"/recalls/{row.code}{last}").status_code == 404
    assert client.get(address(chain)).status_code == 404
    assert "残留" not in text_of(page(client, "/recalls/"))
    assert Client().get(f"/recalls/{row.code}").status_code == 302


def test_an_association_sees_the_recall_and_no_trade(association: Actor, maker: Actor, chain: Chain) -> None:
    Indication.objects.filter(pk=chain.first.authorisation.indication_id).update(registrant_uscc=association.uscc)
    dispatch(chain.lots["first"], grams=5_000, to="某超市")
    row = recall(maker, f"batch:{chain.first.code}")

    client = signed_in(association)
    assert "B-1" in text_of(page(client, f"/recalls/{row.code}"))
    assert client.get(f"/recalls/{row.code}/consignees").status_code == 403
    assert client.get(f"/api/v1/recalls/{row.code}/consignees").status_code == 403


@pytest.fixture
def sent(maker: Actor, chain: Chain) -> Recall:
    """A recall after two dispatches of the first batch and one of the far one."""
    dispatch(chain.lots["first"], grams=5_000, to="=超市")
    dispatch(chain.lots["second"], grams=2_500, to="餐馆", done_on=date(2026, 11, 10))
    dispatch(chain.lots["far"], grams=1_000, to="别家的客户")
    return recall(maker, f"lot:{chain.raw.code}")


def test_the_consignees_are_those_of_every_descendant_of_ones_own(maker: Actor, province: Actor, sent: Recall) -> None:
    text = text_of(page(signed_in(maker), f"/recalls/{sent.code}/consignees"))
    assert "发货 2 笔，共 7.5 公斤；已通知 0 笔" in text
    assert "餐馆" in text
    assert "别家的客户" not in text

    assert "别家的客户" in text_of(page(signed_in(province), f"/recalls/{sent.code}/consignees"))


def test_the_list_is_exported_and_no_name_becomes_a_formula(maker: Actor, sent: Recall) -> None:
    client = signed_in(maker)
    rows = list(csv.reader(io.StringIO(client.get(f"/recalls/{sent.code}/consignees.csv").content.decode("utf-8-sig"))))
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"/recalls/{sent.code}/consignees.xlsx").content))
    sheet = book.get_sheet_by_index(0).to_python()

    assert [row[0] for row in rows[1:]] == ["餐馆", "'=超市"]
    assert rows[1][6:8] == ["B-2", "2.500"]
    assert [row[0] for row in sheet[1:]] == ["餐馆", "=超市"]
    assert sheet[1][7] == 2.5


def test_an_answer_is_noted_and_a_later_one_takes_its_place(maker: Actor, sent: Recall) -> None:
    client = signed_in(maker)
    soup = page(client, f"/recalls/{sent.code}/consignees")
    action = str(soup.select("details form")[0]["action"])

    for kg in ("1", "2"):
        assert send(client, action, {"notified_on": "2026-11-23", "recovered_g": kg}).status_code == 302

    assert "已通知 1 笔，追回 2 公斤" in text_of(page(client, f"/recalls/{sent.code}/consignees"))
    entry = entries_of(sent)[-1]
    assert entry["kind"] == "trace.consignee_answered"
    assert entry["data"]["recovered_g"] == 2_000


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"recovered_g": "2.501"}, "recovered_g"),
        ({"recovered_g": "-1"}, "recovered_g"),
        ({"recovered_g": "许多"}, "recovered_g"),
        ({"notified_on": "2026-11-09"}, "notified_on"),
        ({"notified_on": "2026-11-24"}, "notified_on"),
        ({"notified_on": ""}, "notified_on"),
    ],
)
def test_an_impossible_answer_is_refused_at_its_field(
    maker: Actor, sent: Recall, values: dict[str, str], name: str
) -> None:
    client = signed_in(maker)
    action = str(page(client, f"/recalls/{sent.code}/consignees").select("details form")[0]["action"])

    answer = send(client, action, {"notified_on": "2026-11-23", "recovered_g": "1"} | values)

    assert answer.status_code == 422
    assert list(errors_at(BeautifulSoup(answer.content, "html.parser"))) == [name]


def test_answers_over_the_api_are_refused_with_their_codes(maker: Actor, province: Actor, sent: Recall) -> None:
    client = signed_in(maker)
    listed = client.get(f"/api/v1/recalls/{sent.code}/consignees").json()
    assert [row["consignee"] for row in listed] == ["餐馆", "=超市"]
    path = f"/recalls/{sent.code}/consignees/{listed[0]['operation']}/answers"
    far = client.get(f"/api/v1/recalls/{sent.code}/consignees")
    assert far.status_code == 200

    def code(day: str, grams: int) -> str:
        answer = post_json(client, path, {"notified_on": day, "recovered_g": grams})
        return str(answer.json().get("code", answer.status_code))

    assert code("2026-11-09", 1) == "notified_implausible"
    assert code("2026-11-23", 2_501) == "recovered_implausible"
    assert code("2026-11-23", 2_500) == "201"
    every = signed_in(province).get(f"/api/v1/recalls/{sent.code}/consignees").json()
    others = next(row["operation"] for row in every if row["consignee"] == "别家的客户")
    answer = post_json(
        client, f"/recalls/{sent.code}/consignees/{others}/answers", {"notified_on": "2026-11-23", "recovered_g": 1}
    )
    assert answer.json()["code"] == "not_found"
    close_recall(actor=maker, code=sent.code, outcome="完成", now=NOW)
    assert code("2026-11-23", 1) == "recall_closed"


def test_an_office_may_note_an_answer_for_its_region(province: Actor, sent: Recall) -> None:
    listed = signed_in(province).get(f"/api/v1/recalls/{sent.code}/consignees").json()

    for row in listed:
        record_consignee_answer(
            actor=province,
            recall_code=sent.code,
            operation_code=UUID(row["operation"]),
            notified_on=date(2026, 11, 23),
            recovered_g=0,
            now=NOW,
        )


def test_the_whole_of_it_over_the_api(maker: Actor, chain: Chain) -> None:
    client, root = signed_in(maker), f"lot:{chain.raw.code}"
    preview = client.get(f"/api/v1/recalls/preview?root={root}").json()
    body = {"kind": "recall", "level": 1, "root": root, "reason": "超标", "preview_sha256": preview["sha256"]}

    assert [(row["lot"], row["recall_state"], row["hold_state"]) for row in preview["batches"]] == [
        ("B-1", "recalled", "held"),
        ("B-2", "recalled", "held"),
    ]
    assert preview["referred"][0]["batches"] == 1
    made = post_json(client, "/recalls", body)
    assert made.status_code == 201
    detail = client.get(f"/api/v1/recalls/{made.json()['code']}").json()
    assert [row["state"] for row in detail["batches"]] == ["recalled", "recalled"]
    assert post_json(client, "/recalls", body).json()["code"] == "recall_exists"
    closed = post_json(client, f"/recalls/{detail['code']}/closure", {"outcome": "已销毁"})
    assert closed.json()["outcome"] == "已销毁"
    assert [row["code"] for row in client.get("/api/v1/recalls").json()["items"]] == [detail["code"]]
