"""The first page, the list, and who sees which of the pages."""

from __future__ import annotations

from datetime import date, timedelta

from django.test import Client
from django.utils import timezone

from products.access import Actor
from products.registry.models.authorisation import Authorisation, AuthorisationDecision
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.trace.models.batch import Batch
from tests.conftest import signed_in
from tests.factories import NOW, make_authorisation, make_batch, make_indication, make_run
from tests.trace.helpers import register
from tests.trace.reading import page, text_of


def test_an_empty_workplace_says_what_to_do_first(maker: Actor) -> None:
    soup = page(signed_in(maker), "/producer/")

    assert [link.get_text() for link in soup.select("a.btn.big")] == ["登记批次", "打印标签", "我的批次"]
    assert [link["href"] for link in soup.select("#main a[href$='/apply']")] == ["/producer/apply"] * 2
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
