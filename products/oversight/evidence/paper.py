"""A4 pages of running text as a PDF that is written page by page."""

from __future__ import annotations

from math import isqrt
from typing import BinaryIO, Final, cast

import zxingcpp

from products.rendering import typeface
from products.rendering.pdf_file import POINTS_PER_MM, PdfFile, number
from products.rendering.text import printable, wrap

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
LEFT, TOP, BOTTOM = 22.0, 20.0, 22.0
TEXT_WIDTH: Final = WIDTH_MM - 2 * LEFT
BODY, SMALL, HEAD, TITLE = 3.5, 2.9, 4.6, 7.0
_LEADING: Final = 1.55


class Paper:
    """Text from the top down; a new page begins where one is full. Millimetres, y downwards."""

    def __init__(self, stream: BinaryIO, *, title: str, foot: str) -> None:
        self._pdf = PdfFile(stream, title=title)
        self._foot = printable(foot)
        self._content: list[bytes] = []
        self._page = 1
        self.y = TOP

    def room(self, height: float) -> None:
        """Begin a new page unless `height` fits on this one."""
        if self.y + height > HEIGHT_MM - BOTTOM:
            self._end_page()

    def text(self, text: str, *, size: float = BODY, x: float = 0.0, width: float = 0.0, weight: float = 0.0) -> None:
        """A paragraph, broken into lines; `x` from the left margin."""
        for line in wrap(printable(text), size, width or TEXT_WIDTH - x):
            self.room(size * _LEADING)
            self._line(line, size=size, x=x, weight=weight)
            self.y += size * _LEADING

    def heading(self, text: str) -> None:
        self.y += 3.0
        # Never the last thing on a page.
        self.room(4 * HEAD * _LEADING)
        self.text(text, size=HEAD, weight=0.012)
        self.rule(0.3)
        self.y += 2.0

    def rule(self, thickness: float = 0.1) -> None:
        scale = POINTS_PER_MM
        left, bottom = number(LEFT * scale), number((HEIGHT_MM - self.y) * scale)
        self._content.append(
            b"0.6 g %s %s %s %s re f" % (left, bottom, number(TEXT_WIDTH * scale), number(thickness * scale))
        )

    def fact(self, label: str, value: str, *, indent: float = 34.0) -> None:
        """A label and, beside it, its value."""
        lines = list(wrap(printable(value), BODY, TEXT_WIDTH - indent))
        for place, line in enumerate(lines):
            self.room(BODY * _LEADING)
            if not place:
                self._line(printable(label), size=BODY, x=0.0, weight=0.01)
            self._line(line, size=BODY, x=indent, weight=0.0)
            self.y += BODY * _LEADING

    def items(self, texts: tuple[str, ...] | list[str], *, numbered: bool = False) -> None:
        for place, text in enumerate(texts, start=1):
            self.room(BODY * _LEADING)
            self._line(f"{place}." if numbered else "·", size=BODY, x=0.0, weight=0.0)
            self.text(text, x=6.0)
            self.y += 0.8

    def symbol(self, address: str, *, side: float, top: float) -> None:
        """A QR code at the right margin, its upper edge at `top`; the text beside it is the caller's care."""
        cells, size = _modules(address)
        scale = number(side / size * POINTS_PER_MM)
        left, bottom = (WIDTH_MM - LEFT - side) * POINTS_PER_MM, (HEIGHT_MM - top - side) * POINTS_PER_MM
        squares = b"\n".join(
            b"%d %d 1 1 re" % (column, size - 1 - row)
            for row in range(size)
            for column in range(size)
            if not cells[row * size + column]
        )
        self._content.append(
            b"q 0 g %s 0 0 %s %s %s cm\n%s\nf Q" % (scale, scale, number(left), number(bottom), squares)
        )

    def finish(self) -> int:
        """Write what is left; returns the number of pages."""
        self._end_page()
        self._pdf.finish()
        return self._page - 1

    def _line(self, text: str, *, size: float, x: float, weight: float, y: float | None = None) -> None:
        baseline = (self.y if y is None else y) + typeface.HAN_ASCENT * size
        stroke = b"2 Tr 1 j %s w" % number(2 * weight * size * POINTS_PER_MM) if weight else b"0 Tr"
        self._content.append(
            b"BT 0 g 0 G %s /F %s Tf %s %s Td %s Tj ET"
            % (
                stroke,
                number(size * POINTS_PER_MM),
                number((LEFT + x) * POINTS_PER_MM),
                number((HEIGHT_MM - baseline) * POINTS_PER_MM),
                self._pdf.encode(text),
            )
        )

    def _end_page(self) -> None:
        foot = f"{self._foot} · 第 {self._page} 页"
        self._line(foot, size=SMALL, x=0.0, weight=0.0, y=HEIGHT_MM - 14.0)
        self._pdf.add_page(b"\n".join(self._content), width_mm=WIDTH_MM, height_mm=HEIGHT_MM, forms={})
        self._content, self.y = [], TOP
        self._page += 1


def _modules(address: str) -> tuple[bytes, int]:
    """The QR code of an address, one byte a module, 0 is dark; and its size without the quiet zone."""
    barcode = zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image = barcode.to_image(scale=1, add_quiet_zones=False)
    # The image is a buffer of bytes, which its type information does not say.
    cells = memoryview(cast(bytes, image)).tobytes()
    return cells, isqrt(len(cells))
