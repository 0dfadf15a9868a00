"""A scan of any unit downstream answers as recalled at once and says what to do; scans since are counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from products.access import Actor
from products.registry.models.enterprise import Enterprise
from products.scans.models.scan import Scan
from products.trace.models.batch import Batch
from products.trace.services.batches import hold_batch, recall_batch, release_batch
from products.trace.services.recalls import close_recall
from tests.conftest import signed_in
from tests.factories import NOW, make_run
from tests.scans.helpers import code_of, get_json, get_page
from tests.trace.reading import page, text_of
from tests.trace.recall_helpers import Chain, hold, make_chain, recall

ADVICE: dict[str, Any] = {"reason": "原料农药残留超标", "advice": "凭包装退款", "contact": "028-87654321"}


@pytest.fixture
def chain(makers: Enterprise) -> Chain:
    return make_chain(makers)


def stop_of(code: str) -> dict[str, Any] | None:
    body = get_json(code).json()
    stop: dict[str, Any] | None = body["batch"].get("stop")
    return stop


def test_a_unit_of_a_descendant_answers_recalled_right_after_the_act(maker: Actor, chain: Chain) -> None:
    code = code_of(make_run(batch=chain.second))
    assert get_json(code).json()["verdict"] == "genuine"
    assert "真标签" in get_page(code).content.decode()

    row = recall(maker, f"lot:{chain.raw.code}", **ADVICE)

    body = get_json(code).json()
    assert body["reasons"][0]["code"] == "batch_recalled"
    assert body["batch"]["stop"] == {
        "kind": "recall",
        "level": "二级召回",
        "at": "2026-11-23T04:00:00.000Z",
        "code": str(row.code),
        **ADVICE,
    }
    answer = get_page(code)
    text = answer.content.decode()
    for words in (*ADVICE.values(), "12315", "为什么召回，怎么办", "已被召回"):
        assert words in text, words
    # Whatever is kept of a page from scan to scan, what happened to the batch is told anew.
    assert text.count(ADVICE["reason"]) == 2


def test_a_unit_of_another_holders_batch_answers_as_before(maker: Actor, chain: Chain) -> None:
    code = code_of(make_run(batch=chain.far))

    recall(maker, f"lot:{chain.raw.code}")

    assert get_json(code).json()["verdict"] == "genuine"
    assert stop_of(code) is None


def test_a_hold_says_so_and_is_gone_once_it_is_closed(maker: Actor, chain: Chain) -> None:
    code = code_of(make_run(batch=chain.second))
    row = hold(maker, f"lot:{chain.raw.code}", reason="正在复检农药残留")

    assert "正在复检农药残留" in get_page(code).content.decode()
    close_recall(actor=maker, code=row.code, outcome="合格", now=NOW)

    assert get_json(code).json()["verdict"] == "genuine"
    assert "为什么暂停" not in get_page(code).content.decode()


def test_a_batch_stopped_alone_gives_its_own_reason(maker: Actor, chain: Chain) -> None:
    code = code_of(make_run(batch=chain.second))
    old = hold(maker, f"batch:{chain.second.code}", reason="老问题", advice="老办法")
    close_recall(actor=maker, code=old.code, outcome="合格", now=NOW + timedelta(minutes=1))
    hold_batch(actor=maker, code=chain.second.code, reason="新问题", now=NOW + timedelta(minutes=2))

    stop = stop_of(code)

    assert stop is not None
    assert (stop["kind"], stop["reason"], stop["advice"], stop["code"]) == ("hold", "新问题", "", None)
    release_batch(actor=maker, code=chain.second.code, now=NOW)
    recall_batch(actor=maker, code=chain.second.code, reason="净含量不足", now=NOW + timedelta(minutes=3))
    assert "净含量不足" in get_page(code).content.decode()
    assert "拨打 12315" in get_page(code).content.decode()


def scanned(batch: Batch, *, region: str, minutes: int, count: int = 1) -> None:
    run = batch.label_runs.first() or make_run(batch=batch)
    Scan.objects.bulk_create(
        Scan(
            run=run, serial=number + 1, at=NOW + timedelta(minutes=minutes), verdict="attention", region=region,
            visitor=b"v",
        )
        for number in range(count)
    )  # fmt: skip


def test_scans_since_are_counted_by_batch_region_and_day(maker: Actor, province: Actor, chain: Chain) -> None:
    scanned(chain.first, region="510100", minutes=-5, count=4)
    row = recall(maker, f"lot:{chain.raw.code}")
    scanned(chain.first, region="510100", minutes=1, count=3)
    scanned(chain.first, region="", minutes=60, count=1)
    # Noon in Chengdu: thirteen hours on is another day.
    scanned(chain.second, region="511500", minutes=13 * 60, count=2)
    scanned(chain.aside, region="510100", minutes=1, count=9)

    rows = signed_in(maker).get(f"/api/v1/recalls/{row.code}/scans").json()

    assert [(each["lot"], each["region"], each["day"], each["count"]) for each in rows] == [
        ("B-2", "511500", "2026-11-24", 2),
        ("B-1", "", "2026-11-23", 1),
        ("B-1", "510100", "2026-11-23", 3),
    ]
    text = text_of(page(signed_in(province), f"/recalls/{row.code}"))
    assert "6 此后的扫码" in text
    for words in ("成都市 3", "宜宾市 2", "地区不明 1", "2026年11月24日 2"):
        assert words in text, words


def test_scans_before_a_batch_was_added_do_not_count(maker: Actor, chain: Chain) -> None:
    row = recall(maker, f"lot:{chain.raw.code}")
    cover = row.covers.get(batch=chain.second)
    scanned(chain.second, region="510100", minutes=-1)
    scanned(chain.second, region="510100", minutes=0)

    rows = signed_in(maker).get(f"/api/v1/recalls/{row.code}/scans").json()

    assert cover.at == NOW
    assert [each["count"] for each in rows] == [1]
