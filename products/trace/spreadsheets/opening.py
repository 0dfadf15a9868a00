"""From the bytes of an upload to a grid: what kind of file it is, told by its content."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from django.utils.translation import gettext as _

from products.trace.errors import FileTooLarge, FileUnreadable, NothingToImport
from products.trace.spreadsheets.csv_file import read_csv
from products.trace.spreadsheets.grid import MAX_BYTES, Grid
from products.trace.spreadsheets.parts import encrypted
from products.trace.spreadsheets.xlsx import Rows, read_workbook

_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK"
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"GIF8")


def read_upload(content: bytes, *, name: str = "", is_ours: Callable[[Rows], bool]) -> Grid:
    """The sheet of an upload. `name` may be empty; where there is one, it has to fit the content.

    Raises FileUnreadable, FileTooLarge, NothingToImport and nothing else, whatever the bytes are.
    """
    if len(content) > MAX_BYTES:
        raise FileTooLarge(_("文件超过 10 MB。请分成几个文件上传。"))
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise NothingToImport(_("文件是空的。请下载模板，填好后再上传。"))
    suffix = PurePath(name).suffix.lower()
    if content.startswith(_OLE):
        # Password-protected workbooks come in the old container.
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise encrypted()
        raise FileUnreadable(_("这是旧版 .xls 文件（或 .et、.doc）。请在 Excel 或 WPS 中另存为 .xlsx 后上传。"))
    is_archive = content.startswith(_ZIP)
    if suffix not in {"", ".xlsx", ".csv", ".txt"}:
        raise FileUnreadable(_("只收 .xlsx 和 .csv 文件。请另存为其中一种后上传。"))
    if is_archive and suffix in {".csv", ".txt"}:
        raise FileUnreadable(_("文件名是 .csv，内容却是 Excel 工作簿。请把扩展名改成 .xlsx 后上传。"))
    if not is_archive and suffix == ".xlsx":
        raise FileUnreadable(
            _("文件名是 .xlsx，内容却不是 Excel 工作簿。请在 Excel 中打开，另存为 .xlsx 或 CSV 后上传。")
        )
    if content.startswith(_OTHERS) or content[:200].lstrip().lower().startswith((b"<html", b"<!doctype", b"<?xml")):
        raise FileUnreadable(_("文件不是 .xlsx 工作簿，也不是 UTF-8 或 GB18030 编码的 CSV。请使用下载的模板。"))
    return read_workbook(content, is_ours=is_ours) if is_archive else read_csv(content)
