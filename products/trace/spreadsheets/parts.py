"""The parts of an .xlsx package, unpacked within bounds, and walks over their XML without entities."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable
from itertools import count
from typing import Final
from xml.parsers import expat

from django.utils.translation import gettext as _

from products.trace.errors import FileTooLarge, FileUnreadable

MAX_UNPACKED: Final = 64 * 1024 * 1024
MAX_PARTS: Final = 2_000
MAX_ELEMENTS: Final = 2_000_000  # of one part
_PIECE: Final = 1 << 16

OnStart = Callable[[str, dict[str, str]], None]
OnEnd = Callable[[str], None]
OnText = Callable[[str], None]


class Package:
    """Parts by name. What an archive says of its sizes is a claim: every part is unpacked piece by piece and counted."""

    def __init__(self, content: bytes) -> None:
        """Raises FileUnreadable, FileTooLarge."""
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            infos = self._archive.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
            raise broken() from error
        if len(infos) > MAX_PARTS:
            raise too_much()
        if any(info.flag_bits & 0x1 for info in infos):
            raise encrypted()
        # Others are not for workbooks, and may ask for gigabytes before the first byte comes out.
        if any(info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for info in infos):
            raise broken()
        self._left = MAX_UNPACKED
        if sum(info.file_size for info in infos) > MAX_UNPACKED * 4:
            raise too_much()
        self._infos = {info.filename.lower(): info for info in infos}

    def has(self, name: str) -> bool:
        return name.lower() in self._infos

    def read(self, name: str) -> bytes:
        """One part. Raises FileUnreadable, FileTooLarge once all parts read together pass the bound."""
        info = self._infos.get(name.lower())
        if info is None:
            raise broken()
        pieces = []
        try:
            with self._archive.open(info) as stream:
                while piece := stream.read(_PIECE):
                    self._left -= len(piece)
                    if self._left < 0:
                        raise too_much()
                    pieces.append(piece)
        except (
            zipfile.BadZipFile,
            zlib.error,
            NotImplementedError,
            RuntimeError,
            OSError,
            EOFError,
            ValueError,
        ) as error:
            raise broken() from error
        return b"".join(pieces)


def repack(parts: dict[str, bytes]) -> io.BytesIO:
    """A package of these parts alone, without compression."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    target.seek(0)
    return target


def walk(content: bytes, *, start: OnStart, end: OnEnd | None = None, text: OnText | None = None) -> None:
    """Call back for each element by its local name. Raises FileUnreadable for broken XML and any DOCTYPE, FileTooLarge."""

    def refuse(*_arguments: object) -> None:
        # No workbook has one; entities that grow without end begin there.
        raise FileUnreadable(_("工作簿里有不允许的内容（DOCTYPE）。请在 Excel 中重新另存为 .xlsx 后上传。"))

    elements = count(1)

    def on_start(name: str, attributes: dict[str, str]) -> None:
        if next(elements) > MAX_ELEMENTS:
            raise too_much()
        start(name.rpartition(" ")[2], attributes)

    def on_end(name: str) -> None:
        if end:
            end(name.rpartition(" ")[2])

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end if end else None
    parser.CharacterDataHandler = text
    try:
        # In one piece: fed bit by bit, a single long token would be looked at from its start each time.
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise broken() from error


def target_of(base: str, target: str) -> str:
    """The name of the part that a relationship of `base` points to."""
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(base, target))


def broken() -> FileUnreadable:
    return FileUnreadable(_("文件已损坏或不是 Excel 工作簿。请在 Excel 或 WPS 中打开，另存为 .xlsx 后上传。"))


def encrypted() -> FileUnreadable:
    return FileUnreadable(_("文件设有打开密码。请在 Excel 中取消密码（文件 → 信息 → 保护工作簿），保存后再上传。"))


def too_much() -> FileTooLarge:
    return FileTooLarge(_("工作簿展开后的内容过大。请把批次复制到新下载的模板里再上传。"))
