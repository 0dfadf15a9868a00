"""A4 sheets of labels as a vector PDF, written to the stream page by page: memory does not grow with the run."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from products.labels.domain.digital_link import scan_prefix
from products.labels.domain.mark_rules import LabelFacts, missing_facts
from products.labels.domain.unit_code import MalformedCode, format_unit_code, parse_unit_code
from products.labels.rendering.composition import compose
from products.labels.rendering.drawing import Drawing, code_line
from products.labels.rendering.errors import FactsMissing
from products.labels.rendering.mark_image import open_mark
from products.rendering import qr
from products.rendering.drawing import Text
from products.rendering.layouts import A4_HEIGHT_MM, A4_WIDTH_MM, SheetLayout
from products.rendering.pdf_drawing import box_operators, symbol_operators, text_operators
from products.rendering.pdf_file import POINTS_PER_MM, PdfFile, number

# Labels of one run differ in their code only; a few batches may be mixed on one sheet.
_KEPT_FORMS: Final = 64


@dataclass(frozen=True)
class _Form:
    """What the labels of one run share, drawn once in the file and painted in every cell."""

    target: int
    drawing: Drawing


def sheet_pdf(
    labels: Iterable[LabelFacts],
    layout: SheetLayout,
    stream: BinaryIO,
    *,
    base_url: str,
    mark_image: bytes | None = None,
    leave_mark_space: bool = False,
    cut_marks: bool = False,
) -> int:
    """Write the labels in order, row by row, and return their number; the stream need not be seekable.

    `cut_marks` draws ticks in the sheet's margins, for plain paper. Raises RenderingRefused (see errors), InvalidLink,
    or ValueError when there are no labels; what was written by then is no PDF and has to be thrown away.
    """
    maker = _SheetMaker(layout, stream, base_url, mark_image, leave_mark_space=leave_mark_space, cut_marks=cut_marks)
    for facts in labels:
        maker.add(facts)
    return maker.finish()


class _SheetMaker:
    def __init__(
        self,
        layout: SheetLayout,
        stream: BinaryIO,
        base_url: str,
        mark_image: bytes | None,
        *,
        leave_mark_space: bool,
        cut_marks: bool,
    ) -> None:
        self._layout = layout
        self._pdf = PdfFile(stream, title=f"地理标志标签 {layout.name_zh}")
        self._prefix = scan_prefix(base_url)
        self._mark_image = mark_image
        self._has_mark = mark_image is not None or leave_mark_space
        self._picture: int | None = None
        self._forms: OrderedDict[LabelFacts, _Form] = OrderedDict()
        self._cells = list(layout.cells())
        self._page_start = _cut_marks(layout) if cut_marks else b""
        self._content: list[bytes] = [self._page_start]
        self._page_forms: dict[str, int] = {}
        self._on_page = 0
        self._count = 0

    def add(self, facts: LabelFacts) -> None:
        try:
            code = format_unit_code(parse_unit_code(facts.unit_code))
        except MalformedCode as error:
            raise FactsMissing(missing_facts(facts)) from error
        form = self._form_for(facts, len(self._prefix) + len(code))
        left, top = self._cells[self._on_page]
        bottom = A4_HEIGHT_MM - top - self._layout.size.height_mm
        name = f"L{form.target}"
        self._page_forms[name] = form.target
        origin = b"%s %s" % (number(left * POINTS_PER_MM), number(bottom * POINTS_PER_MM))
        scale = number(POINTS_PER_MM)
        self._content += [
            b"q %s 0 0 %s %s cm /%s Do" % (scale, scale, origin, name.encode()),
            text_operators(self._pdf, code_line(form.drawing.code, code), form.drawing.size.height_mm),
            symbol_operators(form.drawing.qr, qr.encode(self._prefix + code), form.drawing.size.height_mm),
            b"Q",
        ]
        self._on_page += 1
        self._count += 1
        if self._on_page == self._layout.per_sheet:
            self._end_page()

    def finish(self) -> int:
        if not self._count:
            raise ValueError("no labels")
        if self._on_page:
            self._end_page()
        self._pdf.finish()
        return self._count

    def _end_page(self) -> None:
        self._pdf.add_page(
            b"\n".join(self._content), width_mm=A4_WIDTH_MM, height_mm=A4_HEIGHT_MM, forms=self._page_forms
        )
        self._content, self._page_forms, self._on_page = [self._page_start], {}, 0

    def _form_for(self, facts: LabelFacts, length: int) -> _Form:
        shared = replace(facts, unit_code="")
        form = self._forms.get(shared)
        if form is None:
            form = self._new_form(facts, length)
            self._forms[shared] = form
            if len(self._forms) > _KEPT_FORMS:
                self._forms.popitem(last=False)
        return form

    def _new_form(self, facts: LabelFacts, length: int) -> _Form:
        size = self._layout.size
        drawing = compose(facts, size, address_length=length, has_mark=self._has_mark)
        content = [
            text_operators(self._pdf, item, size.height_mm)
            if isinstance(item, Text)
            else box_operators(item, size.height_mm)
            for item in drawing.items
        ]
        pictures: dict[str, int] = {}
        if self._mark_image is not None and drawing.mark is not None:
            place = drawing.mark
            if self._picture is None:
                picture = open_mark(self._mark_image, side_mm=place.side)
                self._picture = self._pdf.add_picture(picture.tobytes(), picture.width, picture.height)
            pictures["M"] = self._picture
            side, bottom = number(place.side), number(size.height_mm - place.y - place.side)
            content.append(b"q %s 0 0 %s %s %s cm /M Do Q" % (side, side, number(place.x), bottom))
        target = self._pdf.add_form(b"\n".join(content), width=size.width_mm, height=size.height_mm, pictures=pictures)
        return _Form(target=target, drawing=drawing)


def _cut_marks(layout: SheetLayout) -> bytes:
    """Ticks of 2 mm outside the grid, at every cut."""
    xs = {x + offset for x, _ in layout.cells() for offset in (0.0, layout.size.width_mm)}
    ys = {y + offset for _, y in layout.cells() for offset in (0.0, layout.size.height_mm)}
    lines = [(x, edge, x, edge + step) for x in sorted(xs) for edge, step in ((min(ys) - 1, -2), (max(ys) + 1, 2))]
    lines += [(edge, y, edge + step, y) for y in sorted(ys) for edge, step in ((min(xs) - 1, -2), (max(xs) + 1, 2))]
    scale = POINTS_PER_MM
    ticks = (
        b"%s %s m %s %s l" % tuple(number(v * scale) for v in (x1, A4_HEIGHT_MM - y1, x2, A4_HEIGHT_MM - y2))
        for x1, y1, x2, y2 in lines
    )
    return b"q 0.3 w 0 G " + b" ".join(ticks) + b" S Q"
