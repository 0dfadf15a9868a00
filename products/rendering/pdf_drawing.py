"""Things to draw as operators of a PDF page, in the unit of the drawing."""

from __future__ import annotations

from typing import Final

from products.rendering import qr
from products.rendering.drawing import Box, QrPlace, Text
from products.rendering.pdf_file import PdfFile, number

# A quarter of a circle as a Bezier curve: 4/3 (sqrt 2 - 1).
_ARC: Final = 0.5523
# Viewers draw any thinner stroke a whole pixel wide, which closes small characters on the screen.
_LEAST_STROKE_MM: Final = 0.1


def text_operators(pdf: PdfFile, item: Text, height: float) -> bytes:
    """A line of text, in millimetres of a box of this height. Raises UnprintableText."""
    shade = b"1" if item.is_white else b"0"
    stroke = 2 * item.weight * item.size
    weight = b"0 Tr"
    if stroke >= _LEAST_STROKE_MM:
        weight = b"2 Tr 1 j %s w" % number(stroke)
    return b"BT %s g %s G %s /F %s Tf %s %s Td %s Tj ET" % (
        shade,
        shade,
        weight,
        number(item.size),
        number(item.x),
        number(height - item.y),
        pdf.encode(item.text),
    )


def box_operators(item: Box, height: float) -> bytes:
    """A filled rectangle."""
    left, bottom = item.x, height - item.y - item.height
    if not item.radius:
        values = (number(left), number(bottom), number(item.width), number(item.height))
        return b"0 g %s %s %s %s re f" % values
    right, top, radius = left + item.width, bottom + item.height, item.radius
    bend = radius * (1 - _ARC)

    def points(*pairs: tuple[float, float]) -> bytes:
        return b" ".join(number(value) for pair in pairs for value in pair)

    return b" ".join(
        (
            b"0 g",
            points((left + radius, bottom)) + b" m",
            points((right - radius, bottom)) + b" l",
            points((right - bend, bottom), (right, bottom + bend), (right, bottom + radius)) + b" c",
            points((right, top - radius)) + b" l",
            points((right, top - bend), (right - bend, top), (right - radius, top)) + b" c",
            points((left + radius, top)) + b" l",
            points((left + bend, top), (left, top - bend), (left, top - radius)) + b" c",
            points((left, bottom + radius)) + b" l",
            points((left, bottom + bend), (left + bend, bottom), (left + radius, bottom)) + b" c f",
        )
    )


def symbol_operators(place: QrPlace, symbol: qr.Symbol, height: float) -> bytes:
    """The whole symbol as one path in module units: no seams between its squares, and a few kilobytes."""
    last = symbol.size - 1
    runs = "\n".join(f"{start} {last - row} {length} 1 re" for row, start, length in symbol.dark_runs())
    module = number(place.module)
    bottom = number(height - place.y - place.side)
    return b"q 0 g %s 0 0 %s %s %s cm\n%s\nf Q" % (module, module, number(place.x), bottom, runs.encode())
