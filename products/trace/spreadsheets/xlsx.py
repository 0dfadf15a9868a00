"""Reads .xlsx workbooks: what they hold is checked and bounded here, its values are read by calamine."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.utils.translation import gettext as _
from python_calamine import CalamineWorkbook

from products.trace.domain.import_values import Value
from products.trace.errors import FileUnreadable
from products.trace.spreadsheets.grid import Grid
from products.trace.spreadsheets.parts import Package, broken, repack, target_of, walk
from products.trace.spreadsheets.sheet_scan import Scan

MAX_SHEETS: Final = 20
_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_TYPES: Final = "[Content_Types].xml"
_FIXED: Final = (_TYPES, "_rels/.rels", _WORKBOOK, _RELATIONS)
_OPTIONAL: Final = ("xl/sharedStrings.xml", "xl/styles.xml")
Rows = list[list[Value]]


@dataclass(slots=True)
class _Book:
    """What the workbook says of its sheets: (name, relationship, is hidden)."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    is_1904: bool = False
    targets: dict[str, str] = field(default_factory=dict)
    strings: list[int] = field(default_factory=list)
    reshaping: set[int] = field(default_factory=set)


def read_workbook(content: bytes, *, is_ours: Callable[[Rows], bool]) -> Grid:
    """The first visible sheet that `is_ours`, else the first visible one.

    Raises FileUnreadable, FileTooLarge.
    """
    package = Package(content)
    if not package.has(_WORKBOOK):
        raise _another_kind(package)
    parts = {name: package.read(name) for name in _FIXED}
    parts |= {name: package.read(name) for name in _OPTIONAL if package.has(name)}
    book = _read_book(parts)
    hidden = [name for name, _relation, is_hidden in book.sheets if is_hidden]
    visible = [(name, relation) for name, relation, is_hidden in book.sheets if not is_hidden][:MAX_SHEETS]
    first: Grid | None = None
    for name, relation in visible:
        path = target_of("xl", book.targets.get(relation, ""))
        if "worksheets/" not in path.lower() or not package.has(path):
            continue  # a chart on a sheet of its own
        grid = _read_sheet(parts, path, package.read(path), name, book)
        if is_ours(grid.rows):
            others = [other for other, _relation in visible if other != name]
            return replace(grid, hidden_sheets=hidden, other_sheets=others)
        first = first or replace(grid, hidden_sheets=hidden)
    if first is None:
        raise FileUnreadable(_("工作簿里没有可以读取的工作表；隐藏的工作表不读取。"))
    return first


def _read_sheet(parts: dict[str, bytes], path: str, content: bytes, name: str, book: _Book) -> Grid:
    grid = Scan(content, strings=book.strings, reshaping=book.reshaping).grid
    try:
        # It sees the checked parts and nothing else of the file.
        with CalamineWorkbook.from_filelike(repack(parts | {path: content})) as workbook:
            rows: Any = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except BaseException as error:
        # A panic in the native reader is no Exception; whatever it says, the file is at fault.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise broken() from error
        raise
    return replace(grid, rows=rows, sheet=name, is_1904=book.is_1904)


def _read_book(parts: dict[str, bytes]) -> _Book:
    book = _Book()

    def on_workbook(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(" id")), "")
            is_hidden = attributes.get("state", "visible") != "visible"
            book.sheets.append((attributes.get("name", ""), relation, is_hidden))
        elif name == "workbookPr":
            book.is_1904 = attributes.get("date1904") in {"1", "true"}

    def on_relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            book.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    walk(parts[_TYPES], start=_nothing)
    walk(parts["_rels/.rels"], start=_nothing)
    walk(parts[_WORKBOOK], start=on_workbook)
    walk(parts[_RELATIONS], start=on_relation)
    if "xl/sharedStrings.xml" in parts:
        book.strings = _string_lengths(parts["xl/sharedStrings.xml"])
    if "xl/styles.xml" in parts:
        book.reshaping = _reshaping_styles(parts["xl/styles.xml"])
    return book


def _nothing(name: str, attributes: dict[str, str]) -> None:
    return None


def _string_lengths(content: bytes) -> list[int]:
    lengths: list[int] = []

    def on_start(name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            lengths.append(0)

    def on_text(text: str) -> None:
        if lengths:
            lengths[-1] += len(text)

    walk(content, start=on_start, text=on_text)
    return lengths


def _reshaping_styles(content: bytes) -> set[int]:
    """The cell styles whose number format fills up with zeros or writes text of its own beside the digits."""
    formats: dict[str, str] = {}
    styles: list[str] = []
    inside = [""]

    def on_start(name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "xf" and inside[0]:
            styles.append(attributes.get("numFmtId", "0"))
        elif name == "cellXfs":
            inside[0] = name

    def on_end(name: str) -> None:
        if name == "cellXfs":
            inside[0] = ""

    walk(content, start=on_start, end=on_end)
    return {number for number, style in enumerate(styles) if _is_reshaping(formats.get(style, ""))}


def _is_reshaping(code: str) -> bool:
    whole = code.partition(";")[0].partition(".")[0]
    return bool(re.search(r'00|"[^"]*[0-9A-Za-z-]', whole)) and not re.search(r"[ymdhs]", whole.lower())


def _another_kind(package: Package) -> FileUnreadable:
    if package.has("xl/workbook.bin"):
        return FileUnreadable(_("这是 .xlsb 二进制工作簿。请在 Excel 中另存为 .xlsx 后上传。"))
    if package.has("content.xml"):
        return FileUnreadable(_("这是 OpenDocument 文件。请另存为 .xlsx 后上传。"))
    return broken()
