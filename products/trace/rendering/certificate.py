"""承诺达标合格证 on paper: several on an A4 sheet, or one a page for a label printer. Always in Chinese."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import BinaryIO, Final

from products.rendering import qr, typeface
from products.rendering.drawing import BOLD, MEDIUM, Box, QrPlace, Text
from products.rendering.errors import LabelTooSmall
from products.rendering.layouts import A4_8, A4_HEIGHT_MM, A4_WIDTH_MM, LabelSize, SheetLayout
from products.rendering.pdf_drawing import box_operators, symbol_operators, text_operators
from products.rendering.pdf_file import POINTS_PER_MM, PdfFile, number
from products.rendering.text import wrap
from products.trace.domain.certificate import TITLE

# GB 7718 demands 1.8 mm of characters that have to be read; the title is never less than this many times as high.
MIN_BODY_MM: Final = 1.8
_MAX_BODY_MM: Final = 3.4
_STEP_MM: Final = 0.1
_TITLE_EMS: Final = (2.6, 2.2, 1.9)
_LEADINGS: Final = (1.38, 1.2)
_LABEL_EMS: Final = 4.5
_MAX_MODULE_MM: Final = 0.6


def _page(code: str, name_zh: str, width: float, height: float) -> SheetLayout:
    """A roll of labels: one to a page of just its size."""
    return SheetLayout(code, name_zh, LabelSize(width, height), 1, 1, 0.0, 0.0, width, height)


# One A4 sheet of eight, to be cut or on self-adhesive stock, and the sizes that thermal label printers commonly take.
LAYOUTS: Final = {
    layout.code: layout
    for layout in (
        A4_8,
        _page("label_60x40", "标签纸 60×40毫米", 60.0, 40.0),
        _page("label_80x60", "标签纸 80×60毫米", 80.0, 60.0),
        _page("label_100x70", "标签纸 100×70毫米", 100.0, 70.0),
    )
}


@dataclass(frozen=True)
class CertificateText:
    """What a certificate says; `rows` are labels of four characters and their values, in the order of the rule."""

    number: str
    rows: tuple[tuple[str, str], ...]
    promises: tuple[str, ...]
    basis: tuple[str, ...]
    address: str


def certificate_pdf(
    text: CertificateText, layout: SheetLayout, stream: BinaryIO, *, copies: int, is_demo: bool = False
) -> int:
    """Write `copies` certificates and return the number of pages. Raises RenderingRefused before anything is written.

    A sheet has as many as fit; a roll has one a page. All are the same drawing, held in the file once.
    """
    items, place = compose(text, layout, is_demo=is_demo)
    symbol = qr.encode(text.address)
    pdf = PdfFile(stream, title=f"{TITLE} {text.number}")
    height = layout.size.height_mm
    content = [
        text_operators(pdf, each, height) if isinstance(each, Text) else box_operators(each, height) for each in items
    ]
    content.append(symbol_operators(place, symbol, height))
    form = pdf.add_form(b"\n".join(content), width=layout.size.width_mm, height=height, pictures={})
    is_roll = layout.per_sheet == 1
    page_width, page_height = (layout.size.width_mm, height) if is_roll else (A4_WIDTH_MM, A4_HEIGHT_MM)
    cells, pages = list(layout.cells()), math.ceil(copies / layout.per_sheet)
    for page in range(pages):
        scale = number(POINTS_PER_MM)
        painted = [
            b"q %s 0 0 %s %s %s cm /C Do Q"
            % (scale, scale, number(left * POINTS_PER_MM), number((page_height - top - height) * POINTS_PER_MM))
            for left, top in cells[: copies - page * layout.per_sheet]
        ]
        pdf.add_page(b"\n".join(painted), width_mm=page_width, height_mm=page_height, forms={"C": form})
    pdf.finish()
    return pages


def compose(
    text: CertificateText, layout: SheetLayout, *, is_demo: bool = False
) -> tuple[tuple[Text | Box, ...], QrPlace]:
    """The largest type in which everything fits. Raises LabelTooSmall, UnprintableText, AddressTooLong."""
    modules = qr.symbol_size(len(text.address))
    for body, leading, ems in product(_bodies(), _LEADINGS, _TITLE_EMS):
        found = _Page(text, layout, modules, body, leading, ems, is_demo=is_demo).drawn()
        if found is not None:
            return found
    raise LabelTooSmall(f"{layout.code}: the text does not fit at {MIN_BODY_MM} mm")


def _bodies() -> Iterator[float]:
    steps = round((_MAX_BODY_MM - MIN_BODY_MM) / _STEP_MM)
    yield from (MIN_BODY_MM + step * _STEP_MM for step in range(steps, -1, -1))


class _Page:
    """One attempt at a size of type: title, facts beside the QR code, promise, signature, from the top down."""

    def __init__(
        self,
        text: CertificateText,
        layout: SheetLayout,
        modules: int,
        body: float,
        leading: float,
        ems: float,
        *,
        is_demo: bool,
    ) -> None:
        self.text, self.body, self.leading = text, body, leading
        self.modules, self.is_demo = modules, is_demo
        self.width, self.height = layout.size.width_mm, layout.size.height_mm
        self.margin = max(1.6, 0.04 * self.height)
        self.inner = self.width - 2 * self.margin
        self.title_size = min(ems * body, self.inner / typeface.width(TITLE, 1.0))
        self.is_large_enough = self.title_size >= min(_TITLE_EMS) * body - 1e-9
        self.items: list[Text | Box] = []
        self.y = self.margin

    def drawn(self) -> tuple[tuple[Text | Box, ...], QrPlace] | None:
        """None where it does not fit."""
        if not self.is_large_enough:
            return None
        self._title()
        place = self._qr_place()
        if place is None:
            return None
        quiet = qr.QUIET_MODULES * place.module
        column = place.x - quiet - self.margin
        for label, value in self.text.rows:
            if not self._row(label, value, column):
                return None
        self.y = max(self.y, place.y + place.side + quiet)
        said = f"承诺：{'；'.join(self.text.promises)}。"
        for line in (*wrap(said, self.body, self.inner), *wrap(self._basis(), self.body, self.inner)):
            self._line(line, self.margin, self.inner)
        self._signature()
        return (tuple(self.items), place) if self.y <= self.height - self.margin + 1e-6 else None

    def _title(self) -> None:
        size = self.title_size
        left = (self.width - typeface.width(TITLE, size)) / 2
        self.items.append(Text(left, self.y + typeface.HAN_ASCENT * size, size, TITLE, BOLD))
        self.y += 1.12 * size
        self.items.append(Box(self.margin, self.y, self.inner, max(0.25, 0.1 * self.body)))
        self.y += 0.5 * self.body

    def _qr_place(self) -> QrPlace | None:
        """As large as a third of the width, never below what a label printer can print."""
        room = min(0.34 * self.inner, 0.5 * self.height)
        module = max(qr.MIN_MODULE_MM, min(_MAX_MODULE_MM, room / (self.modules + 2 * qr.QUIET_MODULES)))
        quiet, side = qr.QUIET_MODULES * module, self.modules * module
        # The paper's own margin is part of the quiet zone.
        place = QrPlace(self.width - max(self.margin, quiet) - side, self.y + quiet, module, self.modules)
        return place if place.x > self.width / 3 else None

    def _row(self, label: str, value: str, column: float) -> bool:
        indent = _LABEL_EMS * self.body
        if column - indent < 4 * self.body:
            return False
        for place, line in enumerate(wrap(value, self.body, column - indent)):
            if place == 0:
                self._text(label, self.margin, MEDIUM)
            self._line(line, self.margin + indent, column - indent)
        return True

    def _basis(self) -> str:
        return f"承诺依据：{'、'.join(self.text.basis)}"

    def _signature(self) -> None:
        """Room to sign or stamp: a line of its own, higher where the paper allows."""
        spare = self.height - self.margin - self.y - 1.2 * self.body
        self.y += min(max(0.25 * self.body, spare), 2.5 * self.body)
        label = "承诺主体（签名或盖章）："
        self._text(label, self.margin, 0.0)
        start = self.margin + typeface.width(label, self.body)
        self.items.append(Box(start, self.y + 1.05 * self.body, self.width - self.margin - start, 0.12))
        if self.is_demo:
            self._text("演示", self.width - self.margin - 2 * self.body, BOLD)
        self.y += 1.2 * self.body

    def _line(self, line: str, x: float, width: float) -> None:
        # A closing mark may stand over the margin by one character: then the line is set a little smaller.
        size = min(self.body, width / typeface.width(line, 1.0)) if line else self.body
        self._text(line, x, 0.0, size)
        self.y += self.leading * self.body

    def _text(self, text: str, x: float, weight: float, size: float = 0.0) -> None:
        baseline = self.y + typeface.HAN_ASCENT * self.body
        self.items.append(Text(x, baseline, size or self.body, text, weight))


def rows_of(
    *,
    name: str,
    quantity: str,
    origin: str,
    issued_on: str,
    promiser: str,
    contact: str,
    number: str,
    others: Sequence[str],
) -> tuple[tuple[str, str], ...]:
    """The items that the rule names, in its order; then our number, and the certificates this one stands in for."""
    rows = [
        ("产品名称", name),
        ("数量重量", quantity),
        ("产　　地", origin),
        ("开具时间", issued_on),
        ("承诺主体", promiser),
        ("联系方式", contact),
        ("编　　号", number),
    ]
    if others:
        rows.append(("代替编号", "、".join(others)))
    return tuple(rows)
