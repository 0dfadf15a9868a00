"""A label as things to draw. Millimetres from the left upper corner, y downwards."""

from __future__ import annotations

from dataclasses import dataclass

from products.labels.domain.unit_code import group_in_fours
from products.rendering import typeface
from products.rendering.drawing import MEDIUM, Box, QrPlace, Text
from products.rendering.layouts import LabelSize


@dataclass(frozen=True, slots=True)
class Square:
    """Where a picture goes."""

    x: float
    y: float
    side: float


@dataclass(frozen=True, slots=True)
class CodePlace:
    """The line of the unit code: left end, baseline, em, and the width it may take."""

    x: float
    y: float
    size: float
    width: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything labels of one run have in common, and where the two things go that differ."""

    size: LabelSize
    items: tuple[Text | Box, ...]
    mark: Square | None
    qr: QrPlace
    code: CodePlace


def code_line(place: CodePlace, unit_code: str) -> Text:
    """The unit code in fours; set smaller when its letters run wide."""
    text = group_in_fours(unit_code)
    size = min(place.size, place.width / typeface.width(text, 1.0))
    return Text(x=place.x, y=place.y, size=size, text=text, weight=MEDIUM)
