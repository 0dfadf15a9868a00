"""The consignees of a recall as a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Final

import xlsxwriter
from django.utils.translation import gettext as _

from products.trace.queries.consignees import Consignees, Consignment

_BOM: Final = "\ufeff"
_FORMULA_STARTS: Final = frozenset("=+-@\t\r")
# Names are texts, whatever they begin with.
_PLAIN: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
Value = str | Decimal


def _heads() -> list[str]:
    return [
        _("收货方"),
        _("统一社会信用代码"),
        _("收货地区"),
        _("发货方"),
        _("发货日期"),
        _("单据号"),
        _("批号"),
        _("数量（公斤）"),
        _("通知日期"),
        _("已追回（公斤）"),
        _("未追回（公斤）"),
    ]


def _cells(row: Consignment) -> list[Value]:
    operation, answer = row.operation, row.answer
    return [
        operation.consignee_name,
        operation.consignee_uscc,
        operation.consignee_region.name if operation.consignee_region else "",
        operation.enterprise.name,
        operation.done_on.isoformat(),
        operation.document_no,
        "、".join(row.lots),
        _kg(row.mass_g),
        answer.notified_on.isoformat() if answer else "",
        _kg(row.recovered_g) if answer else "",
        _kg(row.missing_g),
    ]


def _kg(grams: int) -> Decimal:
    return Decimal(grams).scaleb(-3)


def consignees_csv(found: Consignees) -> bytes:
    """UTF-8 with a byte order mark, without which Excel takes Chinese for something else."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(_heads())
    writer.writerows([_harmless(cell) for cell in _cells(row)] for row in found.rows)
    return (_BOM + target.getvalue()).encode()


def _harmless(cell: Value) -> str:
    # A name that begins like a formula would be run by the spreadsheet that opens the file.
    text = f"{cell:f}" if isinstance(cell, Decimal) else cell
    return f"'{text}" if isinstance(cell, str) and text[:1] in _FORMULA_STARTS else text


def consignees_workbook(found: Consignees) -> bytes:
    """An .xlsx workbook with one sheet."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _PLAIN) as book:
        sheet = book.add_worksheet(_("收货方"))
        bold, number = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.###"})
        sheet.write_row(0, 0, _heads(), bold)
        for place, row in enumerate(found.rows, start=1):
            for column, cell in enumerate(_cells(row)):
                if isinstance(cell, Decimal):
                    sheet.write_number(place, column, cell, number)
                else:
                    sheet.write_string(place, column, cell)
        sheet.set_column(0, 10, 16)
        sheet.freeze_panes(1, 0)
    return target.getvalue()
