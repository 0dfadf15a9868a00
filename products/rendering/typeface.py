"""Noto Sans CJK SC (OFL): widths, outlines and subsets of the one typeface all labels are set in."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any, Final

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from noto_cjk_sans_otc import FONT_PATH

from products.rendering.errors import UnprintableText

FONT_FILE: Final = Path(FONT_PATH)
# The collection holds JP, KR, SC, TC and HK in this order; SC has the letter forms of GB 18030.
COLLECTION_INDEX: Final = 2
UNITS_PER_EM: Final = 1000
# Height of capitals and figures, and of Han characters above and below the baseline, in ems.
CAP_HEIGHT: Final = 0.733
HAN_ASCENT: Final = 0.88

_LOCK: Final = Lock()


@cache
def _file_bytes() -> bytes:
    return FONT_FILE.read_bytes()


def _open() -> Any:
    return TTFont(BytesIO(_file_bytes()), fontNumber=COLLECTION_INDEX, lazy=True)


@cache
def _tables() -> tuple[dict[int, str], dict[str, tuple[int, int]], Any]:
    # The reader seeks in one shared stream: two threads loading at once would read each other's tables.
    with _LOCK:
        font = _open()
        return font.getBestCmap(), font["hmtx"].metrics, font.getGlyphSet()


@lru_cache(maxsize=8192)
def glyph(character: str) -> tuple[int, int]:
    """(CID, advance in 1/1000 em). Raises UnprintableText."""
    cmap, metrics, _ = _tables()
    name = cmap.get(ord(character))
    if name is None or unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co"):
        raise UnprintableText(character)
    # Noto's glyphs carry their CID as their name.
    return int(name.removeprefix("cid")), metrics[name][0]


def width(text: str, size: float) -> float:
    """Width of one line in the unit of `size`. Raises UnprintableText."""
    return sum(glyph(character)[1] for character in text) * size / UNITS_PER_EM


@lru_cache(maxsize=4096)
def _outline_at(character: str, offset: int) -> str:
    cmap, _, glyphs = _tables()
    pen = SVGPathPen(glyphs)
    with _LOCK:
        glyphs[cmap[ord(character)]].draw(TransformPen(pen, (1, 0, 0, -1, offset, 0)))
    return str(pen.getCommands())


def outline(text: str) -> str:
    """SVG path of one line in 1/1000 em, y downwards, from the origin of its baseline. Raises UnprintableText."""
    parts, offset = [], 0
    for character in text:
        advance = glyph(character)[1]
        parts.append(_outline_at(character, offset))
        offset += advance
    return "".join(parts)


def subset_cff(characters: Iterable[str]) -> bytes:
    """A bare CID-keyed CFF font program with these characters' glyphs; CIDs stay what `glyph` says."""
    options = Options()
    options.drop_tables += ["GSUB", "GPOS", "BASE", "VORG", "vhea", "vmtx", "DSIG"]
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[ord(character) for character in characters])
    with _LOCK:
        font = _open()
        subsetter.subset(font)
        return bytes(font["CFF "].compile(font))
