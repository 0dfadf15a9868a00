"""Bodies of requests: small everywhere, larger only where a signed-in producer brings in a file."""

from __future__ import annotations

import io
from typing import Final

from django.http import HttpRequest
from django.utils.translation import gettext as _

from products.access import Role
from products.http import actor_of
from products.trace.errors import FileTooLarge
from products.trace.spreadsheets.grid import MAX_BYTES

PATHS: Final = frozenset({"/producer/import", "/api/v1/batches/imports"})
# What a form adds around its file.
_ROOM: Final = 64 * 1024
# A browser shows our answer only once it has sent its file; beyond this it may see a broken connection instead.
_DRAINED: Final = 64 * 1024 * 1024
_PIECE: Final = 1 << 16


def body_of(request: HttpRequest) -> bytes:
    """The body of a POST, whole. Raises FileTooLarge for a file beyond the bound of imports."""
    if request.path not in PATHS or not actor_of(request).is_role(Role.PRODUCER):
        return request.body
    length = request.META.get("CONTENT_LENGTH") or "0"
    size = int(length) if str(length).isdecimal() else 0
    if size > MAX_BYTES + _ROOM:
        drained = 0
        while drained < min(size, _DRAINED) and (piece := request.read(_PIECE)):
            drained += len(piece)
        raise FileTooLarge(_("文件超过 10 MB。请分成几个文件上传。"))
    # As `request.body` does it, without its bound for everybody.
    request._body = request.read(size)
    request._stream = io.BytesIO(request._body)
    return bytes(request._body)
