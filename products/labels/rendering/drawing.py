"""A label as things to draw, before it becomes pixels, SVG or PDF. Millimetres from the left upper corner, y downwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from products.labels.domain.unit_code import group_in_fours
from products.rendering import typeface
from products.rendering.layouts import LabelSize

# Stroke added on each side of a stem, in ems: the typeface comes in one weight.
REGULAR: Final = 0.0
MEDIUM: Final = 0.008
BOLD: Final = 0.014


@dataclass(frozen=True, slots=True)
class Text:
    """One line from its left end on its baseline; `size` is the em in mm, `weight` as above."""

    x: float
    y: float
    size: float
    text: str
    weight: float = REGULAR
    is_white: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A black rectangle with rounded corners; a thin one is a rule."""

    x: float
    y: float
    width: float
    height: float
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Square:
    """Where a picture goes."""

    x: float
    y: float
    side: float


@dataclass(frozen=True, slots=True)
class QrPlace:
    """Left upper corner of the dark part; the quiet zone around it is guaranteed empty."""

    x: float
    y: float
    module: float
    modules: int

    @property
    def side(self) -> float:
        return self.module * self.modules


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
