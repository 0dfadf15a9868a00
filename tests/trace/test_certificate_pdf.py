"""The printed certificate, read back as a telephone and a reader would."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pypdfium2
import pytest

from products.access import Actor
from products.errors import DomainError
from products.registry.models.authorisation import Authorisation
from products.rendering.drawing import Text
from products.rendering.errors import LabelTooSmall, UnprintableText
from products.trace.domain.certificate import PROMISES, TITLE
from products.trace.rendering.certificate import (
    LAYOUTS,
    MIN_BODY_MM,
    CertificateText,
    certificate_pdf,
    compose,
    rows_of,
)
from products.trace.services.batches import hold_batch
from products.trace.services.certificate_files import certificate_file
from tests.factories import NOW, make_batch
from tests.labels.rendering.reading import page_image, read_all
from tests.trace.certificate_helpers import PHONE, issue

ADDRESS = "HTTPS://TRACE.EXAMPLE.GOV.CN/B/0123456789ABCDEF0123456789ABCDEF"
LONG = "四川省成都市郫都区某某蔬菜种植专业合作社联合社"


def text(**changes: Any) -> CertificateText:
    facts: dict[str, Any] = {
        "name": "郫都生菜",
        "quantity": "1250.5 公斤",
        "origin": "成都市郫都区",
        "issued_on": "2026年11月23日",
        "promiser": "郫都生菜合作社",
        "contact": PHONE,
        "number": "HG261123-7K3QFA",
        "others": (),
    }
    rows = rows_of(**(facts | changes))
    return CertificateText("HG261123-7K3QFA", rows, PROMISES["2026-02"], ("委托检测", "内部质量控制"), ADDRESS)


def drawn(said: CertificateText, layout: str, *, copies: int) -> tuple[pypdfium2.PdfDocument, int]:
    stream = BytesIO()
    pages = certificate_pdf(said, LAYOUTS[layout], stream, copies=copies)
    return pypdfium2.PdfDocument(stream.getvalue()), pages


def words_on(document: pypdfium2.PdfDocument, page: int = 0) -> str:
    return "".join(document[page].get_textpage().get_text_range().split())


@pytest.mark.parametrize(
    ("layout", "pages", "on_last"), [("a4_8", 2, 2), ("label_60x40", 10, 1), ("label_80x60", 10, 1), ("label_100x70", 10, 1)]
)  # fmt: skip
def test_every_copy_reads_back(layout: str, pages: int, on_last: int) -> None:
    document, made = drawn(text(), layout, copies=10)

    assert len(document) == made == pages
    codes = [read_all(page_image(document, page)) for page in range(pages)]
    assert [code for page in codes for code in page] == [ADDRESS] * 10
    assert len(codes[-1]) == on_last
    words = words_on(document)
    for part in (
        TITLE,
        "郫都生菜",
        "1250.5公斤",
        "成都市郫都区",
        "2026年11月23日",
        "郫都生菜合作社",
        PHONE,
        "签名或盖章",
    ):
        assert part in words
    for promise in PROMISES["2026-02"]:
        assert promise in words


def test_pages_of_a_label_printer_are_the_size_of_its_labels() -> None:
    document, _pages = drawn(text(), "label_60x40", copies=1)

    width, height = document[0].get_size()
    assert (round(width * 25.4 / 72, 1), round(height * 25.4 / 72, 1)) == (60.0, 40.0)


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_the_title_stands_out_and_nothing_is_set_too_small(layout: str) -> None:
    items, place = compose(text(promiser=LONG, others=["HG261120-AAAAAA"]), LAYOUTS[layout])

    sizes = {item.text: item.size for item in items if isinstance(item, Text)}
    body = sorted(sizes.values())[len(sizes) // 2]
    assert body >= MIN_BODY_MM
    assert sizes[TITLE] >= 1.9 * body - 1e-6
    assert max(sizes.values()) == sizes[TITLE]
    size = LAYOUTS[layout].size
    assert place.x + place.side <= size.width_mm
    assert all(item.x >= 0 and item.y <= size.height_mm for item in items)


def test_what_does_not_fit_or_cannot_be_printed_is_refused_before_anything_is_written() -> None:
    for said, error in ((text(promiser=LONG * 6), LabelTooSmall), (text(name="生菜\U0001f96c"), UnprintableText)):
        stream = BytesIO()
        with pytest.raises(error):
            certificate_pdf(said, LAYOUTS["label_60x40"], stream, copies=1)
        assert stream.getvalue() == b""


def test_the_file_is_of_the_standing_certificate_and_leads_to_the_batch(
    maker: Actor, authorisation: Authorisation, settings: Any
) -> None:
    settings.BASE_URL = "https://trace.example.gov.cn"
    batch = make_batch(authorisation=authorisation)
    first = issue(maker, batch)
    second = issue(maker, batch, reason="重开")

    view, content = certificate_file(actor=maker, batch_code=batch.code, layout="a4_8", copies=8)

    document = pypdfium2.PdfDocument(content)
    assert view.row == second
    assert second.number in words_on(document)
    assert read_all(page_image(document, 0)) == [f"HTTPS://TRACE.EXAMPLE.GOV.CN/B/{batch.code.hex.upper()}"] * 8
    with pytest.raises(DomainError) as caught:
        certificate_file(actor=maker, batch_code=batch.code, code=first.code, layout="a4_8", copies=8)
    assert caught.value.code == "certificate_replaced"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"layout": "a3"}, ("certificate_unprintable", "layout")),
        ({"copies": 0}, ("certificate_unprintable", "copies")),
        ({"copies": 801}, ("certificate_unprintable", "copies")),
    ],
)
def test_what_cannot_be_printed_is_said(
    maker: Actor, authorisation: Authorisation, asked: dict[str, Any], expected: tuple[str, str]
) -> None:
    batch = make_batch(authorisation=authorisation)
    issue(maker, batch)

    facts: dict[str, Any] = {"actor": maker, "batch_code": batch.code, "layout": "a4_8", "copies": 1}
    with pytest.raises(DomainError) as caught:
        certificate_file(**(facts | asked))

    assert (caught.value.code, caught.value.field) == expected


def test_a_held_batch_and_one_without_a_certificate_print_nothing(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)
    codes: list[str] = []
    for prepare in (lambda: None, lambda: issue(maker, batch)):
        prepare()
        if codes:
            hold_batch(actor=maker, code=batch.code, reason="复检", now=NOW)
        with pytest.raises(DomainError) as caught:
            certificate_file(actor=maker, batch_code=batch.code, layout="a4_8", copies=1)
        codes.append(caught.value.code)

    assert codes == ["certificate_missing", "certificate_batch_stopped"]
