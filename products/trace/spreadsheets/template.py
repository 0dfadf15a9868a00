"""Writes the templates that producers fill in: a workbook with lists to choose from, and plain CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import xlsxwriter

from products.trace.spreadsheets.columns import COLUMNS, EXAMPLE
from products.trace.spreadsheets.grid import MAX_ROWS

DATUMS: Final = ("WGS-84", "GCJ-02", "BD-09", "CGCS2000")
# A product's name is a text, whatever it begins with.
_PLAIN: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_TEXT, _DAY, _NUMBER, _DEGREES = "@", "yyyy-mm-dd", "#,##0.###", "0.000000"
_FORMATS: Final = {
    "net_mass": _NUMBER,
    "produced_on": _DAY,
    "best_before": _DAY,
    "longitude": _DEGREES,
    "latitude": _DEGREES,
}


@dataclass(frozen=True)
class Filling:
    """What a template offers: product and county labels, and the words of the instructions in the reader's language."""

    products: Sequence[str]
    counties: Sequence[str]
    instructions: Sequence[str]
    wrong_day: str
    wrong_number: str
    today: date
    english: bool = False

    @property
    def example(self) -> dict[str, Any]:
        return {
            "remark": EXAMPLE["en" if self.english else "zh"],
            "product": self.products[0] if self.products else "",
            "lot": f"{self.today:%y%m%d}-01",
            "net_mass": 1200,
            "produced_on": self.today,
            "origin": self.counties[0] if self.counties else "",
            "best_before": self.today.replace(year=self.today.year + 1, day=min(self.today.day, 28)),
        }


def workbook_template(filling: Filling) -> bytes:
    """An .xlsx workbook: headings, an example, lists to choose from; instructions on the second sheet."""
    target = io.BytesIO()
    names = ("Batches", "Instructions", "Options") if filling.english else ("批次", "填写说明", "选项")
    with xlsxwriter.Workbook(target, _PLAIN) as book:
        sheet, help_sheet, lists = (book.add_worksheet(name) for name in names)
        _write_head(book, sheet, filling)
        _write_example(book, sheet, filling)
        offered = {"product": filling.products, "origin": filling.counties, "datum": DATUMS}
        for place, (column, labels) in enumerate(offered.items()):
            lists.write_column(0, place, labels)
            if labels:
                letter = "ABC"[place]
                _offer(sheet, column, f"='{names[2]}'!${letter}$1:${letter}${len(labels)}")
        _check_kinds(sheet, filling)
        lists.hide()
        help_sheet.set_column(0, 0, 90, book.add_format({"text_wrap": True, "valign": "top"}))
        help_sheet.write_column(0, 0, filling.instructions)
        sheet.activate()
    return target.getvalue()


def csv_template(filling: Filling) -> bytes:
    """The same columns as CSV in UTF-8, with the mark by which Excel knows the encoding."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([column.heading(english=filling.english) for column in COLUMNS])
    writer.writerow([str(filling.example.get(column.name, "")) for column in COLUMNS])
    return target.getvalue().encode("utf-8-sig")


def _write_head(book: Any, sheet: Any, filling: Filling) -> None:
    for place, column in enumerate(COLUMNS):
        form = book.add_format({"num_format": _FORMATS.get(column.name, _TEXT)})
        sheet.set_column(place, place, column.width, form)
        colour = "#F3D9D3" if column.is_required else "#EDEAE2"
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": colour, "border": 1})
        sheet.write_string(0, place, column.heading(english=filling.english), head)
    sheet.set_row(0, 34)
    sheet.freeze_panes(1, 3)


def _write_example(book: Any, sheet: Any, filling: Filling) -> None:
    for place, column in enumerate(COLUMNS):
        value = filling.example.get(column.name)
        look = {"italic": True, "font_color": "#8A8377", "num_format": _FORMATS.get(column.name, _TEXT)}
        form = book.add_format(look)
        if isinstance(value, date):
            sheet.write_datetime(1, place, value, form)
        elif value is not None:
            sheet.write(1, place, value, form)


def _place(name: str) -> int:
    return next(place for place, column in enumerate(COLUMNS) if column.name == name)


def _offer(sheet: Any, name: str, source: str) -> None:
    place = _place(name)
    # A warning, not a stop: what the list lacks may still be read, and the check says what cannot.
    sheet.data_validation(
        1, place, MAX_ROWS + 1, place, {"validate": "list", "source": source, "error_type": "warning"}
    )


def _check_kinds(sheet: Any, filling: Filling) -> None:
    day = {"validate": "date", "criteria": ">", "value": date(2000, 1, 1), "error_type": "warning"}
    number = {"validate": "decimal", "criteria": ">", "value": 0, "error_type": "warning"}
    for name, rule, words in (
        ("produced_on", day, filling.wrong_day),
        ("best_before", day, filling.wrong_day),
        ("net_mass", number, filling.wrong_number),
    ):
        place = _place(name)
        sheet.data_validation(1, place, MAX_ROWS + 1, place, rule | {"error_message": words[:250]})
