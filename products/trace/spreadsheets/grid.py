"""A sheet as it was read: values by row and column, and what a reader has to know about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from products.trace.domain.import_values import Value

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_ROWS: Final = 5_000
# Empty rows in between are skipped, so that the last one may stand further down.
LAST_ROW: Final = 10_000
MAX_COLUMNS: Final = 100
MAX_CELL: Final = 2_000  # characters; no fact has more than 80
HEAD_WITHIN: Final = 10

Place = tuple[int, int]  # row and column, from 0


@dataclass(slots=True)
class Grid:
    """`rows` begins with the first row and column of the sheet.

    `merged`: first and last place of each block. `broken`: why a cell has no value. `reshaped`: numbers shown in a
    form of their own, 00123 say. `formulas`: cells whose stored result was read.
    """

    rows: list[list[Value]]
    sheet: str = ""
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    broken: dict[Place, str] = field(default_factory=dict)
    formulas: list[Place] = field(default_factory=list)
    reshaped: set[Place] = field(default_factory=set)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_sheets: list[str] = field(default_factory=list)
    other_sheets: list[str] = field(default_factory=list)
    is_1904: bool = False


def column_letters(column: int) -> str:
    """0 -> A, 26 -> AA."""
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """(16, 1) -> B17, as Excel names the cell."""
    return f"{column_letters(column)}{row + 1}"


def place_of(reference: str) -> Place | None:
    """B17 -> (16, 1); None for what is no address."""
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3 and digits and len(digits) <= 7):
        return None
    column = 0
    for char in letters.upper():
        column = column * 26 + ord(char) - 64
    return int(digits) - 1, column - 1
