"""The official mark's picture, supplied by its lawful user; the platform ships none."""

from __future__ import annotations

import io
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from products.access import Actor, Role, Scope, require_scope
from products.errors import InvalidInput
from products.labels.services.artefacts import mark_path
from products.registry.queries.authorisations import usable_authorisations

MAX_BYTES = 1_000_000
MAX_SIDE_PX = 4_000
MIN_SIDE_PX = 160  # 200 dots to the inch on the largest label, where the mark is 20 mm wide


def store_mark_image(*, actor: Actor, content: bytes, now: datetime) -> None:
    """Keep a producer's PNG of the special mark, redrawn so that nothing but pixels is left of the upload.

    Raises InvalidInput for anything but a PNG of at most 1 MB, or without an authorisation in force.
    """
    require_scope(actor, Scope.LABELS, Role.PRODUCER)
    if not usable_authorisations(actor=actor, on=timezone.localdate(now)).exists():
        raise InvalidInput(_("没有有效的专用标志授权，不能使用标志图片。"), field="mark")
    if len(content) > MAX_BYTES:
        raise InvalidInput(_("图片不得超过 1 MB。请缩小后再传。"), field="mark")
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            if max(image.size) > MAX_SIDE_PX:
                raise InvalidInput(_("图片边长不得超过 4000 像素。请缩小后再传。"), field="mark")
            if max(image.size) < MIN_SIDE_PX:
                raise InvalidInput(_("图片太小，印出来不清晰。请换边长 160 像素以上的图片。"), field="mark")
            clean = io.BytesIO()
            image.convert("RGBA").save(clean, "PNG")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise InvalidInput(_("请上传 PNG 图片。"), field="mark") from error
    path = mark_path(actor.uscc)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_bytes(clean.getvalue())
    draft.replace(path)
