"""One label as a PNG, for a label printer or a screen."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from products.labels.domain.mark_rules import LabelFacts
from products.labels.rendering.label import Label, prepare_label
from products.rendering import qr, typeface
from products.rendering.drawing import Box, QrPlace, Text
from products.rendering.layouts import STICKER_63X38, LabelSize

MM_PER_INCH: Final = 25.4
DEFAULT_DPI: Final = 300
MAX_DPI: Final = 1200


def label_png(
    facts: LabelFacts,
    *,
    base_url: str,
    mark_image: bytes | None = None,
    size: LabelSize = STICKER_63X38,
    dpi: int = DEFAULT_DPI,
    leave_mark_space: bool = False,
) -> bytes:
    """The label at `dpi` dots an inch (which the file records), every QR module a whole number of dots.

    Raises RenderingRefused (see errors), InvalidLink, or ValueError for a senseless `dpi`.
    """
    if not 100 <= dpi <= MAX_DPI:
        raise ValueError(f"{dpi} dpi is outside 100..{MAX_DPI}")
    label = prepare_label(facts, base_url=base_url, size=size, mark_image=mark_image, leave_mark_space=leave_mark_space)
    image = _draw(label, dpi / MM_PER_INCH)
    out = BytesIO()
    image.save(out, format="PNG", dpi=(dpi, dpi), optimize=True)
    return out.getvalue()


def _draw(label: Label, scale: float) -> Image.Image:
    drawing = label.drawing
    image = Image.new("RGB", (round(drawing.size.width_mm * scale), round(drawing.size.height_mm * scale)), "white")
    canvas = ImageDraw.Draw(image)
    for item in (*drawing.items, label.code):
        if isinstance(item, Text):
            _draw_text(canvas, item, scale)
        else:
            _draw_box(canvas, item, scale)
    _draw_symbol(canvas, drawing.qr, label.symbol, scale)
    if label.mark is not None and drawing.mark is not None:
        side = round(drawing.mark.side * scale)
        picture = label.mark.resize((side, side), Image.Resampling.LANCZOS)
        image.paste(picture, (round(drawing.mark.x * scale), round(drawing.mark.y * scale)))
    return image


def _draw_text(canvas: ImageDraw.ImageDraw, item: Text, scale: float) -> None:
    canvas.text(
        (item.x * scale, item.y * scale),
        item.text,
        font=_font(round(item.size * scale, 2)),
        fill="white" if item.is_white else "black",
        anchor="ls",
        stroke_width=item.weight * item.size * scale,
    )


def _draw_box(canvas: ImageDraw.ImageDraw, item: Box, scale: float) -> None:
    left, top = round(item.x * scale), round(item.y * scale)
    # The far corner belongs to the box; a rule is at least one dot thick.
    right = max(left, round((item.x + item.width) * scale) - 1)
    bottom = max(top, round((item.y + item.height) * scale) - 1)
    canvas.rounded_rectangle((left, top, right, bottom), radius=item.radius * scale, fill="black")


def _draw_symbol(canvas: ImageDraw.ImageDraw, place: QrPlace, symbol: qr.Symbol, scale: float) -> None:
    # Whole dots only: uneven modules are what printers and cameras stumble over.
    dots = int(place.module * scale + 1e-6)
    qr.check_module(dots / scale)
    left = round(place.x * scale + (place.side * scale - dots * symbol.size) / 2)
    top = round(place.y * scale + (place.side * scale - dots * symbol.size) / 2)
    for row, start, length in symbol.dark_runs():
        x, y = left + start * dots, top + row * dots
        canvas.rectangle((x, y, x + length * dots - 1, y + dots - 1), fill="black")


@lru_cache(maxsize=64)
def _font(size: float) -> ImageFont.FreeTypeFont:
    # By path, not by bytes: Pillow would keep a copy of the 19 MB file for each size.
    return ImageFont.truetype(
        str(typeface.FONT_FILE),
        size=size,
        index=typeface.COLLECTION_INDEX,
        layout_engine=ImageFont.Layout.BASIC,
    )
