"""From a grid to the facts of batches, row by row, with an error at each cell that cannot be taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from products.errors import DomainError
from products.registry.models.authorisation import Authorisation
from products.trace.domain.facts import Facts, gtin_14
from products.trace.domain.import_values import (
    UnreadableValue,
    Value,
    is_blank,
    read_code,
    read_day,
    read_degrees,
    read_digits,
    read_mass,
    read_text,
    tidy,
)
from products.trace.queries.import_choices import Choices
from products.trace.services.fact_checks import point_e6
from products.trace.services.import_words import reason_text
from products.trace.spreadsheets.columns import COLUMNS, Head, is_example
from products.trace.spreadsheets.grid import Grid, Place, column_letters

# Fact, as services name it -> the column that holds it.
COLUMN_OF: Final = {
    "authorisation_code": "product",
    "lot": "lot",
    "net_mass_g": "net_mass",
    "produced_on": "produced_on",
    "origin_code": "origin",
    "best_before": "best_before",
    "gtin": "gtin",
    "plot_name": "plot_name",
    "longitude": "longitude",
    "latitude": "latitude",
    "datum": "datum",
}
Read = Callable[[Value, Place], Any]


@dataclass(slots=True)
class CellError:
    """What is wrong with one cell.

    `row` counts from 1, `column` is its letters; together they are its address. `heading` is the column's, as written.
    """

    row: int
    column: str
    field: str
    heading: str
    code: str
    text: str


@dataclass(slots=True)
class ReadRow:
    """One row. Facts that could not be read hold a stand-in, and their columns stand in `errors`."""

    row: int
    facts: Facts
    authorisation: Authorisation | None
    errors: dict[str, CellError] = field(default_factory=dict)


class RowReader:
    """Reads the rows below the headings. Empty rows and examples are passed over."""

    def __init__(self, grid: Grid, head: Head, choices: Choices) -> None:
        self.grid, self.head, self.choices = grid, head, choices
        self.example_rows: list[int] = []
        self._merged = self._merged_places()
        self._reads: dict[str, Read] = {
            "lot": lambda value, place: read_code(value, is_reshaped=place in grid.reshaped),
            "net_mass": lambda value, place: read_mass(value, unit=head.unit),
            "produced_on": lambda value, place: read_day(value, is_1904=grid.is_1904),
            "best_before": lambda value, place: read_day(value, is_1904=grid.is_1904),
            "gtin": lambda value, place: read_digits(value, is_reshaped=place in grid.reshaped),
            "longitude": lambda value, place: read_degrees(value),
            "latitude": lambda value, place: read_degrees(value),
        }

    def numbers(self) -> list[int]:
        """The rows (from 0) that hold something to import."""
        self.example_rows = []
        found = []
        for number in range(self.head.row + 1, len(self.grid.rows)):
            if not any(self._has(number, name) for name in self.head.places if name != "remark"):
                continue
            if "remark" in self.head.places and is_example(self._value(number, self.head.places["remark"])):
                self.example_rows.append(number + 1)
            else:
                found.append(number)
        return found

    def read(self) -> Iterator[ReadRow]:
        for number in self.numbers():
            yield self._read_row(number)

    def error(self, row: ReadRow, column: str, code: str, text: str) -> None:
        """Note what is wrong with a cell; what was noted first stays."""
        place = self.head.places.get(column, self.head.places["lot"])
        heading = self._value(self.head.row, place)
        error = CellError(
            row=row.row,
            column=column_letters(place),
            field=column,
            heading=tidy(heading)[:40] if isinstance(heading, str) else "",
            code=code,
            text=text,
        )
        row.errors.setdefault(column, error)

    def _merged_places(self) -> set[Place]:
        """Every cell of our columns, below the headings, that is part of a merged block."""
        found: set[Place] = set()
        for (top, left), (bottom, right) in self.grid.merged:
            for row in range(max(top, self.head.row + 1), min(bottom + 1, len(self.grid.rows))):
                found |= {(row, place) for place in self.head.places.values() if left <= place <= right}
        return found

    def _value(self, row: int, place: int) -> Value:
        values = self.grid.rows[row]
        return values[place] if place < len(values) else None

    def _has(self, row: int, name: str) -> bool:
        place = self.head.places[name]
        return not is_blank(self._value(row, place)) or (row, place) in self.grid.broken

    def _read_row(self, number: int) -> ReadRow:
        row = ReadRow(row=number + 1, facts=_NO_FACTS, authorisation=None)
        values: dict[str, Any] = {}
        for column in COLUMNS:
            if column.name == "remark":
                continue
            try:
                value = self._cell(number, column.name)
                if value is None:
                    if column.is_required:
                        raise UnreadableValue("required")
                    continue
                values[column.name] = value
            except UnreadableValue as error:
                self.error(row, column.name, error.reason, reason_text(error.reason))
        self._choose(row, values)
        row.facts = self._facts(row, values)
        return row

    def _cell(self, number: int, name: str) -> Any:
        """The value of one column, None where it is empty. Raises UnreadableValue."""
        if name not in self.head.places:
            return None
        place = (number, self.head.places[name])
        if place in self.grid.broken:
            raise UnreadableValue(self.grid.broken[place])
        if place in self._merged:
            raise UnreadableValue("merged_cell")
        value = self._value(*place)
        if is_blank(value):
            return None
        return self._reads[name](value, place) if name in self._reads else read_text(value)

    def _choose(self, row: ReadRow, values: dict[str, Any]) -> None:
        """The authorisation and the county that the row names."""
        if "product" in values:
            found = self.choices.products(values["product"])
            row.authorisation = self.choices.choose(found, produced_on=values.get("produced_on"))
            if row.authorisation is None:
                reason = "unclear_product" if found else "unknown_product"
                self.error(row, "product", reason, reason_text(reason))
        if "origin" in values:
            codes = self.choices.counties(values["origin"], row.authorisation)
            if len(codes) == 1:
                values["origin"] = codes[0]
            elif row.authorisation is not None or not codes:
                reason = "unclear_county" if codes else "unknown_county"
                self.error(row, "origin", reason, reason_text(reason))

    def _facts(self, row: ReadRow, values: dict[str, Any]) -> Facts:
        gtin = values.get("gtin", "")
        try:
            point = point_e6(
                longitude=_decimal(values.get("longitude")),
                latitude=_decimal(values.get("latitude")),
                datum=values.get("datum", ""),
            )
        except DomainError as error:
            point = {}
            self.error(row, COLUMN_OF[error.field], error.code, error.text)
        return Facts(
            lot=values.get("lot", ""),
            origin_code=values.get("origin", ""),
            produced_on=values.get("produced_on", self.choices.today),
            net_mass_g=values.get("net_mass", 1),
            best_before=values.get("best_before"),
            gtin=gtin_14(gtin) or gtin,
            plot_name=values.get("plot_name", ""),
            **point,  # type: ignore[arg-type]
        )


_NO_FACTS: Final = Facts(lot="", origin_code="", produced_on=date.min, net_mass_g=1)


def _decimal(value: Any) -> Decimal | None:
    return value if isinstance(value, Decimal) else None
