"""The pages of plots and growers, and the plots on the pages of batches, without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile

from products.access import Actor, Role
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.trace.models.batch import Batch
from products.trace.models.plot import Grower, Plot
from products.trace.queries.plots import plots_of
from products.trace.services.growers import register_grower
from tests.conftest import signed_in
from tests.factories import (
    NOW,
    make_authorisation,
    make_enterprise,
    make_indication,
    make_limit,
    make_user,
    make_version,
)
from tests.trace.helpers import filled_in, register
from tests.trace.plot_helpers import make_plot, square
from tests.trace.reading import errors_at, field, page, text_of

NEW = "/producer/plots/new"


def soup_of(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def typed(authorisation: Authorisation, **changes: Any) -> dict[str, Any]:
    """The form as it is sent with a point."""
    return {
        "indication_code": authorisation.indication.code,
        "kind": "field",
        "name": "东坡二号田",
        "longitude": "103.85",
        "latitude": "30.85",
        "area_m2": "3.5",
        "outline": "",
        "datum": "WGS-84",
        "grower": "",
        "altitude_m": "",
        "region_code": "",
        **changes,
    }


def test_a_plot_is_registered_from_a_point_and_shown(maker: Actor, authorisation: Authorisation) -> None:
    client = signed_in(maker)
    grower = register_grower(actor=maker, name="王小明", now=NOW)
    form = page(client, NEW)
    assert [option.get_text() for option in field(form, "grower").select("option")] == ["本企业自己", "王小明"]
    assert form.select("[data-place]")

    answer = client.post(NEW, typed(authorisation, grower=str(grower.code), altitude_m="620"), follow=True)

    assert answer.status_code == 200
    shown = text_of(soup_of(answer))
    assert "地块已登记。" in shown
    for words in ("东坡二号田", "王小明", "3.5 亩（2,333 平方米）", "企业填报", "620 米", "郫都区"):
        assert words in shown


def test_an_outline_is_uploaded_and_measured(maker: Actor, authorisation: Authorisation) -> None:
    client = signed_in(maker)
    file = SimpleUploadedFile("地块.geojson", square(103.8, 30.8, 0.001).encode())
    content = typed(authorisation, longitude="", latitude="", area_m2="", outline_file=file)

    answer = client.post(NEW, content, follow=True)

    shown = soup_of(answer)
    assert "按轮廓计算" in text_of(shown)
    assert len(shown.select("svg polygon")) == 1


@pytest.mark.parametrize(
    ("changes", "at", "words"),
    [
        ({"name": ""}, "name", "必填"),
        ({"area_m2": "两亩"}, "area_m2", "请填数字，单位是亩"),
        ({"area_m2": ""}, "area_m2", "只有一个点时请填写面积"),
        ({"longitude": "东经103度"}, "longitude", "请填度数的小数"),
        ({"longitude": "30.85", "latitude": "103.85"}, "longitude", "填反了"),
        ({"longitude": "103.45", "latitude": "30.2"}, "longitude", "保护范围"),
        ({"longitude": "", "latitude": ""}, "longitude", "请给出地块的位置"),
        ({"altitude_m": "很高"}, "altitude_m", "请填整数"),
        ({"altitude_m": "9000"}, "altitude_m", "请核对"),
        ({"outline": "{"}, "outline", "不是 GeoJSON"),
        ({"outline": "x" * 200_002}, "outline", "200001"),
        ({"datum": "北京54"}, "datum", "不在可用的选项中"),
        (
            {"outline_file": SimpleUploadedFile("a.shp", b"\x00\x00'\n\xff\xfe")},
            "outline_file",
            "不是 GeoJSON 文本文件",
        ),
        ({"outline_file": SimpleUploadedFile("a.geojson", b"")}, "outline_file", "空的"),
        ({"outline_file": SimpleUploadedFile("a.geojson", b" " * 500_000)}, "outline_file", "文件太大"),
        ({"outline_file": SimpleUploadedFile("a.geojson", b"[]")}, "outline_file", "没有找到地块"),
    ],
)
def test_an_error_stands_at_its_field(
    maker: Actor, authorisation: Authorisation, changes: dict[str, Any], at: str, words: str
) -> None:
    answer = signed_in(maker).post(NEW, typed(authorisation, **changes))

    assert answer.status_code == 422
    assert words in errors_at(soup_of(answer)).get(at, ""), errors_at(soup_of(answer))
    assert not Plot.objects.exists()


def test_who_has_no_indication_is_told_what_to_do(rival: Actor) -> None:
    client = signed_in(rival)

    assert "申请使用专用标志" in text_of(page(client, NEW))
    assert client.post(NEW, {}).status_code == 409


def test_a_plot_is_changed_and_retired_on_its_page(maker: Actor, authorisation: Authorisation) -> None:
    client, plot = signed_in(maker), make_plot(maker, authorisation.indication)
    address = f"/producer/plots/{plot.code}"
    form = page(client, f"{address}/edit")
    assert (field(form, "longitude")["value"], field(form, "area_m2")["value"]) == ("103.85", "10000平方米")
    content = typed(authorisation, area_m2="10000平方米", name="新名字", region_code=plot.region_id)

    assert "reason" in errors_at(soup_of(client.post(f"{address}/edit", content)))
    unchanged = client.post(f"{address}/edit", content | {"name": plot.name, "reason": "无"})
    assert "没有需要更正的地方" in text_of(soup_of(unchanged))
    shown = text_of(soup_of(client.post(f"{address}/edit", content | {"reason": "改名"}, follow=True)))
    assert "变更已登记。" in shown
    assert "新名字" in shown

    assert "reason" in errors_at(soup_of(client.post(f"{address}/retire", {"reason": ""})))
    gone = soup_of(client.post(f"{address}/retire", {"reason": "流转到期"}, follow=True))
    assert "已停用" in text_of(gone)
    assert not gone.select(f"a[href='{address}/edit']")
    assert client.get(f"{address}/edit").status_code == 302


def test_others_read_what_is_theirs_to_read(
    maker: Actor, rival: Actor, officer_north: Actor, officer_south: Actor, auditor: Actor, authorisation: Authorisation
) -> None:
    grower = register_grower(actor=maker, name="王小明", phone="13800000000", now=NOW)
    plot = make_plot(maker, authorisation.indication, grower=grower.code)
    address = f"/producer/plots/{plot.code}"

    for actor in (officer_north, auditor):
        shown = text_of(page(signed_in(actor), address))
        assert "王＊＊" in shown
        assert "王小明" not in shown
        assert "二组坡地" in text_of(page(signed_in(actor), "/producer/plots/"))
        assert signed_in(actor).get("/producer/growers/").status_code == 403
        assert signed_in(actor).get(NEW).status_code == 403
    for actor in (rival, officer_south):
        assert signed_in(actor).get(address).status_code == 404
        assert "二组坡地" not in text_of(page(signed_in(actor), "/producer/plots/"))
    assert signed_in(rival).get(f"{address}/edit").status_code == 404
    assert signed_in(rival).post(f"{address}/retire", {"reason": "停用"}).status_code == 404
    assert signed_in(rival).get(f"/producer/growers/{grower.code}").status_code == 404


def test_ground_in_common_is_pointed_out_to_those_in_charge(
    maker: Actor, rival: Actor, officer_north: Actor, authorisation: Authorisation
) -> None:
    make_authorisation(indication=authorisation.indication, enterprise=Enterprise.objects.get(uscc=rival.uscc))
    make_plot(rival, authorisation.indication, name="先登记的", outline=square(103.8, 30.8, 0.001))
    make_plot(maker, authorisation.indication, name="不相干的")
    content = typed(authorisation, longitude="", latitude="", area_m2="", outline=square(103.8005, 30.8, 0.001))

    shown = text_of(soup_of(signed_in(maker).post(NEW, content, follow=True)))
    assert "轮廓与其他企业登记的地块重叠约" in shown
    assert "那是其他企业登记的地块" in shown
    assert "先登记的" not in shown

    office = signed_in(officer_north)
    cards = page(office, "/producer/plots/").select("a.card")
    marked = {text_of(card).split()[0] for card in cards if "轮廓重叠" in text_of(card)}
    assert marked == {"先登记的", "东坡二号田"}
    findings = text_of(page(office, "/regulator/findings?kind=shared_ground"))
    assert "地块与其他企业的重叠" in findings


def test_growers_are_kept_on_one_page(maker: Actor) -> None:
    client, address = signed_in(maker), "/producer/growers/"
    assert "还没有登记农户" in text_of(page(client, address))

    assert "phone" in errors_at(soup_of(client.post(address, {"name": "王小明", "phone": "无"})))
    shown = text_of(soup_of(client.post(address, {"name": "王小明", "phone": "13800000000"}, follow=True)))
    assert "王小明 13800000000" in shown
    code = Grower.objects.get().code
    renamed = client.post(f"{address}{code}", {"name": "王晓明", "phone": "13800000000"}, follow=True)
    assert "王晓明" in text_of(soup_of(renamed))
    retired = client.post(f"{address}{code}/retire", follow=True)
    assert "农户已停用。" in text_of(soup_of(retired))


def test_the_season_stands_above_the_plots(maker: Actor, authorisation: Authorisation) -> None:
    client = signed_in(maker)
    assert "规范没有规定最高单产" in text_of(page(client, "/producer/plots/"))
    make_version(authorisation.indication, max_yield_kg_per_ha=15_000)
    assert "还没有这个地理标志的地块" in text_of(page(client, "/producer/plots/"))
    make_plot(maker, authorisation.indication, area_m2=50)
    batch = register(maker, authorisation)

    shown = text_of(page(client, "/producer/plots/"))
    assert "已登记批次 100 公斤，地块最多能产 75 公斤。" in shown
    assert "多 25 公斤" in shown
    # Registering it was not refused; its page says so as well.
    over = "2026 年登记的产量 100 公斤，比登记的地块最多能产的 75 公斤 多 25 公斤。"
    assert over in text_of(page(client, f"/producer/batches/{batch.code}"))
    # Another year, and years that are none.
    assert "2025 年能产多少" in text_of(page(client, "/producer/plots/?year=2025"))
    for year in ("0", "99999", "abc", "٢٠٢٦"):
        assert "2026 年能产多少" in text_of(page(client, f"/producer/plots/?year={year}"))


def test_a_batch_is_registered_with_the_plots_of_the_last_one(maker: Actor, authorisation: Authorisation) -> None:
    make_limit(make_version(authorisation.indication), "altitude", "ge", "500", unit="m", scope="process")
    client = signed_in(maker)
    assert not page(client, "/producer/batches/new").select("[name=plots]")
    first = make_plot(maker, authorisation.indication, altitude_m=600)
    other = make_plot(maker, authorisation.indication, name="三组", altitude_m=400)
    register(maker, authorisation, plots=[first.code])

    form = page(client, "/producer/batches/new")
    boxes = {box["value"]: box.has_attr("checked") for box in form.select("input[name=plots]")}
    assert boxes == {str(first.code): True, str(other.code): False}
    content: dict[str, Any] = filled_in(authorisation, lot="261120-02")
    shown = text_of(soup_of(client.post("/producer/batches/new", content | {"plots": [str(other.code)]}, follow=True)))

    batch = Batch.objects.get(lot="261120-02")
    assert plots_of(batch) == [other]
    assert "✗ 不符合" in shown
    assert "三组 400 米" in shown
    wrong = client.post(
        "/producer/batches/new", content | {"lot": "X", "plots": ["6c1f3c1e-0000-4000-8000-000000000000"]}
    )
    assert wrong.status_code == 422


def test_a_drafts_choice_comes_back_and_can_be_taken_back(maker: Actor, authorisation: Authorisation) -> None:
    client, plot = signed_in(maker), make_plot(maker, authorisation.indication)
    draft = register(maker, authorisation, plots=[plot.code], as_draft=True)
    address = f"/producer/batches/{draft.code}"
    (box,) = page(client, f"{address}/edit").select("input[name=plots]")
    assert box.has_attr("checked")

    client.post(f"{address}/edit", filled_in(authorisation))

    draft.refresh_from_db()
    assert plots_of(draft) == []


def test_a_plot_elsewhere_has_no_name_for_the_office_of_the_enterprise(officer_north: Actor) -> None:
    """The batch is the office's to see, the field in 蒲江县 is not."""
    enterprise = make_enterprise()
    right = make_authorisation(indication=make_indication(counties=("510117", "510131")), enterprise=enterprise)
    actor = make_user(Role.PRODUCER, organisation=enterprise.uscc)
    plot = make_plot(actor, right.indication, name="远处的地", longitude="103.45", latitude="30.2")
    batch = register(actor, right, plots=[plot.code])

    shown = text_of(page(signed_in(officer_north), f"/producer/batches/{batch.code}"))

    assert "蒲江县" in shown
    assert "远处的地" not in shown
    answer = signed_in(officer_north).get(f"/api/v1/batches/{batch.code}/plots").json()
    assert answer["plots"] == [{"code": None, "name": None, "region": "510131", "area_m2": 10_000}]
