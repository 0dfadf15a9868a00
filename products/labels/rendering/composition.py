"""Sets a label's facts in type: the largest legible size at which everything fits, or a refusal."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from products.labels.domain.mark_rules import IndicationType, LabelFacts, missing_facts
from products.labels.rendering.drawing import CodePlace, Drawing, Square
from products.labels.rendering.errors import FactsMissing
from products.rendering import qr, typeface
from products.rendering.drawing import BOLD, MEDIUM, REGULAR, Box, QrPlace, Text
from products.rendering.errors import LabelTooSmall
from products.rendering.layouts import LabelSize

# GB 7718 asks for 1.8 mm on packs above 35 square centimetres; no sticker of ours goes below.
MIN_BODY_MM: Final = 1.8
MIN_NAME_EMS: Final = 1.8
_BODY_STEP_MM: Final = 0.05
_MAX_ROW_LINES: Final = 2
_MAX_QR_MM: Final = 30.0
_QR_SHARES: Final = (0.8, 0.75, 0.7, 0.66, 0.62, 0.58, 0.54, 0.5, 0.44)
# Four dots at 300 dpi are 0.3387 mm: a smaller square would lose a whole dot in a PNG of that resolution.
_LEAST_DRAWN_MODULE_MM: Final = 0.34
# Width of a typical code in ems; a wider one is set a little smaller.
_CODE_EMS: Final = 13.6
_TOKEN: Final = re.compile(r"[!-~]+ ?|.", re.DOTALL)

_KINDS: Final = {
    IndicationType.GI_PRODUCT: "产品",
    IndicationType.COLLECTIVE_MARK: "集体商标",
    IndicationType.CERTIFICATION_MARK: "证明商标",
    IndicationType.AGRICULTURAL: "农产品",
}


@dataclass(frozen=True)
class _Setting:
    """How generously to set: the name's largest size and the line height in ems of the body, the least body in mm."""

    name_ems: float
    leading: float
    least_body: float


_GRAND: Final = _Setting(name_ems=4.4, leading=1.36, least_body=2.5)
_ROOMY: Final = _Setting(name_ems=3.2, leading=1.24, least_body=2.0)
_TIGHT: Final = _Setting(name_ems=2.4, leading=1.1, least_body=MIN_BODY_MM)


class _DoesNotFit(Exception):
    pass


@dataclass
class _Column:
    """Sets lines one below the other; `y` is the upper edge of the next line."""

    x: float
    y: float
    width: float
    leading: float
    items: list[Text | Box] = field(default_factory=list)

    def line(self, text: str, size: float, weight: float, *, leading: float = 0.0) -> None:
        if typeface.width(text, size) > self.width + 1e-6:
            raise _DoesNotFit
        leading = leading or self.leading
        baseline = self.y + leading * size / 2 + (typeface.HAN_ASCENT - 0.5) * size
        self.items.append(Text(self.x, baseline, size, text, weight))
        self.y += leading * size

    def row(self, label: str, value: str, size: float) -> None:
        """A label and its value; a long value goes on below itself."""
        indent = typeface.width(label, size) + 0.45 * size
        lines = _wrap(value, size, self.width - indent)
        if len(lines) > _MAX_ROW_LINES:
            raise _DoesNotFit
        baseline = self.y + self.leading * size / 2 + (typeface.HAN_ASCENT - 0.5) * size
        self.items.append(Text(self.x, baseline, size, label))
        for number, text in enumerate(lines):
            self.items.append(Text(self.x + indent, baseline + number * self.leading * size, size, text, MEDIUM))
        self.y += len(lines) * self.leading * size


def compose(facts: LabelFacts, size: LabelSize, *, address_length: int, has_mark: bool) -> Drawing:
    """The drawing of `facts` on a label of `size`; `has_mark` keeps a square free for the official mark.

    Raises FactsMissing, UnprintableText, ModuleTooSmall, AddressTooLong or LabelTooSmall.
    """
    missing = missing_facts(facts)
    if missing:
        raise FactsMissing(missing)
    modules = qr.symbol_size(address_length)
    smallest = _qr_place(size, modules, _QR_SHARES[-1])
    for setting in (_GRAND, _ROOMY, _TIGHT):
        for body in _bodies(size.height_mm / 14, setting.least_body):
            try:
                drawing = _compose_at(facts, size, smallest, setting, body, has_mark=has_mark)
            except _DoesNotFit:
                continue
            return _with_larger_qr(facts, size, setting, body, drawing)
    raise LabelTooSmall(f"the text does not fit {size.width_mm} x {size.height_mm} mm at {MIN_BODY_MM} mm")


def _bodies(largest: float, least: float) -> Iterator[float]:
    """Sizes to try, from the largest down to exactly the least; none when the label is too low for the least."""
    steps = math.ceil(round((largest - least) / _BODY_STEP_MM, 6))
    yield from (max(largest - step * _BODY_STEP_MM, least) for step in range(steps + 1))


def _with_larger_qr(facts: LabelFacts, size: LabelSize, setting: _Setting, body: float, drawing: Drawing) -> Drawing:
    """Type first: the QR code then grows into whatever room the settled type leaves it."""
    for share in _QR_SHARES[:-1]:
        try:
            place = _qr_place(size, drawing.qr.modules, share)
            return _compose_at(facts, size, place, setting, body, has_mark=drawing.mark is not None)
        except (_DoesNotFit, LabelTooSmall):
            continue
    return drawing


def _margin(size: LabelSize) -> float:
    return max(1.0, 0.034 * size.height_mm, 0.8 * size.corner_mm)


def _qr_place(size: LabelSize, modules: int, share: float) -> QrPlace:
    """The symbol in the right upper corner; with its quiet zone it takes `share` of the height, if the width allows."""
    margin = _margin(size)
    side_margin = max(margin, size.side_mm)
    room = min(share * (size.height_mm - 2 * margin), 0.45 * (size.width_mm - 2 * side_margin), _MAX_QR_MM)
    module = max(room / (modules + 2 * qr.QUIET_MODULES), _LEAST_DRAWN_MODULE_MM)
    # The paper's own margin serves as quiet zone where it is wide enough.
    quiet = qr.QUIET_MODULES * module
    place = QrPlace(
        x=size.width_mm - max(side_margin, quiet) - modules * module,
        y=max(margin, quiet),
        module=module,
        modules=modules,
    )
    if place.x < size.width_mm / 3 or place.y + place.side + quiet > size.height_mm:
        raise LabelTooSmall(f"no room for the QR code on {size.width_mm} x {size.height_mm} mm")
    return place


def _compose_at(
    facts: LabelFacts, size: LabelSize, place: QrPlace, setting: _Setting, body: float, *, has_mark: bool
) -> Drawing:
    margin = _margin(size)
    quiet = qr.QUIET_MODULES * place.module
    left = max(margin, size.side_mm)
    full_width = size.width_mm - 2 * left
    head_width = place.x - quiet - left

    mark = Square(left, margin, min(max(0.27 * size.height_mm, 9.0), 20.0)) if has_mark else None
    shift = mark.side + 0.6 * body if mark else 0.0
    head = _Column(left + shift, margin, head_width - shift, setting.leading)
    _set_head(head, facts, body, setting.name_ems)
    if mark:
        head.y = max(head.y, mark.y + mark.side + 0.3 * body)

    unit = _Column(left, 0.0, head_width, setting.leading)
    for label, value in _unit_rows(facts):
        unit.row(label, value, body)
    foot = _Column(left, 0.0, full_width, setting.leading)
    for label, value in _holder_rows(facts):
        foot.row(label, value, body)
    foot.y += 0.35 * body
    foot.items.append(Box(left, foot.y, full_width, max(0.12, 0.05 * body)))
    foot.y += 0.3 * body
    code = _set_code(foot, body)

    # Head at the top, foot at the bottom; the unit's rows stand above the foot, beside the lower half of the QR code.
    foot_top = size.height_mm - margin - foot.y
    upper_end = max(head.y + 0.25 * body + unit.y, place.y + place.side + min(quiet, 1.5 * body))
    if upper_end > foot_top + 1e-6 or place.y + place.side + quiet > foot_top + 1e-6:
        raise _DoesNotFit
    slack = foot_top - upper_end
    unit_top = max(upper_end - unit.y, head.y + 0.25 * body) + slack / 2
    items = [*head.items, *_moved(unit.items, unit_top), *_moved(foot.items, foot_top)]
    code = CodePlace(code.x, code.y + foot_top, code.size, code.width)
    return Drawing(size=size, items=tuple(items), mark=mark, qr=place, code=code)


def _set_head(column: _Column, facts: LabelFacts, body: float, name_ems: float) -> None:
    """A badge with the kind, the name as large as the column allows, its English form."""
    _set_badge(column, facts, body)
    column.y += 0.3 * body
    lines = [facts.name_zh]
    name_size = min(name_ems * body, column.width / typeface.width(facts.name_zh, 1.0))
    if name_size < MIN_NAME_EMS * body:
        middle = (len(facts.name_zh) + 1) // 2
        lines = [facts.name_zh[:middle], facts.name_zh[middle:]]
        name_size = min(name_ems * body, *(column.width / typeface.width(line, 1.0) for line in lines if line))
        if name_size < 1.3 * body:
            raise _DoesNotFit
    for line in lines:
        column.line(line, name_size, BOLD, leading=1.12)
    if facts.name_en.strip():
        size = 0.86 * body
        lines = _wrap(facts.name_en.strip(), size, column.width)
        if len(lines) > _MAX_ROW_LINES:
            raise _DoesNotFit
        for line in lines:
            column.line(line, size, REGULAR)


def _set_badge(column: _Column, facts: LabelFacts, body: float) -> None:
    size = 0.95 * body
    height = 1.4 * size
    badge = "地理标志"
    width = typeface.width(badge, size) + 0.7 * size
    baseline = column.y + height / 2 + (typeface.HAN_ASCENT - 0.5) * size
    column.items.append(Box(column.x, column.y, width, height, radius=0.25 * size))
    column.items.append(Text(column.x + 0.35 * size, baseline, size, badge, MEDIUM, is_white=True))
    kinds = "·".join(_KINDS[kind] for kind in IndicationType if kind in facts.indication_types)
    start = width + 0.35 * size
    if start + typeface.width(kinds, size) <= column.width:
        column.items.append(Text(column.x + start, baseline, size, kinds, MEDIUM))
        column.y += height
        return
    column.y += height + 0.15 * body
    column.line(kinds, size, MEDIUM)


def _set_code(column: _Column, body: float) -> CodePlace:
    label = "查验码"
    indent = typeface.width(label, body) + 0.5 * body
    size = min(1.25 * body, (column.width - indent) / _CODE_EMS)
    baseline = column.y + column.leading * size / 2 + (typeface.HAN_ASCENT - 0.5) * size
    column.items.append(Text(column.x, baseline, body, label))
    column.y += 1.1 * size
    return CodePlace(column.x + indent, baseline, size, column.width - indent)


def _unit_rows(facts: LabelFacts) -> list[tuple[str, str]]:
    assert facts.produced_on is not None  # missing_facts has seen to it
    return [
        ("批号", facts.lot.strip()),
        ("生产日期", _chinese_date(facts.produced_on)),
        ("净含量", net_mass_text(facts.net_mass_g)),
    ]


def _holder_rows(facts: LabelFacts) -> list[tuple[str, str]]:
    rows = [("生产者", facts.producer_name.strip()), ("统一社会信用代码", facts.uscc)]
    basis = facts.standard_or_announcement.strip()
    if basis:
        rows.append(("核准公告" if "公告" in basis else "执行标准", basis))
    if facts.trademark_registration_no.strip():
        rows.append(("商标注册号", facts.trademark_registration_no.strip()))
    return rows


def net_mass_text(mass_g: int) -> str:
    """克 below one kilogram, 千克 from there on, exact to the gram."""
    if mass_g < 1000:
        return f"{mass_g}克"
    whole, rest = divmod(mass_g, 1000)
    decimals = f"{rest:03d}".rstrip("0")
    return f"{whole}.{decimals}千克" if decimals else f"{whole}千克"


def _chinese_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _wrap(text: str, size: float, width: float) -> list[str]:
    """Greedy lines: a break before any Chinese character or Latin word; a word wider than a line does not fit."""
    lines, line = [], ""
    for token in _TOKEN.findall(text):
        if line and typeface.width((line + token).rstrip(), size) > width:
            lines.append(line.rstrip())
            line = ""
        if typeface.width(token.rstrip(), size) > width:
            raise _DoesNotFit
        line += token
    return [*lines, line.rstrip()]


def _moved(items: list[Text | Box], down: float) -> list[Text | Box]:
    moved: list[Text | Box] = []
    for item in items:
        if isinstance(item, Text):
            moved.append(Text(item.x, item.y + down, item.size, item.text, item.weight, item.is_white))
        else:
            moved.append(Box(item.x, item.y + down, item.width, item.height, item.radius))
    return moved
