"""The cover as a reader sees it: rendered by another program, its text read back, its code scanned."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from django.conf import settings
from django.utils import translation

from products.access import Actor
from products.oversight.evidence import cover
from products.oversight.evidence.paper import TEXT_WIDTH, Paper
from products.registry.models.enterprise import Enterprise
from products.rendering import typeface
from products.rendering.text import printable, wrap
from tests.evidence.conftest import World
from tests.evidence.zips import unpack

Export = Callable[..., Path]


def text_of(pdf: bytes) -> str:
    """All text without line ends: a viewer breaks lines where the page does."""
    pages = pypdfium2.PdfDocument(pdf)
    return "".join(re.sub(r"\s", "", page.get_textpage().get_text_range()) for page in pages)


def test_it_says_what_is_proven_what_not_and_who_is_who(world: World, export: Export, officer_north: Actor) -> None:
    text = text_of(unpack(export(officer_north, "case", world.case.number))["cover.pdf"])

    for words in (
        "电子证据包", f"case:{world.case.number}", "郫都区市场监督管理部门（office:510117，监管人员）",
        "2026-11-2312:00:00北京时间（2026-11-23T04:00:00Z）", "与标准时间同步情况：未知", "平台不记录录入所用设备",
        str(world.signer.vkey), "自记录以来未改动", "记录内容在写入账本之前是否真实（诉讼规则第十八条）",
        "导出方是使用本平台履行监管职责的市场监督管理部门", "平台不是独立的第三方存证机构", "没有第三方的时间凭据",
        "举报人的联系方式", "业务记录与账本条目有", "python-mledger.verifier证据包.zip--policyPOLICY", "企业自行申报；产地范围、授权和日期经平台核对",
        "第9条2026-11-2312:01:00案件进展", "操作主体：平台（含无账户的公众提交）", "消费者陈述",
    ):  # fmt: skip
        assert words in text, words
    # None of it claims more than the mathematics does.
    assert "不可篡改" not in text
    assert "无法伪造" not in text


def test_a_producer_is_called_a_party(world: World, export: Export) -> None:
    text = text_of(unpack(export(world.maker, "enterprise", world.enterprise.uscc))["cover.pdf"])

    assert "导出方就是所述记录的录入企业，是当事人一方" in text


def test_its_code_leads_to_the_page(world: World, export: Export) -> None:
    pdf = unpack(export(world.maker, "batch", world.batch.code))["cover.pdf"]
    page = pypdfium2.PdfDocument(pdf)[0]
    picture = page.render(scale=2).to_pil().convert("L")

    (found,) = zxingcpp.read_barcodes(picture)

    assert found.text == f"{settings.BASE_URL}/producer/batches/{world.batch.code}"
    assert [round(side) for side in page.get_size()] == [595, 842]


def test_it_does_not_follow_the_language_of_whoever_exports(world: World, export: Export) -> None:
    with translation.override("en"):
        files = unpack(export(world.maker, "batch", world.batch.code))

    assert "登记批次" in text_of(files["cover.pdf"])
    assert "登记批次" in files["manifest.json"].decode()


def test_demonstration_data_is_marked(world: World, export: Export) -> None:
    Enterprise.objects.filter(pk=world.enterprise.pk).update(is_demo=True)

    assert "演示数据：不是真实企业的记录" in text_of(
        unpack(export(world.maker, "enterprise", world.enterprise.uscc))["cover.pdf"]
    )


def test_a_long_list_goes_on_and_then_refers_to_the_manifest(
    world: World, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cover, "LISTED", 3)

    text = text_of(unpack(export(world.maker, "batch", world.batch.code))["cover.pdf"])

    assert "此处列前3条，其余2条见manifest.json" in text


@pytest.mark.parametrize("name", ["豆瓣厂😀", "厂\x07名", "厂\n名", "\ue000", "𠮷野家"])
def test_no_name_stops_an_export(world: World, export: Export, name: str) -> None:
    Enterprise.objects.filter(pk=world.enterprise.pk).update(name=name)

    assert "cover.pdf" in unpack(export(world.maker, "batch", world.batch.code))
    assert "\n" not in printable(name)


@pytest.mark.parametrize(
    "text",
    ["", "a" * 500, "中文，" * 200, "word " * 200, "，。；" * 100, "x" * 60 + "中" + "y" * 90, "中文 a b，" * 60],
)
def test_lines_fit_the_page_and_lose_nothing(text: str) -> None:
    lines = list(wrap(text, 3.5, TEXT_WIDTH))

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(typeface.width(line, 3.5) <= TEXT_WIDTH + 3.5 for line in lines)


def test_pages_follow_one_another() -> None:
    stream = io.BytesIO()
    paper = Paper(stream, title="t", foot="foot")
    for number in range(200):
        paper.text(f"第 {number} 行")

    count = paper.finish()

    pages = pypdfium2.PdfDocument(stream.getvalue())
    assert len(pages) == count > 3
    text = text_of(stream.getvalue())
    assert all(f"第{number}行" in text for number in range(200))
    assert f"foot·第{count}页" in text
