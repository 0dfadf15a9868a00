"""An export as a file: JSON piece by piece, or a workbook with a sheet for each section."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from typing import IO, Any, Final

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext as _

from products.audit import timestamp
from products.errors import InvalidInput
from products.trace.domain.exchange.layouts import Field, Row
from products.trace.services.exchange import Export

VERSION: Final = 1
# Excel's rows of a sheet, less the two headings.
MAX_ROWS: Final = 1_048_574
_PLAIN: Final = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_PIECE: Final = 200


def json_pieces(export: Export) -> Iterator[bytes]:
    """The document, some rows at a time: its size bounds no memory."""
    head = _head(export) | {"sections": {}}
    yield json.dumps(head, ensure_ascii=False)[:-2].encode()
    for place, section in enumerate(export.layout.sections):
        yield f"{', ' if place else ''}{json.dumps(section.key)}: [".encode()
        waiting: list[str] = []
        is_first = True
        for row in export.rows.of(section.key):
            waiting.append(json.dumps(_ordered(row, section.fields), ensure_ascii=False))
            if len(waiting) == _PIECE:
                yield (("" if is_first else ",\n") + ",\n".join(waiting)).encode()
                waiting, is_first = [], False
        if waiting:
            yield (("" if is_first else ",\n") + ",\n".join(waiting)).encode()
        yield b"]"
    yield b"}}\n"


def workbook(export: Export) -> IO[bytes]:
    """An .xlsx file, open at its beginning and gone when closed. Raises InvalidInput for more rows than Excel holds."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    with xlsxwriter.Workbook(target, _PLAIN) as book:
        bold, grey = book.add_format({"bold": True}), book.add_format({"font_color": "#6b7280"})
        cover = book.add_worksheet("说明")
        for place, (name, value) in enumerate(_head(export).items()):
            cover.write_string(place, 0, name, bold)
            cover.write_string(place, 1, _text(value))
        cover.set_column(0, 0, 18)
        cover.set_column(1, 1, 60)
        for section in export.layout.sections:
            sheet = book.add_worksheet(section.title)
            sheet.set_column(0, len(section.fields) - 1, 20)
            sheet.freeze_panes(2, 0)
            for column, field in enumerate(section.fields):
                sheet.write_string(0, column, field.title, bold)
            for column, field in enumerate(section.fields):
                sheet.write_string(1, column, field.key, grey)
            for number, row in enumerate(export.rows.of(section.key), start=2):
                if number > MAX_ROWS:
                    raise InvalidInput(_("内容超过 Excel 的行数上限。请缩短日期范围，或改用 JSON。"), field="last")
                for column, field in enumerate(section.fields):
                    _write(sheet, number, column, field, row[field.key])
    target.seek(0)
    return target


def _head(export: Export) -> Row:
    covered = export.covered
    return {
        "format": f"gi-trace/{export.layout.key}",
        "version": VERSION,
        "standard": export.layout.standard,
        "conformance": "mapped to what is known of the standard; its text was not at hand (docs/exports.md)",
        "platform": settings.BASE_URL,
        "subject": covered.subject,
        "first": covered.first.isoformat() if covered.first else None,
        "last": covered.last.isoformat() if covered.last else None,
        "made_at": timestamp(export.at),
        "persons": "full" if export.rows.is_maker else "masked",
        "trade": "full" if export.rows.sees_trade else "withheld",
    }


def _ordered(row: Row, fields: tuple[Field, ...]) -> Row:
    return {field.key: row[field.key] for field in fields}


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "；".join(value)
    return "" if value is None else str(value)


def _write(sheet: Any, row: int, column: int, field: Field, value: Any) -> None:
    # Masses are numbers to be added up; everything else is a text, whatever it begins with.
    if field.kind == "mass" and value != "":
        sheet.write_number(row, column, float(value))
    else:
        sheet.write_string(row, column, _text(value))
