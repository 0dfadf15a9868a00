"""What the single-label pictures share: the drawing and the QR symbol of one set of facts."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from products.labels.domain.digital_link import scan_address
from products.labels.domain.mark_rules import LabelFacts, missing_facts
from products.labels.domain.unit_code import format_unit_code, parse_unit_code
from products.labels.rendering.composition import compose
from products.labels.rendering.drawing import Drawing, code_line
from products.labels.rendering.errors import FactsMissing
from products.labels.rendering.mark_image import open_mark
from products.rendering import qr
from products.rendering.drawing import Text
from products.rendering.layouts import LabelSize


@dataclass(frozen=True)
class Label:
    """One label, ready to be drawn. `mark` is None when its square stays blank or there is none."""

    drawing: Drawing
    code: Text
    symbol: qr.Symbol
    mark: Image.Image | None


def prepare_label(
    facts: LabelFacts, *, base_url: str, size: LabelSize, mark_image: bytes | None, leave_mark_space: bool
) -> Label:
    """Raises RenderingRefused (see errors) or InvalidLink for an unusable `base_url`."""
    missing = missing_facts(facts)
    if missing:
        raise FactsMissing(missing)
    unit = parse_unit_code(facts.unit_code)
    address = scan_address(base_url, unit)
    drawing = compose(facts, size, address_length=len(address), has_mark=mark_image is not None or leave_mark_space)
    mark = None
    if mark_image is not None and drawing.mark is not None:
        mark = open_mark(mark_image, side_mm=drawing.mark.side)
    return Label(
        drawing=drawing, code=code_line(drawing.code, format_unit_code(unit)), symbol=qr.encode(address), mark=mark
    )
