"""One label as an SVG in millimetres, text as outlines: it prints alike where no Chinese typeface is installed."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from xml.sax.saxutils import escape

from PIL import Image

from products.labels.domain.mark_rules import LabelFacts
from products.labels.rendering.drawing import Square
from products.labels.rendering.label import prepare_label
from products.rendering import qr, typeface
from products.rendering.drawing import Box, QrPlace, Text
from products.rendering.layouts import STICKER_63X38, LabelSize


def label_svg(
    facts: LabelFacts,
    *,
    base_url: str,
    mark_image: bytes | None = None,
    size: LabelSize = STICKER_63X38,
    leave_mark_space: bool = False,
) -> str:
    """A self-contained SVG: no typeface, script, style or outside reference; its words stand in `title` and `desc`.

    Raises RenderingRefused (see errors) or InvalidLink.
    """
    label = prepare_label(facts, base_url=base_url, size=size, mark_image=mark_image, leave_mark_space=leave_mark_space)
    texts = (*label.drawing.items, label.code)
    words = "\n".join(item.text for item in texts if isinstance(item, Text))
    width, height = _number(size.width_mm), _number(size.height_mm)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}" role="img" lang="zh-CN">',
        f"<title>{escape(facts.name_zh)}</title><desc>{escape(words)}</desc>",
        f'<rect width="{width}" height="{height}" rx="{_number(size.corner_mm)}" fill="#fff"/>',
        *(_text(item) if isinstance(item, Text) else _box(item) for item in texts),
        _symbol(label.drawing.qr, label.symbol),
    ]
    if label.mark is not None and label.drawing.mark is not None:
        parts.append(_picture(label.drawing.mark, label.mark))
    parts.append("</svg>")
    return "\n".join(parts)


def _text(item: Text) -> str:
    scale = item.size / typeface.UNITS_PER_EM
    fill = "#fff" if item.is_white else "#000"
    stroke = ""
    if item.weight:
        thickness = _number(2 * item.weight * typeface.UNITS_PER_EM)
        stroke = f' stroke="{fill}" stroke-width="{thickness}" stroke-linejoin="round"'
    return (
        f'<path transform="translate({_number(item.x)} {_number(item.y)}) scale({scale:.6f})" '
        f'fill="{fill}"{stroke} d="{typeface.outline(item.text)}"/>'
    )


def _box(item: Box) -> str:
    return (
        f'<rect x="{_number(item.x)}" y="{_number(item.y)}" width="{_number(item.width)}" '
        f'height="{_number(item.height)}" rx="{_number(item.radius)}"/>'
    )


def _symbol(place: QrPlace, symbol: qr.Symbol) -> str:
    path = "".join(f"M{start} {row}h{length}v1h-{length}z" for row, start, length in symbol.dark_runs())
    return (
        f'<path transform="translate({_number(place.x)} {_number(place.y)}) scale({place.module:.6f})" '
        f'shape-rendering="crispEdges" d="{path}"/>'
    )


def _picture(place: Square, picture: Image.Image) -> str:
    out = BytesIO()
    picture.save(out, format="PNG", optimize=True)
    side = _number(place.side)
    return (
        f'<image x="{_number(place.x)}" y="{_number(place.y)}" width="{side}" height="{side}" '
        f'href="data:image/png;base64,{b64encode(out.getvalue()).decode()}"/>'
    )


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
