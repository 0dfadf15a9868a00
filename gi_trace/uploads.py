"""Bodies of requests: small everywhere, larger only where a signed-in producer brings in a file."""

from __future__ import annotations

import io
import re
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from products.access import Role
from products.http import actor_of
from products.trace.domain.epcis.reading import MAX_BYTES as MAX_EPCIS_BYTES
from products.trace.domain.lab_values import MAX_FILE_BYTES
from products.trace.epcis_errors import EpcisTooLarge
from products.trace.errors import FileTooLarge, LabFileTooLarge
from products.trace.spreadsheets.grid import MAX_BYTES

PATHS: Final = frozenset({"/producer/import", "/api/v1/batches/imports"})
LAB_PATHS: Final = re.compile(r"/(producer|api/v1)/batches/[0-9a-f-]{36}/lab-reports(/new|/[0-9a-f-]{36}/correct)?")
EPCIS_PATHS: Final = frozenset({"/epcis/capture", "/epcis/events", "/epcis/queries"})
# What a form adds around its file.
_ROOM: Final = 64 * 1024
# A browser shows our answer only once it has sent its file; beyond this it may see a broken connection instead.
_DRAINED: Final = 64 * 1024 * 1024
_PIECE: Final = 1 << 16


def body_of(request: HttpRequest) -> bytes:
    """The body of a POST, whole. Raises FileTooLarge, LabFileTooLarge or EpcisTooLarge for one beyond its bound."""
    if request.path in EPCIS_PATHS:
        return _epcis_body(request)
    is_report = LAB_PATHS.fullmatch(request.path) is not None
    if not (is_report or request.path in PATHS) or not actor_of(request).is_role(Role.PRODUCER):
        return request.body
    # Base64 takes four bytes for three.
    bound = _ROOM + (MAX_FILE_BYTES * 4 // 3 if is_report else MAX_BYTES)
    size = _size(request)
    if size > bound:
        _drain(request, size)
        if is_report:
            raise LabFileTooLarge(_("文件超过 10 MB。请压缩，或降低扫描分辨率后再上传。"))
        raise FileTooLarge(_("文件超过 10 MB。请分成几个文件上传。"))
    return _whole(request, size)


def _epcis_body(request: HttpRequest) -> bytes:
    """A document of EPCIS: large from those who may capture, and never more than is read at once."""
    may_capture = actor_of(request).is_role(Role.PRODUCER)
    size = _size(request)
    if size > (MAX_EPCIS_BYTES if may_capture else settings.DATA_UPLOAD_MAX_MEMORY_SIZE):
        if may_capture:
            _drain(request, size, most=2 * _DRAINED)
        raise EpcisTooLarge(_("文档超过 16 MB。请分成几个文档发送。"))
    return _whole(request, size)


def _size(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if str(length).isdecimal() else 0


def _drain(request: HttpRequest, size: int, *, most: int = _DRAINED) -> None:
    drained = 0
    while drained < min(size, most) and (piece := request.read(_PIECE)):
        drained += len(piece)


def _whole(request: HttpRequest, size: int) -> bytes:
    # As `request.body` does it, without its bound for everybody.
    request._body = request.read(size)
    request._stream = io.BytesIO(request._body)
    return bytes(request._body)
