"""The official mark's picture, supplied by its lawful user as a PNG. None is shipped with the program."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image

from products.labels.rendering.errors import MarkImageUnusable

MIN_DPI: Final = 200
_MAX_PIXELS: Final = 4096 * 4096


def open_mark(data: bytes, *, side_mm: float) -> Image.Image:
    """The picture on white, RGB, cut to nothing and distorted by nothing: padded to a square.

    Raises MarkImageUnusable when it is no PNG, too large to open safely, or too coarse for `side_mm`.
    """
    try:
        with Image.open(BytesIO(data), formats=["PNG"]) as image:
            # The size is read from the header: a small file may claim a picture that would fill the memory.
            if image.width * image.height > _MAX_PIXELS:
                raise MarkImageUnusable(f"{image.width} x {image.height} pixels are too many")
            picture = image.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        if isinstance(error, MarkImageUnusable):
            raise
        raise MarkImageUnusable("not a PNG picture") from error
    side = max(picture.size)
    if side < side_mm / 25.4 * MIN_DPI:
        raise MarkImageUnusable(f"{side} pixels over {side_mm:.1f} mm, at least {MIN_DPI} dpi")
    square = Image.new("RGB", (side, side), "white")
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2), picture)
    return square
