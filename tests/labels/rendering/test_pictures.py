"""Single labels: what is drawn can be read back, whatever happens to the sticker."""

from __future__ import annotations

import re
from io import BytesIO
from xml.etree import ElementTree

import pytest
import resvg_py
from PIL import Image, ImageDraw, ImageFilter

from products.labels.domain.digital_link import InvalidLink
from products.labels.domain.mark_rules import IndicationType, LabelFacts, Missing
from products.labels.rendering.errors import FactsMissing, MarkImageUnusable
from products.labels.rendering.png import label_png
from products.labels.rendering.svg import label_svg
from products.rendering.errors import AddressTooLong, LabelTooSmall, ModuleTooSmall, UnprintableText
from products.rendering.layouts import (
    STICKER_40X30,
    STICKER_60X40,
    STICKER_63X38,
    STICKER_70X36,
    STICKER_99X68,
    LabelSize,
)
from tests.labels.domain.factories import BASE_URL, address_of, make_facts
from tests.labels.rendering.reading import open_image, read_all

SIZES = [STICKER_40X30, STICKER_60X40, STICKER_63X38, STICKER_70X36, STICKER_99X68]


def make_mark(side: int = 400) -> bytes:
    """A grey ring: the official mark's picture belongs to its owner and is not ours to keep."""
    image = Image.new("RGBA", (side, side))
    ImageDraw.Draw(image).ellipse((5, 5, side - 6, side - 6), outline=(90, 90, 90, 255), width=side // 20)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def svg_image(svg: str) -> Image.Image:
    return open_image(bytes(resvg_py.svg_to_bytes(svg_string=svg, dpi=300, skip_system_fonts=True)))


@pytest.mark.parametrize("size", SIZES)
def test_every_size_of_png_reads_back(size: LabelSize) -> None:
    facts = make_facts()

    data = label_png(facts, base_url=BASE_URL, size=size)

    image = Image.open(BytesIO(data))
    assert read_all(open_image(data)) == [address_of(facts)]
    assert image.size == (round(size.width_mm / 25.4 * 300), round(size.height_mm / 25.4 * 300))
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)


@pytest.mark.parametrize("size", SIZES)
def test_every_size_of_svg_reads_back(size: LabelSize) -> None:
    facts = make_facts()

    assert read_all(svg_image(label_svg(facts, base_url=BASE_URL, size=size))) == [address_of(facts)]


def test_a_label_reads_back_blurred_turned_and_dirtied() -> None:
    facts = make_facts()
    clean = open_image(label_png(facts, base_url=BASE_URL))
    blurred = clean.filter(ImageFilter.GaussianBlur(2))
    turned = clean.rotate(7, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)
    dirty = clean.copy()
    # A scratch and a drop across the symbol, in the right upper corner.
    ImageDraw.Draw(dirty).line((clean.width * 0.72, 90, clean.width, 150), fill="white", width=5)
    ImageDraw.Draw(dirty).ellipse((clean.width - 130, 130, clean.width - 106, 154), fill="black")

    for image in (blurred, turned, dirty, turned.convert("L").point(lambda level: 90 + level // 3).convert("RGB")):
        assert read_all(image) == [address_of(facts)]


def test_the_quiet_zone_is_four_empty_modules_on_every_side() -> None:
    for size in SIZES:
        image = open_image(label_png(make_facts(), base_url=BASE_URL, size=size)).convert("L")
        # The finder pattern ends a dark column run of 7 modules at the symbol's right upper corner.
        dark = image.point(lambda level: 255 * (level < 128))
        right = dark.crop((image.width * 2 // 3, 0, image.width, image.height // 3)).getbbox()
        assert right is not None
        module = _module_dots(image)
        assert image.width // 3 - right[2] + 2 >= 4 * module
        assert right[1] >= 4 * module - 2


def _module_dots(image: Image.Image) -> int:
    """Width of the right finder pattern's outer bar on a line through its middle."""
    rows = [[image.getpixel((x, y)) for x in range(image.width)] for y in range(image.height // 2)]
    first = next(row for row in rows if any(p < 128 for p in row[image.width * 3 // 4 :]))  # type: ignore[operator]
    run = 0
    for pixel in reversed(first):
        if pixel < 128:  # type: ignore[operator]
            run += 1
        elif run:
            break
    return run // 7


def test_the_svg_needs_nothing_from_outside() -> None:
    facts = make_facts()
    svg = label_svg(facts, base_url=BASE_URL, mark_image=make_mark())
    root = ElementTree.fromstring(svg)  # noqa: S314 (our own)
    space = "{http://www.w3.org/2000/svg}"

    assert root.get("width") == "63.5mm"
    assert {element.tag.removeprefix(space) for element in root.iter()} <= {
        "svg",
        "title",
        "desc",
        "rect",
        "path",
        "image",
    }
    assert re.findall(r'href="(?!data:image/png;base64,)', svg) == []
    words = root.findtext(f"{space}desc") or ""
    for said in ("郫县豆瓣", facts.producer_name, facts.uscc, facts.lot, "2026年11月23日", "500克", "GB/T 20560-2006"):
        assert said in words
    assert f"{facts.unit_code[:4]} {facts.unit_code[4:8]}" in words
    assert read_all(svg_image(svg)) == [address_of(facts)]


def test_text_with_markup_in_it_stays_text() -> None:
    root = ElementTree.fromstring(label_svg(make_facts(name_en="<script>&x"), base_url=BASE_URL))  # noqa: S314 (our own)

    assert "<script>&x" in (root.findtext("{http://www.w3.org/2000/svg}desc") or "")


def test_the_mark_is_drawn_only_when_its_user_supplies_it() -> None:
    facts = make_facts()
    plain = label_png(facts, base_url=BASE_URL)
    spaced = open_image(label_png(facts, base_url=BASE_URL, leave_mark_space=True))
    marked = open_image(label_png(facts, base_url=BASE_URL, mark_image=make_mark()))
    corner = (18, 18, 120, 120)

    assert open_image(plain).crop(corner).getextrema() != ((255, 255),) * 3
    assert spaced.crop(corner).getextrema() == ((255, 255),) * 3
    assert marked.crop(corner).getextrema() != ((255, 255),) * 3
    assert read_all(marked) == read_all(spaced) == [address_of(facts)]


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", make_mark()[:200], make_mark(40)], ids=["empty", "gif", "cut", "coarse"]
)
def test_an_unusable_mark_picture_is_refused(data: bytes) -> None:
    with pytest.raises(MarkImageUnusable):
        label_png(make_facts(), base_url=BASE_URL, mark_image=data)


def test_a_label_that_would_lack_something_is_not_drawn() -> None:
    facts = make_facts(uscc="", standard_or_announcement="")

    for render in (label_png, label_svg):
        with pytest.raises(FactsMissing) as caught:
            render(facts, base_url=BASE_URL)
        assert caught.value.missing == (Missing.STANDARD, Missing.USCC)


@pytest.mark.parametrize(
    ("facts", "size"),
    [
        (make_facts(), LabelSize(25.0, 15.0)),
        (make_facts(producer_name="四川省演示豆瓣酿造有限公司" * 3), STICKER_40X30),
        (make_facts(name_zh="一" * 80), STICKER_63X38),
    ],
)
def test_nothing_is_left_out_to_make_it_fit(facts: LabelFacts, size: LabelSize) -> None:
    with pytest.raises(LabelTooSmall):
        label_png(facts, base_url=BASE_URL, size=size)


def test_long_facts_fit_a_usual_sticker() -> None:
    facts = make_facts(
        name_zh="攀枝花市仁和区大田石榴酒酿",
        name_en="Renhe Datian Pomegranate of Panzhihua",
        producer_name="四川省攀枝花市仁和区演示石榴种植农民专业合作社联合社",
        indication_types=(IndicationType.GI_PRODUCT, IndicationType.COLLECTIVE_MARK, IndicationType.AGRICULTURAL),
        standard_or_announcement="国家知识产权局公告第354号",
        net_mass_g=12_505,
    )

    data = label_png(facts, base_url=BASE_URL, mark_image=make_mark())

    assert read_all(open_image(data)) == [address_of(facts)]
    assert "12.505千克" in label_svg(facts, base_url=BASE_URL)
    assert "核准公告" in label_svg(facts, base_url=BASE_URL)


def test_modules_too_small_for_the_printer_are_refused() -> None:
    # 100 dpi gives 4 dots a millimetre: one whole dot fits a module of this sticker, 0.25 mm.
    with pytest.raises(ModuleTooSmall):
        label_png(make_facts(), base_url=BASE_URL, size=STICKER_40X30, dpi=100)


def test_addresses_and_characters_that_cannot_be_printed_are_refused() -> None:
    with pytest.raises(AddressTooLong):
        label_png(make_facts(), base_url=f"https://{'a' * 60}.{'b' * 60}.cn")
    with pytest.raises(InvalidLink):
        label_png(make_facts(), base_url="https://gi.example.cn/app")
    for text in ("郫县\u202e豆瓣", "郫县\n豆瓣", "\U0001f336"):
        with pytest.raises(UnprintableText):
            label_svg(make_facts(name_zh=text), base_url=BASE_URL)
    with pytest.raises(ValueError, match="dpi"):
        label_png(make_facts(), base_url=BASE_URL, dpi=10)
