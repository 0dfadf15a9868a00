"""The columns of an import: what they are called in either language, and under which other names they are known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from products.trace.domain.import_values import Value, tidy, unit_in
from products.trace.spreadsheets.grid import HEAD_WITHIN


@dataclass(frozen=True, slots=True)
class Column:
    """`zh` and `en` stand in the templates; `others` are further names, all compared without brackets and spaces."""

    name: str
    zh: str
    en: str
    others: tuple[str, ...] = ()
    is_required: bool = False
    width: int = 14

    def heading(self, *, english: bool) -> str:
        return self.en if english else self.zh


COLUMNS: Final = (
    Column("remark", "备注", "Remark", ("说明", "note", "notes"), width=24),
    Column(
        "product",
        "产品（必填）",
        "Product (required)",
        ("产品名称", "品名", "授权", "专用标志使用授权", "authorisation", "product name"),
        is_required=True,
        width=30,
    ),
    Column(
        "lot",
        "批号（必填）",
        "Lot (required)",
        ("批次", "批次号", "生产批号", "lot number", "lot no", "batch"),
        is_required=True,
        width=16,
    ),
    Column(
        "net_mass",
        "净重（公斤，必填）",
        "Net mass (kg, required)",
        ("净含量", "重量", "总净重", "net weight", "weight", "mass"),
        is_required=True,
    ),
    Column(
        "produced_on",
        "生产日期（年-月-日，必填）",
        "Produced on (YYYY-MM-DD, required)",
        ("生产日", "production date", "date of production"),
        is_required=True,
        width=26,
    ),
    Column(
        "origin",
        "产地（县、市、区，必填）",
        "County of origin (required)",
        ("产地县", "县", "区县", "origin", "county"),
        is_required=True,
        width=24,
    ),
    Column("best_before", "保质期至（年-月-日）", "Best before (YYYY-MM-DD)", ("有效期至", "expiry date"), width=22),
    Column("gtin", "商品条码（13 位数字）", "GTIN (13 digits)", ("条码", "条形码", "69码", "barcode"), width=20),
    Column("plot_name", "地块或基地名称", "Plot or base", ("地块", "基地", "基地名称", "地块名称", "plot"), width=18),
    Column("longitude", "经度（度）", "Longitude (degrees)", ("东经",)),
    Column("latitude", "纬度（度）", "Latitude (degrees)", ("北纬",)),
    Column("datum", "坐标系", "Datum", ("坐标系统", "coordinate system")),
)
BY_NAME: Final = {column.name: column for column in COLUMNS}
EXAMPLE: Final = {"zh": "示例（此行不导入）", "en": "Example (this row is skipped)"}
_BRACKETS: Final = re.compile(r"[(\[（【].*?[)\]）】]")


def _key(text: str) -> str:
    return re.sub(r"[\s*:_-]", "", _BRACKETS.sub("", tidy(text))).lower()


def _bare(text: str) -> str:
    """Also without a unit written into the heading: 净重kg, 净重/公斤."""
    return re.sub(r"[/,、]?(公斤|千克|kg|斤|克|吨)$", "", _key(text))


_KNOWN: Final = {_key(known): column.name for column in COLUMNS for known in (column.zh, column.en, *column.others)}


@dataclass(slots=True)
class Head:
    """Where which column stands. `row` and places count from 0; `twice` and `unknown` are headings as written."""

    row: int
    places: dict[str, int]
    unit: str
    unknown: list[str]
    twice: list[str]

    @property
    def missing(self) -> list[Column]:
        return [column for column in COLUMNS if column.is_required and column.name not in self.places]


def find_head(rows: Sequence[Sequence[Value]]) -> Head | None:
    """The row of headings: the one among the first with the most known ones, and two at least."""
    heads = [_head_of(number, row) for number, row in enumerate(rows[:HEAD_WITHIN])]
    best = max(heads, key=lambda head: len(head.places), default=None)
    return best if best is not None and len(best.places) >= 2 else None


def _head_of(number: int, row: Sequence[Value]) -> Head:
    head = Head(row=number, places={}, unit="", unknown=[], twice=[])
    for place, value in enumerate(row):
        if not isinstance(value, str) or not tidy(value):
            continue
        name = _KNOWN.get(_key(value)) or _KNOWN.get(_bare(value))
        if name is None:
            head.unknown.append(tidy(value)[:40])
        elif name in head.places:
            head.twice.append(tidy(value)[:40])
        else:
            head.places[name] = place
            if name == "net_mass":
                head.unit = unit_in(value)
    return head


def is_example(value: Value) -> bool:
    """Whether a remark marks its row as an example."""
    return isinstance(value, str) and tidy(value).lower().startswith(("示例", "例:", "example"))
