"""Things to draw, before they become pixels, SVG or PDF. Millimetres from the left upper corner, y downwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

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
class QrPlace:
    """Left upper corner of the dark part; the quiet zone around it is guaranteed empty."""

    x: float
    y: float
    module: float
    modules: int

    @property
    def side(self) -> float:
        return self.module * self.modules
