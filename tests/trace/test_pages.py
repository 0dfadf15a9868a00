"""The pages of one batch: entering it, its steps, its corrections."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.trace.models.batch import Batch
from products.trace.services.batches import correct_batch
from tests.conftest import signed_in
from tests.factories import NOW, PIDU, PUJIANG, make_authorisation, make_batch, make_indication, make_run
from tests.trace.helpers import filled_in, register
from tests.trace.reading import errors_at, field, page, send, text_of


def test_the_form_starts_as_the_last_batch_was(maker: Actor, authorisation: Authorisation) -> None:
    today = timezone.localdate()
    make_batch(
        authorisation=authorisation,
        lot=f"{today:%y%m%d}-01",
        produced_on=date(2026, 1, 1),
        best_before=date(2026, 7, 1),
        gtin="06901234567892",
    )

    soup = page(signed_in(maker), "/producer/batches/new")

    def value(name: str) -> object:
        wanted = field(soup, name)
        chosen = wanted.find("option", selected=True) if wanted.name == "select" else wanted
        return chosen.get("value") if chosen else None

    assert value("authorisation_code") == str(authorisation.code)
    assert value("produced_on") == today.isoformat()
    assert value("origin_code") == PIDU
    assert value("lot") == f"{today:%y%m%d}-02"
    assert value("gtin") == "06901234567892"
    assert value("best_before") == (today + timedelta(days=181)).isoformat()
    assert value("net_mass_g") is None
    counties = [option.get("value") for option in soup.select("select[name=origin_code] option")]
    assert counties == ["", PIDU]


def test_several_products_group_their_counties(maker: Actor, makers: Enterprise) -> None:
    make_authorisation(enterprise=makers, indication=make_indication(name="甲"))
    second = make_authorisation(enterprise=makers, indication=make_indication(name="乙", counties=(PUJIANG,)))

    soup = page(signed_in(maker), f"/producer/batches/new?authorisation={second.code}")

    assert {group["label"] for group in soup.select("optgroup")} == {"甲", "乙"}
    chosen = soup.select_one("select[name=authorisation_code] option[selected]")
    assert chosen is not None
    assert chosen["value"] == str(second.code)
    assert page(signed_in(maker), "/producer/batches/new?authorisation=nonsense")


def test_a_batch_is_registered_with_the_form(maker: Actor, authorisation: Authorisation) -> None:
    client = signed_in(maker)

    answer = send(
        client,
        "/producer/batches/new",
        filled_in(authorisation, net_mass_g="１２．５", lot="Ａ１", longitude="１０３．８８７２", latitude="30.8105°"),
    )

    batch = Batch.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/producer/batches/{batch.code}")
    assert (batch.lot, batch.net_mass_g, batch.longitude_e6, batch.state) == ("A1", 12_500, 103_887_200, "registered")
    assert "批次已登记" in text_of(page(client, answer["Location"]))


def test_the_same_form_sent_twice_registers_once(maker: Actor, authorisation: Authorisation) -> None:
    client = signed_in(maker)
    form = page(client, "/producer/batches/new")
    key = str(form.select("input[name=idempotency_key]")[-1]["value"])
    content = filled_in(authorisation, idempotency_key=key)

    first, again = (send(client, "/producer/batches/new", content) for _ in range(2))
    as_multipart = client.post("/producer/batches/new", content)  # other bytes, the same fields
    other = send(client, "/producer/batches/new", content | {"lot": "OTHER"})

    assert other.status_code == 409
    assert first.status_code == again.status_code == as_multipart.status_code == 302
    assert first["Location"] == again["Location"] == as_multipart["Location"]
    assert Batch.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        ({"net_mass_g": "很多"}, "net_mass_g", "请只填数字"),
        ({"net_mass_g": "1.23456"}, "net_mass_g", "最小到克"),
        ({"net_mass_g": "-1"}, "net_mass_g", "大于 0"),
        ({"net_mass_g": "999999999"}, "net_mass_g", "10 万吨"),
        ({"lot": "第一批"}, "lot", "半角"),
        ({"produced_on": "2999-01-01"}, "produced_on", "今天之后"),
        ({"produced_on": "x"}, "produced_on", "2026-11-23"),
        ({"best_before": "2026-01-01"}, "best_before", "晚于生产日期"),
        ({"origin_code": PUJIANG}, "origin_code", "选"),
        ({"gtin": "123"}, "gtin", "校验码"),
        ({"longitude": "103.8"}, "longitude", "一起填写"),
        ({"longitude": "30.8", "latitude": "103.8"}, "longitude", "填反"),
        ({"longitude": "abc", "latitude": "30"}, "longitude", "103.8872"),
    ],
)
def test_an_error_stands_at_its_field_and_says_how_to_mend_it(
    maker: Actor, authorisation: Authorisation, changes: dict[str, str], name: str, words: str
) -> None:
    answer = send(signed_in(maker), "/producer/batches/new", filled_in(authorisation, **changes))
    soup = BeautifulSoup(answer.content, "html.parser")

    assert answer.status_code == 422
    assert words in errors_at(soup)[name]
    assert field(soup, name)["aria-invalid"] == "true"
    assert name not in ("gtin", "longitude") or soup.select_one("details[open]")
    assert not Batch.objects.exists()


def test_a_draft_is_saved_changed_registered(maker: Actor, authorisation: Authorisation) -> None:
    client = signed_in(maker)
    send(client, "/producer/batches/new", filled_in(authorisation, as_draft="1"))
    draft = Batch.objects.get()
    address = f"/producer/batches/{draft.code}"
    assert {button.get_text() for button in page(client, address).select("button.btn")} >= {"登记", "删除草稿"}

    send(client, f"{address}/edit", filled_in(authorisation, net_mass_g="7"))
    send(client, f"{address}/steps/register", {})

    draft.refresh_from_db()
    assert (draft.state, draft.net_mass_g) == ("registered", 7_000)
    assert client.get(f"{address}/edit")["Location"] == f"{address}/correct"


def test_a_draft_is_deleted(maker: Actor, authorisation: Authorisation) -> None:
    draft = make_batch(authorisation=authorisation, state="draft")

    assert send(signed_in(maker), f"/producer/batches/{draft.code}/discard", {}).status_code == 302
    assert not Batch.objects.exists()


def test_steps_are_buttons_and_recall_asks_why(maker: Actor, authorisation: Authorisation) -> None:
    client, batch = signed_in(maker), register(maker, authorisation)
    steps = f"/producer/batches/{batch.code}/steps"

    send(client, f"{steps}/release", {})
    refused = send(client, f"{steps}/recall", {"reason": " "})
    soup = BeautifulSoup(refused.content, "html.parser")
    assert refused.status_code == 422
    assert errors_at(soup)["reason"]
    assert send(client, f"{steps}/hold", {"reason": "复检"}).status_code == 302
    assert send(client, f"{steps}/register", {}).status_code == 409
    assert send(client, f"{steps}/fly", {}).status_code == 404
    send(client, f"{steps}/recall", {"reason": "净含量不足"})

    shown = page(client, f"/producer/batches/{batch.code}")
    assert "已召回" in text_of(shown)
    assert "原因：净含量不足" in text_of(shown)
    assert shown.select("form[action*=steps]") == []


def test_a_correction_is_shown_beside_the_original(maker: Actor, authorisation: Authorisation) -> None:
    client, batch = signed_in(maker), register(maker, authorisation)
    address = f"/producer/batches/{batch.code}"

    form = filled_in(authorisation, net_mass_g="90", reason="称重记录录错")
    assert send(client, f"{address}/correct", form)["Location"] == address

    soup = page(client, address)
    facts = soup.select_one("dl.facts")
    assert facts is not None
    assert "90 公斤" in text_of(facts)
    assert [text_of(gone).strip() for gone in facts.select("del")] == ["更正前： 100 公斤"]
    assert "称重记录录错" in text_of(soup)


def test_the_correction_form_fixes_what_labels_say(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation, lot="PRINTED")
    make_run(batch=batch)
    client = signed_in(maker)

    form = filled_in(authorisation, lot="OTHER", net_mass_g="0.5", produced_on="2026-11-01", reason="录错")
    answer = send(client, f"/producer/batches/{batch.code}/correct", form)
    soup = BeautifulSoup(answer.content, "html.parser")

    assert "不能少于已发标签对应的 5 公斤" in errors_at(soup)["net_mass_g"]
    assert field(soup, "lot")["value"] == "PRINTED"
    assert field(soup, "lot").has_attr("disabled")


def test_a_full_page_shows_runs_and_proofs(maker: Actor, authorisation: Authorisation) -> None:
    batch = register(maker, authorisation, plot_name="三组东坡地")
    correct_batch(actor=maker, code=batch.code, changes={"plot_name": "四组西坡地"}, reason="录错", now=NOW)
    run = make_run(batch=batch, quantity=30, unit_mass_g=500)

    words = text_of(page(signed_in(maker), f"/producer/batches/{batch.code}"))

    assert run.code in words
    assert "标签已对应 15 公斤，还可打印 85 公斤" in words
    assert "四组西坡地" in words
    assert "等待写入账本" in words
