"""Sheets and code lists: every cell reads back, and the text is text."""

from __future__ import annotations

import csv
import tracemalloc
from io import BytesIO, StringIO

import pypdfium2
import pytest

from products.labels.domain.mark_rules import Missing
from products.labels.domain.unit_code import group_in_fours, is_authentic, parse_unit_code
from products.labels.rendering.code_list import codes_csv
from products.labels.rendering.errors import FactsMissing
from products.labels.rendering.sheets import sheet_pdf
from products.rendering.layouts import A4_21, A4_45, LAYOUTS, SheetLayout
from tests.labels.domain.factories import BASE_URL, KEY, RUN, address_of, make_facts, make_run
from tests.labels.rendering.reading import page_image, read_all
from tests.labels.rendering.test_pictures import make_mark


class Sink:
    """A stream that can only be written to, and forgets."""

    def __init__(self) -> None:
        self.written = 0

    def write(self, data: bytes) -> int:
        self.written += len(data)
        return len(data)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_every_cell_of_every_sheet_reads_back_in_order(layout: SheetLayout) -> None:
    run = make_run(layout.per_sheet + 1)
    out = BytesIO()

    assert sheet_pdf(run, layout, out, base_url=BASE_URL, cut_marks=True) == len(run)

    document = pypdfium2.PdfDocument(out.getvalue())
    assert len(document) == 2
    assert document[0].get_size() == pytest.approx((595.28, 841.89), abs=0.01)
    # The reader may lose its order among equals: every cell is read by itself.
    image = page_image(document, 0)
    scale = 300 / 25.4
    for facts, (left, top) in zip(run, layout.cells(), strict=False):
        right, bottom = left + layout.size.width_mm, top + layout.size.height_mm
        cell = image.crop((round(left * scale), round(top * scale), round(right * scale), round(bottom * scale)))
        assert read_all(cell) == [address_of(facts)]
    assert read_all(page_image(document, 1)) == [address_of(run[-1])]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_cells_lie_on_the_sheet_and_apart(layout: SheetLayout) -> None:
    cells = list(layout.cells())

    assert len(cells) == layout.per_sheet == len(set(cells))
    assert max(x for x, _ in cells) + layout.size.width_mm <= 210.0
    assert max(y for _, y in cells) + layout.size.height_mm <= 297.0
    assert layout.pitch_x_mm >= layout.size.width_mm
    assert layout.pitch_y_mm >= layout.size.height_mm


def test_the_text_can_be_selected_and_the_font_is_embedded_as_a_subset() -> None:
    out = BytesIO()
    facts = make_facts()
    sheet_pdf([facts], A4_21, out, base_url=BASE_URL)

    text = pypdfium2.PdfDocument(out.getvalue())[0].get_textpage().get_text_range()

    for said in ("郫县豆瓣", "Pixian Douban", facts.producer_name, facts.uscc, facts.lot, "2026年11月23日", "500克"):
        assert said in text
    assert group_in_fours(facts.unit_code) in text
    assert b"/FontFile3" in out.getvalue()
    assert len(out.getvalue()) < 40_000


def test_labels_of_several_batches_share_a_sheet() -> None:
    first, second = make_run(2)
    other = make_facts(name_zh="合江荔枝", lot="H7", unit_code=second.unit_code)
    out = BytesIO()
    sheet_pdf([first, other], A4_21, out, base_url=BASE_URL, mark_image=make_mark())

    document = pypdfium2.PdfDocument(out.getvalue())
    text = document[0].get_textpage().get_text_range()

    assert "郫县豆瓣" in text
    assert "合江荔枝" in text
    assert set(read_all(page_image(document, 0))) == {address_of(first), address_of(other)}


def test_a_sheet_with_one_unlawful_label_is_refused() -> None:
    first = make_facts()
    for change, missing in (({"uscc": ""}, Missing.USCC), ({"unit_code": ""}, Missing.UNIT_CODE)):
        with pytest.raises(FactsMissing) as caught:
            sheet_pdf([first, make_facts(**change)], A4_45, BytesIO(), base_url=BASE_URL)
        assert caught.value.missing == (missing,)
    with pytest.raises(ValueError, match="no labels"):
        sheet_pdf([], A4_45, BytesIO(), base_url=BASE_URL)


def test_memory_does_not_grow_with_the_run() -> None:
    sheet_pdf(make_run(45), A4_45, Sink(), base_url=BASE_URL)  # type: ignore[arg-type]

    def peak(count: int) -> int:
        run = make_run(count)
        sink = Sink()
        tracemalloc.start()
        sheet_pdf(run, A4_45, sink, base_url=BASE_URL)  # type: ignore[arg-type]
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert sink.written > count * 200
        return used

    assert peak(450) < peak(90) + 200_000


def test_the_code_list_opens_in_a_spreadsheet_and_holds_genuine_codes() -> None:
    text = "".join(codes_csv(KEY, RUN, 99, 101, base_url=BASE_URL))

    assert text.encode().startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(StringIO(text.removeprefix("\ufeff")))
    assert head == ["查验码", "网址", "序号", "分组查验码"]
    assert [row[2] for row in rows] == ["99", "100", "101"]
    for code, address, _, grouped in rows:
        assert is_authentic(KEY, parse_unit_code(code))
        assert address == f"HTTPS://GI.EXAMPLE.CN/T/{code}"
        assert grouped == group_in_fours(code)


def test_a_senseless_code_list_fails_before_its_first_line() -> None:
    with pytest.raises(ValueError, match="serial"):
        codes_csv(KEY, RUN, 0, 5, base_url=BASE_URL)
