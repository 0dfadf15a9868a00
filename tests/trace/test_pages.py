"""The producer's workplace, as a browser without JavaScript gets it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from products.access import Actor
from products.registry.models.authorisation import Authorisation, AuthorisationDecision
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.trace.models.batch import Batch
from products.trace.services.batches import correct_batch
from tests.conftest import signed_in
from tests.factories import NOW, PIDU, PUJIANG, make_authorisation, make_batch, make_indication, make_run
from tests.trace.helpers import filled_in, register


def page(client: Client, path: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == status, path
    return BeautifulSoup(answer.content, "html.parser")


def text_of(soup: BeautifulSoup) -> str:
    return re.sub(r"\s+", " ", soup.get_text(" "))


def errors_at(soup: BeautifulSoup) -> dict[str, str]:
    """{name of the field: the error that stands under it}"""
    return {
        str(field["name"]): text_of(error)
        for wrapper in soup.select("div.field")
        for error in wrapper.select(".error")
        for field in wrapper.select("input, select, textarea")
    }


def send(client: Client, path: str, content: dict[str, str]) -> Any:
    """As a browser sends a form."""
    return client.post(path, urlencode(content), content_type="application/x-www-form-urlencoded")


def test_an_empty_workplace_says_what_to_do_first(maker: Actor) -> None:
    soup = page(signed_in(maker), "/producer/")

    assert [link.get_text() for link in soup.select("a.btn.big")] == ["登记批次", "打印标签", "我的批次"]
    assert "请向所在县（市、区）市场监管部门申请" in text_of(soup)
    assert "还没有批次" in text_of(soup)
    assert "暂时不能登记批次" in text_of(page(signed_in(maker), "/producer/batches/new"))
    assert "还没有批次" in text_of(page(signed_in(maker), "/producer/batches/"))


def test_the_to_do_list_has_a_line_for_everything_that_waits(maker: Actor, makers: Enterprise) -> None:
    year = timezone.localdate().year
    authorisation = make_authorisation(enterprise=makers, quota_g=10_000, valid_from=date(year - 1, 1, 1))
    Authorisation.objects.update(valid_until=timezone.localdate() + timedelta(days=60))
    for name, state in (("暂停的", "suspended"), ("申请中的", "county_checked"), ("被拒的", "refused")):
        other = make_authorisation(enterprise=makers, indication=make_indication(name=name), state=state)
        AuthorisationDecision.objects.create(
            authorisation=other,
            action="x",
            to_state=state,
            reason=f"{name}理由",
            decided_by="x",
            office="x",
            decided_at=NOW,
        )
    for state in ("draft", "registered", "held", "released"):
        make_batch(authorisation=authorisation, lot=state.upper(), state=state, produced_on=date(year, 1, 1))
    run = make_run(batch=Batch.objects.get(state="released"), quantity=19, activated=False)

    soup = page(signed_in(maker), "/producer/")
    lines = [text_of(line) for line in soup.select(".todo > li")]

    for words in (
        "“暂停的”专用标志：暂停使用",
        "暂停的理由",
        "批次 HELD 已暂停销售",
        "授权有效期至",
        "今年的用标数量已用 95%",
        "草稿 DRAFT 还没有登记",
        "批次 REGISTERED 已登记，等待放行",
        "批次 RELEASED 的 19 枚标签还没有启用",
        "“申请中的”专用标志申请：待市级审核",
        "第 2 步，共 4 步",
        "“被拒的”专用标志申请：未核准",
        "被拒的理由",
    ):
        assert any(words in line for line in lines), words
    assert len(lines) == 9
    assert soup.find("a", href=f"/producer/runs/{run.code}") is not None
    assert soup.find("progress")["value"] == "95"  # type: ignore[index]


def test_an_activated_run_waits_for_nothing(maker: Actor, authorisation: Authorisation) -> None:
    make_run(batch=make_batch(authorisation=authorisation))

    assert "没有待办事项" in text_of(page(signed_in(maker), "/producer/"))


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
        field = soup.find(attrs={"name": name})
        chosen = field.find("option", selected=True) if field.name == "select" else field  # type: ignore[union-attr]
        return chosen.get("value") if chosen else None  # type: ignore[union-attr]

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
    key = str(form.find("input", attrs={"name": "idempotency_key"})["value"])  # type: ignore[index]
    content = filled_in(authorisation, idempotency_key=key)

    first, again = (send(client, "/producer/batches/new", content) for _ in range(2))
    other = client.post("/producer/batches/new", content)  # multipart: other bytes under the same key

    assert other.status_code == 409
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    assert Batch.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "words"),
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
    maker: Actor, authorisation: Authorisation, changes: dict[str, str], field: str, words: str
) -> None:
    answer = send(signed_in(maker), "/producer/batches/new", filled_in(authorisation, **changes))
    soup = BeautifulSoup(answer.content, "html.parser")

    assert answer.status_code == 422
    assert words in errors_at(soup)[field]
    assert soup.find(attrs={"name": field})["aria-invalid"] == "true"  # type: ignore[index]
    assert field not in ("best_before", "gtin", "longitude") or soup.select_one("details[open]")
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
    assert soup.find(attrs={"name": "lot", "disabled": True})["value"] == "PRINTED"  # type: ignore[index]


def test_a_full_page_shows_runs_and_proofs(maker: Actor, authorisation: Authorisation) -> None:
    batch = register(maker, authorisation, plot_name="三组东坡地")
    correct_batch(actor=maker, code=batch.code, changes={"plot_name": "四组西坡地"}, reason="录错", now=NOW)
    run = make_run(batch=batch, quantity=30, unit_mass_g=500)

    words = text_of(page(signed_in(maker), f"/producer/batches/{batch.code}"))

    assert run.code in words
    assert "标签已对应 15 公斤，还可打印 85 公斤" in words
    assert "四组西坡地" in words
    assert "等待写入账本" in words


def test_the_list_searches_by_lot_and_pages(maker: Actor, authorisation: Authorisation) -> None:
    for number in range(27):
        make_batch(authorisation=authorisation, lot=f"L-{number:02d}", state="draft" if number == 3 else "released")
    client = signed_in(maker)

    first = page(client, "/producer/batches/")
    assert len(first.select("main a.card")) == 25
    following = first.select_one("a[rel=next]")
    assert following is not None
    assert len(page(client, f"/producer/batches/{following['href']}").select("main a.card")) == 2
    assert len(page(client, "/producer/batches/?q=l-03").select("main a.card")) == 1
    assert len(page(client, "/producer/batches/?state=draft").select("main a.card")) == 1
    assert "没有符合条件的批次" in text_of(page(client, "/producer/batches/?q=nothing"))
    labels = page(client, "/producer/batches/?for=labels")
    assert all("/labels" in str(link["href"]) for link in labels.select("main a.card"))


def test_an_association_sees_its_own_and_changes_nothing(
    association: Actor, registrants_indication: Indication, authorisation: Authorisation
) -> None:
    own = make_authorisation(indication=registrants_indication)
    make_authorisation(indication=registrants_indication, state="submitted")
    seen, other = make_batch(authorisation=own), make_batch(authorisation=authorisation)
    client = signed_in(association)

    soup = page(client, "/producer/")
    assert {"我管理的地理标志", "待县级核验产地", seen.lot, own.enterprise.name} <= set(soup.stripped_strings)
    assert other.lot not in text_of(soup)
    assert soup.select("main form") == []
    assert page(client, f"/producer/batches/{seen.code}").select("form[action*=steps]") == []
    assert client.get(f"/producer/batches/{other.code}").status_code == 404
    assert client.get("/producer/batches/new").status_code == 403


def test_an_association_without_anything_sees_empty_states(association: Actor) -> None:
    words = text_of(page(signed_in(association), "/producer/"))

    assert "还没有企业获准使用" in words
    assert "没有正在办理的申请" in words
    assert "还没有登记的批次" in words


def test_an_officer_sees_the_batch_and_may_only_recall_it(officer_north: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)

    soup = page(signed_in(officer_north), f"/producer/batches/{batch.code}")

    actions = {str(form["action"]).rsplit("/", 1)[-1] for form in soup.select("form[action*=steps]")}
    assert actions == {"recall"}


def test_others_and_strangers_see_nothing(rival: Actor, officer_south: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)
    address = f"/producer/batches/{batch.code}"

    for actor in (rival, officer_south):
        assert signed_in(actor).get(address).status_code == 404
    assert signed_in(rival).get(f"{address}/correct").status_code == 404
    assert signed_in(rival).post(f"{address}/steps/hold", {"reason": "x"}).status_code == 404
    assert signed_in(officer_south).get("/producer/").status_code == 403
    assert Client().get(address)["Location"].startswith("/login")
    assert Client().post(f"{address}/steps/release").status_code == 302
    batch.refresh_from_db()
    assert batch.state == "released"


def test_pages_render_in_english(maker: Actor, authorisation: Authorisation) -> None:
    batch = register(maker, authorisation)
    client = signed_in(maker)

    for path in ("/producer/", "/producer/batches/", "/producer/batches/new", f"/producer/batches/{batch.code}"):
        assert page(client, f"{path}?lang=en")
