"""A PDF file written as it grows: every object leaves for the stream at once, only its position is kept.

ISO 32000-1, as little of it as label sheets need: pages, form objects, RGB pictures and one embedded CID-keyed CFF
font, of which only the glyphs used are embedded (9.7, 9.9). A sheet maker that built the whole document first
would need memory in proportion to the run.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import BinaryIO, Final

from products.rendering import typeface

POINTS_PER_MM: Final = 72 / 25.4
_HEADER: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_MAX_MAPPED: Final = 100


class PdfFile:
    """Writes objects to `stream`, which need not be seekable. Call `finish` once, at the end."""

    def __init__(self, stream: BinaryIO, *, title: str) -> None:
        self._stream = stream
        self._position = 0
        self._offsets: list[int] = []
        self._pages: list[int] = []
        self._used: set[str] = set()
        self._title = title
        self._write(_HEADER)
        self._catalog, self._tree, self._font, self._info = (self._reserve() for _ in range(4))

    def encode(self, text: str) -> bytes:
        """A string operand for the font F, whose glyphs will be embedded. Raises UnprintableText."""
        cids = "".join(f"{typeface.glyph(character)[0]:04X}" for character in text)
        self._used.update(text)
        return b"<" + cids.encode() + b">"

    def add_form(self, content: bytes, *, width: float, height: float, pictures: dict[str, int]) -> int:
        """A reusable drawing with its own box; `pictures` are names and objects it paints."""
        return self._add_stream(
            b"/Type /XObject /Subtype /Form /BBox [0 0 %s %s] /Resources %s"
            % (number(width), number(height), self._resources(pictures)),
            content,
        )

    def add_picture(self, rgb: bytes, width: int, height: int) -> int:
        """An RGB picture of 8 bits a channel."""
        return self._add_stream(
            b"/Type /XObject /Subtype /Image /ColorSpace /DeviceRGB /BitsPerComponent 8 /Width %d /Height %d"
            % (width, height),
            rgb,
        )

    def add_page(self, content: bytes, *, width_mm: float, height_mm: float, forms: dict[str, int]) -> None:
        """A finished page; `forms` are names and objects it paints."""
        stream = self._add_stream(b"", content)
        box = b"[0 0 %s %s]" % (number(width_mm * POINTS_PER_MM), number(height_mm * POINTS_PER_MM))
        page = self._reserve()
        self._write_object(
            page,
            b"<< /Type /Page /Parent %d 0 R /MediaBox %s /Resources %s /Contents %d 0 R >>"
            % (self._tree, box, self._resources(forms), stream),
        )
        self._pages.append(page)

    def finish(self) -> None:
        """Write the font, the page tree and the cross-reference table."""
        self._write_font()
        kids = b" ".join(b"%d 0 R" % page for page in self._pages)
        self._write_object(self._tree, b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(self._pages), kids))
        # Stickers are cut to size: a viewer that shrinks the page "to fit" would move them off their cells.
        self._write_object(
            self._catalog,
            b"<< /Type /Catalog /Pages %d 0 R /Lang (zh-CN)"
            b" /ViewerPreferences << /PrintScaling /None /DisplayDocTitle true >> >>" % self._tree,
        )
        title = b"\xfe\xff" + self._title.encode("utf-16-be")
        self._write_object(self._info, b"<< /Title <%s> >>" % title.hex().encode())
        start, count = self._position, len(self._offsets) + 1
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % count)
        for first in range(0, len(self._offsets), 1024):
            self._write(b"".join(b"%010d 00000 n \n" % offset for offset in self._offsets[first : first + 1024]))
        self._write(
            b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
            % (count, self._catalog, self._info, start)
        )

    def _resources(self, objects: dict[str, int]) -> bytes:
        names = b" ".join(b"/%s %d 0 R" % (name.encode(), target) for name, target in objects.items())
        return b"<< /Font << /F %d 0 R >> /XObject << %s >> >>" % (self._font, names)

    def _write_font(self) -> None:
        characters = sorted(self._used)
        # A subset carries a tag of six letters before its name (9.6.4).
        name = b"AAAAAA+NotoSansCJKsc-Regular"
        program = self._add_stream(b"/Subtype /CIDFontType0C", typeface.subset_cff(characters))
        mapping = self._add_stream(b"", _to_unicode(characters))
        descriptor, descendant = self._reserve(), self._reserve()
        self._write_object(
            descriptor,
            b"<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [-1002 -1048 2928 1808] /ItalicAngle 0"
            b" /Ascent 880 /Descent -120 /CapHeight 733 /StemV 80 /FontFile3 %d 0 R >>" % (name, program),
        )
        widths = b" ".join(b"%d [%d]" % pair for pair in sorted({typeface.glyph(c) for c in characters}))
        self._write_object(
            descendant,
            b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /%s /FontDescriptor %d 0 R /DW 1000 /W [%s]"
            b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
            % (name, descriptor, widths),
        )
        self._write_object(
            self._font,
            b"<< /Type /Font /Subtype /Type0 /BaseFont /%s-Identity-H /Encoding /Identity-H"
            b" /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>" % (name, descendant, mapping),
        )

    def _reserve(self) -> int:
        self._offsets.append(0)
        return len(self._offsets)

    def _add_stream(self, entries: bytes, content: bytes) -> int:
        target, packed = self._reserve(), zlib.compress(content)
        self._write_object(
            target,
            b"<< %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (entries, len(packed), packed),
        )
        return target

    def _write_object(self, target: int, body: bytes) -> None:
        self._offsets[target - 1] = self._position
        self._write(b"%d 0 obj\n%s\nendobj\n" % (target, body))

    def _write(self, data: bytes) -> None:
        self._stream.write(data)
        self._position += len(data)


def number(value: float) -> bytes:
    """A real number as PDF writes it: no exponent, no trailing zeros."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return b"0" if text == "-0" else text.encode()


def _to_unicode(characters: Iterable[str]) -> bytes:
    """The CMap by which a reader selects and searches the text (9.10.3)."""
    # Several characters may share a glyph; the first in order stands for it.
    names: dict[int, str] = {}
    for character in characters:
        names.setdefault(typeface.glyph(character)[0], character)
    pairs = [b"<%04X> <%s>" % (cid, c.encode("utf-16-be").hex().upper().encode()) for cid, c in sorted(names.items())]
    blocks = [pairs[start : start + _MAX_MAPPED] for start in range(0, len(pairs), _MAX_MAPPED)]
    body = b"\n".join(b"%d beginbfchar\n%s\nendbfchar" % (len(block), b"\n".join(block)) for block in blocks)
    return (
        b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        b"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        b"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n%s\n"
        b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n" % body
    )
