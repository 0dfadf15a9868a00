"""Reads printed artefacts back, as a telephone would."""

from __future__ import annotations

from io import BytesIO

import pypdfium2
import zxingcpp
from PIL import Image


def open_image(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data)).convert("RGB")


def read_all(image: Image.Image) -> list[str]:
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return [
        barcode.text for barcode in sorted(found, key=lambda b: (b.position.top_left.y // 20, b.position.top_left.x))
    ]


def page_image(document: pypdfium2.PdfDocument, page: int, *, dpi: int = 300) -> Image.Image:
    image = document[page].render(scale=dpi / 72).to_pil()
    assert isinstance(image, Image.Image)
    return image.convert("RGB")
