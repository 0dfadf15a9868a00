"""Certificates by page: one tap, printed, shown to the buyer and behind their own address."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from bs4 import BeautifulSoup
from django.test import Client

from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.trace.models.certificate import ConformityCertificate
from products.trace.services.batches import correct_batch, recall_batch
from tests.conftest import signed_in
from tests.factories import NOW, code_of, make_authorisation, make_batch, make_indication, make_run
from tests.trace.certificate_helpers import PHONE, issue
from tests.trace.lab_helpers import changed, enter, lab_batch
from tests.trace.lineage_helpers import lot_of, make_lot, operate
from tests.trace.reading import errors_at, field, page, text_of

pytestmark = pytest.mark.usefixtures("reports_folder")


def soup_of(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def address(batch: Any) -> str:
    return f"/producer/batches/{batch.code}/certificate"


def greens(authorisation: Authorisation) -> Authorisation:
    """Another right of the same maker, for a vegetable."""
    indication = make_indication(name="郫都生菜", category="蔬菜")
    return make_authorisation(enterprise=authorisation.enterprise, indication=indication, product_name="生菜")


def test_the_first_is_asked_for_and_the_next_takes_one_tap(maker: Actor, authorisation: Authorisation) -> None:
    right = greens(authorisation)
    first, second = make_batch(authorisation=right), make_batch(authorisation=right)
    client = signed_in(maker)
    form = page(client, address(first))
    chosen = field(form, "product_kind").select_one("option[selected]")
    assert chosen is not None
    assert chosen["value"] == "vegetable"

    empty = client.post(address(first), {"product_kind": "", "contact": "张三"})
    answer = client.post(
        address(first),
        {"product_kind": "vegetable", "basis": ["own_test", "own_promise"], "contact": PHONE},
        follow=True,
    )

    assert empty.status_code == 422
    assert set(errors_at(soup_of(empty))) == {"product_kind"}
    assert soup_of(empty).select("fieldset .error")
    number = ConformityCertificate.objects.get().number
    assert f"合格证 {number} 已开具" in text_of(soup_of(answer))
    # Nothing is asked any more; and no test is claimed because the one before had one.
    button = page(client, f"/producer/batches/{second.code}").select_one(f'form[action="{address(second)}"]')
    assert button is not None
    assert "照上一次：蔬菜（含人工种植的食用菌）；承诺依据 自我承诺；联系方式 028-87654321。" in text_of(button)
    sent = {
        str(widget["name"]): str(widget["value"])
        for widget in button.select("input")
        if widget["name"] not in {"csrfmiddlewaretoken", "idempotency_key"}
    }
    assert sent == {"product_kind": "vegetable", "contact": PHONE, "basis": "own_promise"}
    client.post(address(second), sent)
    assert second.certificates.get().basis == ["own_promise"]


def test_refusals_stand_at_their_fields(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)
    client = signed_in(maker)

    answer = client.post(address(batch), {"product_kind": "other", "basis": ["own_promise"], "contact": "张经理"})

    assert answer.status_code == 422
    assert "不像电话号码" in errors_at(soup_of(answer))["contact"]
    assert "酱、酒、干制茶叶等加工品不开具" in text_of(soup_of(answer))


def test_it_is_issued_again_with_a_reason_and_the_old_one_stays(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)
    old = issue(maker, batch)
    client = signed_in(maker)
    correct_batch(actor=maker, code=batch.code, changes={"net_mass_g": 90_000}, reason="复秤", now=NOW)
    before = text_of(page(client, f"/producer/batches/{batch.code}"))
    assert "需要重开" in before
    assert "开具以后登记内容更正过（数量）" in before
    assert field(page(client, address(batch)), "contact")["value"] == PHONE
    content = {"product_kind": "vegetable", "basis": ["quality_control"], "contact": PHONE}

    without = client.post(address(batch), content)
    client.post(address(batch), content | {"reason": "净重更正"})

    assert set(errors_at(soup_of(without))) == {"reason"}
    soup = page(client, f"/producer/batches/{batch.code}")
    assert "已开具" in text_of(soup)
    assert old.number in [struck.get_text(strip=True) for struck in soup.select("del")]


def test_a_batch_of_mixed_lots_says_what_lacks_a_certificate(maker: Actor, authorisation: Authorisation) -> None:
    ours, batch = make_batch(authorisation=authorisation), make_batch(authorisation=authorisation)
    earlier = issue(maker, ours)
    bought = make_lot(authorisation.enterprise, kind="purchase", lot="P-7")
    operate(authorisation.enterprise, "merge", taken={lot_of(ours): 5, bought: 5}, given={lot_of(batch): 10})
    client = signed_in(maker)

    shown = text_of(page(client, address(batch)))
    assert earlier.number in shown
    assert "P-7 没有收存卖方的合格证，补登" in shown
    issue(maker, batch)
    assert f"代替原合格证： {earlier.number}" in text_of(page(client, f"/producer/batches/{batch.code}"))


def test_a_sellers_certificate_is_kept_on_its_page(maker: Actor, rival: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)
    bought = make_lot(authorisation.enterprise, kind="purchase", lot="P-7")
    operate(authorisation.enterprise, "split", taken={bought: 5}, given={lot_of(batch): 5})
    client = signed_in(maker)
    (link,) = page(client, f"/producer/batches/{batch.code}/certificate").select('a[href*="/lots/"]')
    form = str(link["href"])
    assert field(page(client, form), "number").has_attr("id")

    future = client.post(form, {"number": "川-1", "issued_on": "2026-12-01"})
    empty = client.post(form, {"number": "", "issued_on": ""})
    answer = client.post(form, {"number": "川-1", "issued_on": "2026-11-20"}, follow=True)

    assert set(errors_at(soup_of(future))) == {"issued_on"}
    assert set(errors_at(soup_of(empty))) == {"number", "issued_on"}
    assert answer.redirect_chain[-1][0] == f"/producer/batches/{batch.code}"
    assert "卖方的合格证 川-1 已收存" in text_of(soup_of(answer))
    twice = client.post(form.partition("?")[0], {"number": "川-1", "issued_on": "2026-11-20"})
    assert set(errors_at(soup_of(twice))) == {"number"}
    assert client.post(f"{form}x", {"number": "川-2", "issued_on": "2026-11-20"}).status_code == 302
    assert signed_in(rival).get(form).status_code == 404
    assert Client().get(form).status_code == 302


def test_it_is_printed_on_the_paper_asked_for(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)
    issue(maker, batch)
    client = signed_in(maker)

    answer = client.get(f"{address(batch)}.pdf", {"layout": "label_60x40", "copies": "3"})

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert len(pypdfium2.PdfDocument(BytesIO(answer.content))) == 3
    for asked in ({"copies": "x"}, {"copies": "0"}, {"copies": "9" * 30}, {"layout": "a3"}):
        refused = client.get(f"{address(batch)}.pdf", asked, follow=True)
        assert [status for _address, status in refused.redirect_chain] == [302]
        assert soup_of(refused).select(".alert")


@pytest.mark.parametrize("stop", ["recall", "laboratory"])
def test_what_is_stopped_is_neither_printed_nor_issued_and_the_buyer_is_told(
    maker: Actor, authorisation: Authorisation, stop: str
) -> None:
    batch = lab_batch(authorisation, state="released")
    issue(maker, batch)
    code = code_of(make_run(batch=batch), 1)
    if stop == "recall":
        recall_batch(actor=maker, code=batch.code, reason="农残超标", now=NOW)
    else:
        enter(maker, batch, results=changed("moisture", "60"))
    client = signed_in(maker)

    printed = client.get(f"{address(batch)}.pdf", follow=True)
    again = client.get(address(batch), follow=True)

    words = "已召回，不能开具或打印" if stop == "recall" else "检验不合格，不能开具或打印"
    assert words in text_of(soup_of(printed))
    assert words in text_of(soup_of(again))
    if stop == "recall":
        assert "此证只供查证" in text_of(soup_of(Client().get(f"/t/{code}")))


def test_the_buyer_sees_title_items_and_promise(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)
    code = code_of(make_run(batch=batch), 1)
    assert "承诺达标合格证" not in text_of(page(Client(), f"/t/{code}"))
    row = issue(maker, batch)

    soup = page(Client(), f"/t/{code}")
    facts = Client().get(f"/t/{code}", headers={"Accept": "application/json"}).json()["batch"]["certificate"]

    (heading,) = soup.select("h2#certificate")
    assert heading.get_text(strip=True) == "承诺达标合格证"
    shown = text_of(heading.parent)  # type: ignore[arg-type]
    for part in (
        "郫县豆瓣",
        "100 公斤",
        "成都市郫都区",
        "2026年11月23日",
        row.promiser,
        PHONE,
        row.number,
        "残留不超过国家标准",
    ):
        assert part in shown
    assert facts == {
        "title": "承诺达标合格证", "number": row.number, "product_name": "郫县豆瓣", "quantity_g": 100_000,
        "origin": "成都市郫都区", "issued_on": "2026-11-23", "promiser": row.promiser, "contact": PHONE,
        "promises": facts["promises"], "basis": ["quality_control"], "changed": [], "mixed_from": [],
    }  # fmt: skip
    assert len(facts["promises"]) == 3


def test_history_and_certificate_fit_the_scan_page_however_much_was_corrected(
    maker: Actor, authorisation: Authorisation
) -> None:
    batch = make_batch(authorisation=authorisation)
    issue(maker, batch)
    code = code_of(make_run(batch=batch), 1)
    for number in range(60):
        batch.corrections.create(
            changes={"net_mass_g": [str(number), str(number + 1)]}, reason="复秤" * 200, by=maker.ledger_name, at=NOW
        )

    answer = Client().get(f"/t/{code}")

    assert len(answer.content) < 50_000
    shown = text_of(soup_of(answer))
    assert "中间另有 " in shown
    (first, *_rest) = soup_of(answer).select("#history ~ ol li del")
    assert "原为" in text_of(first.parent)  # type: ignore[arg-type]


def test_the_batch_has_an_address_of_its_own_for_anybody(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)
    row = issue(maker, batch)
    draft = make_batch(authorisation=authorisation, state="draft")

    for path in (f"/b/{batch.code}", f"/B/{batch.code.hex.upper()}", f"/b/{batch.code.hex}"):
        soup = page(Client(), path)
        assert row.number in text_of(soup)
        assert len(soup.select("h1")) == 1
    assert Client().get(f"/b/{draft.code}").status_code == 404
    assert Client().get(f"/B/{'0' * 32}").status_code == 404
    recall_batch(actor=maker, code=batch.code, reason="农残超标", now=NOW)
    assert "农残超标" in text_of(page(Client(), f"/b/{batch.code}"))


def test_the_batchs_page_says_until_when_records_are_kept(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)

    shown = text_of(page(signed_in(maker), f"/producer/batches/{batch.code}"))

    assert "记录须保存至 2028年11月1日" in shown


@pytest.mark.parametrize("last", ["", ".pdf"])
def test_pages_of_another_are_not_there(
    maker: Actor, rival: Actor, officer_south: Actor, authorisation: Authorisation, last: str
) -> None:
    batch = make_batch(authorisation=authorisation)
    issue(maker, batch)

    assert signed_in(rival).get(address(batch) + last).status_code == 404
    assert signed_in(officer_south).get(address(batch) + last).status_code == (404 if last else 403)
    assert Client().get(address(batch) + last).status_code == 302
