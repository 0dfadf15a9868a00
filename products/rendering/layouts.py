"""Sizes of labels and of the self-adhesive A4 sheets they are printed on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

A4_WIDTH_MM: Final = 210.0
A4_HEIGHT_MM: Final = 297.0


@dataclass(frozen=True, slots=True)
class LabelSize:
    """One label's cut size in millimetres and the radius of its corners.

    `side_mm` is kept clear at left and right beyond the usual margin: stock without gaps reaches the sheet's edge,
    where office printers do not print.
    """

    width_mm: float
    height_mm: float
    corner_mm: float = 0.0
    side_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """Cells of an A4 sheet in millimetres; `pitch` is the distance from one cell's corner to the next one's."""

    code: str
    name_zh: str
    size: LabelSize
    columns: int
    rows: int
    left_mm: float
    top_mm: float
    pitch_x_mm: float
    pitch_y_mm: float

    @property
    def per_sheet(self) -> int:
        return self.columns * self.rows

    def cells(self) -> Iterator[tuple[float, float]]:
        """Left upper corners from the sheet's left upper corner, row by row."""
        for row in range(self.rows):
            for column in range(self.columns):
                yield self.left_mm + column * self.pitch_x_mm, self.top_mm + row * self.pitch_y_mm


STICKER_40X30: Final = LabelSize(40.0, 30.0)
STICKER_60X40: Final = LabelSize(60.0, 40.0)
STICKER_63X38: Final = LabelSize(63.5, 38.1, corner_mm=1.5)
STICKER_70X36: Final = LabelSize(70.0, 36.0, side_mm=4.3)
STICKER_99X68: Final = LabelSize(99.1, 67.7, corner_mm=1.5)

# The stock sold in China as 21, 24 and 8 to the sheet, and one close-cut sheet with the commonest roll size.
A4_45: Final = SheetLayout("a4_45", "A4 45枚 40×30毫米", STICKER_40X30, 5, 9, 5.0, 13.5, 40.0, 30.0)
A4_24: Final = SheetLayout("a4_24", "A4 24枚 70×36毫米", STICKER_70X36, 3, 8, 0.0, 4.5, 70.0, 36.0)
A4_21: Final = SheetLayout("a4_21", "A4 21枚 63.5×38.1毫米", STICKER_63X38, 3, 7, 7.25, 15.15, 66.0, 38.1)
A4_8: Final = SheetLayout("a4_8", "A4 8枚 99.1×67.7毫米", STICKER_99X68, 2, 4, 4.65, 13.1, 101.6, 67.7)

LAYOUTS: Final = {layout.code: layout for layout in (A4_21, A4_24, A4_45, A4_8)}
