"""One pass over a worksheet's XML: bounds first, and what the values alone do not tell."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from products.trace.errors import FileTooLarge
from products.trace.spreadsheets.grid import LAST_ROW, MAX_COLUMNS, MAX_ROWS, Grid, Place, place_of
from products.trace.spreadsheets.parts import broken, too_much, walk

# Text of all cells together: one shared string may be named by every cell.
MAX_TEXT: Final = 20_000_000


class Scan:
    """What a sheet has in which cell. Raises FileTooLarge as soon as a bound is passed, FileUnreadable for bad XML."""

    def __init__(self, content: bytes, *, strings: list[int], reshaping: set[int]) -> None:
        """`strings`: length of each shared string; `reshaping`: cell styles that show a number in their own form."""
        self._strings, self._reshaping = strings, reshaping
        self._row, self._column = -1, -1
        self._characters = 0
        self._type, self._style = "n", 0
        self._has_formula, self._has_value, self._is_in_value = False, False, False
        self._value = ""
        self.grid = Grid(rows=[])
        walk(content, start=self._start, end=self._end, text=self._text)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name == "f":
            self._has_formula = True
        elif name in {"v", "t"}:
            self._has_value = self._is_in_value = True
        elif name == "row":
            number = attributes.get("r", "")
            self._row = int(number) - 1 if number.isdecimal() and len(number) <= 7 else self._row + 1
            self._column = -1
            if attributes.get("hidden") in {"1", "true"} and self._row <= LAST_ROW:
                self.grid.hidden_rows.append(self._row)
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        place = (self._row, self._column + 1) if reference is None else place_of(reference)
        if place is None:
            raise broken()
        self._row, self._column = place
        self._type = attributes.get("t", "n")
        style = attributes.get("s", "")
        self._style = int(style) if style.isdecimal() and len(style) <= 7 else 0
        self._has_formula, self._has_value, self._is_in_value = False, False, False
        self._value = ""

    def _text(self, text: str) -> None:
        if self._is_in_value:
            self._characters += len(text)
            if self._characters > MAX_TEXT:
                raise too_much()
            self._value += text

    def _end(self, name: str) -> None:
        if name in {"v", "t"}:
            self._is_in_value = False
        elif name == "c" and (self._value or self._has_formula):
            self._end_cell((self._row, self._column))

    def _end_cell(self, place: Place) -> None:
        row, column = place
        if row >= LAST_ROW:
            raise FileTooLarge(_("表格超过 %(most)d 行。请分成几个文件上传。") % {"most": MAX_ROWS})
        if column >= MAX_COLUMNS:
            raise FileTooLarge(_("表格超过 %(most)d 列。请删去用不到的列，或使用下载的模板。") % {"most": MAX_COLUMNS})
        if self._type == "s":
            self._count_shared()
        if self._type == "e":
            self.grid.broken[place] = "excel_error"
        elif self._has_formula and not self._value and not (self._type == "str" and self._has_value):
            self.grid.broken[place] = "formula_without_value"
        elif self._has_formula:
            self.grid.formulas.append(place)
        if self._type == "n" and self._style in self._reshaping:
            self.grid.reshaped.add(place)

    def _count_shared(self) -> None:
        if not (self._value.isdecimal() and len(self._value) <= 9 and int(self._value) < len(self._strings)):
            raise broken()
        self._characters += self._strings[int(self._value)]
        if self._characters > MAX_TEXT:
            raise too_much()

    def _merge(self, reference: str) -> None:
        first, _colon, last = reference.partition(":")
        start, end = place_of(first), place_of(last or first)
        if start and end and len(self.grid.merged) < LAST_ROW:
            self.grid.merged.append((start, end))
