"""Running text in lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from products.rendering import typeface
from products.rendering.errors import UnprintableText

_TOKEN: Final = re.compile(r"[!-~]+ ?|.", re.DOTALL)
# Must not begin a line.
_CLOSING: Final = frozenset("，。；：！？、）》”’】")


def printable(text: str) -> str:
    """The text with every character the typeface lacks replaced, so that nothing typed in can stop an export."""
    shown = []
    for character in text.replace("\r\n", "\n").replace("\n", " / "):
        try:
            typeface.glyph(character)
            shown.append(character)
        except UnprintableText:
            shown.append("□")
    return "".join(shown)


def wrap(text: str, size: float, width: float) -> Iterator[str]:
    """Lines of at most `width`: a break before any Chinese character or word, inside a word only where it must be."""
    line, used = "", 0.0
    for token in _TOKEN.findall(text):
        for part in _parts(token, size, width):
            # A closing mark may stand over the margin, one of them: it never begins a line.
            hangs = part in _CLOSING and used <= width
            if line and used + typeface.width(part.rstrip(), size) > width and not hangs:
                yield line.rstrip()
                line, used = "", 0.0
            line += part
            used += typeface.width(part, size)
    yield line.rstrip()


def _parts(token: str, size: float, width: float) -> list[str]:
    """The token itself, or pieces of it where it is wider than a line (a hash, a key)."""
    if typeface.width(token.rstrip(), size) <= width:
        return [token]
    length = max(1, int(len(token) * width / typeface.width(token, size)) - 1)
    return [token[start : start + length] for start in range(0, len(token), length)]
