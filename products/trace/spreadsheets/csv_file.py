"""Reads CSV text as Excel, WPS and other systems write it."""

from __future__ import annotations

import csv
import io

from django.utils.translation import gettext as _

from products.trace.errors import FileTooLarge, FileUnreadable
from products.trace.spreadsheets.grid import LAST_ROW, MAX_COLUMNS, MAX_ROWS, Grid

DELIMITERS = ",\t;，"


def read_csv(content: bytes) -> Grid:
    """UTF-8 with or without a mark, GB18030 (GBK, GB 2312), or UTF-16 with a mark. Raises FileUnreadable, FileTooLarge."""
    text = _decode(content)
    head = next((line for line in text[:20_000].splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=head.count)
    rows: list[list[object]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            if len(row) > MAX_COLUMNS and any(cell.strip() for cell in row[MAX_COLUMNS:]):
                raise FileTooLarge(
                    _("表格超过 %(most)d 列。请删去用不到的列，或使用下载的模板。") % {"most": MAX_COLUMNS}
                )
            rows.append(list(row[:MAX_COLUMNS]))
            if len(rows) > LAST_ROW:
                if any(cell.strip() for cell in row):
                    raise FileTooLarge(_("表格超过 %(most)d 行。请分成几个文件上传。") % {"most": MAX_ROWS})
                rows.pop()
    except csv.Error as error:
        raise FileUnreadable(
            _("CSV 第 %(row)d 行附近的引号不成对，或有一格过长。请改正后重新上传。") % {"row": len(rows) + 1}
        ) from error
    return Grid(rows=rows)  # type: ignore[arg-type]


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content:
        encodings = []
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileUnreadable(_("文件不是 .xlsx 工作簿，也不是 UTF-8 或 GB18030 编码的 CSV。请使用下载的模板。"))
