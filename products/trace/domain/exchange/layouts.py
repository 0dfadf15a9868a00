"""What is exported for other traceability platforms: sections, fields, and what in a standard each stands for.

The texts of GB/T 38154-2019 and NY/T 4712-2025 were not at hand; `item` quotes what is known of them at second hand.
docs/exports.md says so, field by field, and has the same table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """`key` is ours and never changes; `title` heads the spreadsheet's column; `item` is '' where it is ours alone.

    `kind`: text, day (ISO 8601), time (RFC 3339), mass (kilograms, a decimal string), number, list (of texts).
    """

    key: str
    title: str
    item: str = ""
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    key: str
    standard: str
    sections: tuple[Section, ...]


_BATCH: Final = (
    Field("trace_code", "追溯码", "NY/T 4712: 追溯码即出库批次"),
    Field("lot", "批号", "NY/T 4712: 出库批次"),
    Field("product_name", "产品名称", "GB/T 38156, 5.2 产品"),
    Field("indication_code", "地理标志代码"),
    Field("indication_name", "地理标志名称"),
    Field("gtin", "商品条码", "GB/T 38156, 5.2 产品"),
    Field("produced_on", "生产日期", "GB/T 38156, 5.2 产品", "day"),
    Field("best_before", "保质期至", "", "day"),
    Field("net_mass_kg", "净重（公斤）", "GB/T 38156, 5.2 产品", "mass"),
    Field("origin_code", "产地代码（GB/T 2260）", "GB/T 38156, 5.2 产品"),
    Field("origin_name", "产地"),
    Field("standard", "执行标准"),
    Field("state", "状态"),
    Field("maker_code", "生产主体代码", "NY/T 4712: 统一社会信用代码"),
)
_TESTS: Final = Section(
    "tests",
    "检验",
    (
        Field("trace_code", "追溯码"),
        Field("report_no", "报告编号"),
        Field("laboratory", "检验机构"),
        Field("cma_number", "资质认定证书编号"),
        Field("sampled_on", "抽样日期", "", "day"),
        Field("issued_on", "签发日期", "", "day"),
        Field("indicator", "指标"),
        Field("comparator", "比较符"),
        Field("value", "检验值"),
        Field("unit", "单位"),
        Field("basis", "计量基准"),
        Field("method", "检验方法"),
        Field("is_standing", "现行有效"),
    ),
)
NY4712: Final = Layout(
    "ny4712",
    "NY/T 4712-2025",
    (
        Section(
            "operators",
            "经营主体",
            (
                Field("kind", "主体类型", "NY/T 4712: 法人/自然人"),
                Field("name", "名称或姓名", "NY/T 4712: 名称/姓名"),
                Field("uscc", "统一社会信用代码", "NY/T 4712: 统一社会信用代码"),
                Field("id_number", "身份证件号码", "NY/T 4712: 身份证号（本平台不收集，恒为空）"),
                Field("address", "地址", "NY/T 4712: 地址"),
                Field("region_code", "行政区划代码（GB/T 2260）"),
                Field("role", "角色"),
            ),
        ),
        Section("batches", "批次", _BATCH),
        Section(
            "steps",
            "环节",
            (
                Field("operation", "环节编号"),
                Field("kind", "环节", "NY/T 4712: 环节"),
                Field("process", "工艺"),
                Field("done_on", "日期", "", "day"),
                Field("operator_code", "经营主体代码", "NY/T 4712: 统一社会信用代码"),
                Field("in_batches", "入库批次", "NY/T 4712: 入库批次", "list"),
                Field("in_mass_kg", "入库数量（公斤）", "", "mass"),
                Field("out_batches", "出库批次", "NY/T 4712: 出库批次", "list"),
                Field("out_mass_kg", "出库数量（公斤）", "", "mass"),
                Field("source_name", "来源名称", "NY/T 4712: 来源"),
                Field("source_code", "来源主体代码", "NY/T 4712: 来源"),
                Field("destination_name", "去向名称", "NY/T 4712: 去向"),
                Field("destination_code", "去向主体代码", "NY/T 4712: 去向"),
                Field("destination_region", "去向地区代码（GB/T 2260）", "NY/T 4712: 去向"),
                Field("document_no", "凭证号"),
            ),
        ),
        Section(
            "moves",
            "批次流转",
            (
                Field("operation", "环节编号"),
                Field("direction", "方向", "NY/T 4712: 入库/出库"),
                Field("trace_code", "追溯码", "NY/T 4712: 入库批次/出库批次"),
                Field("lot", "批号"),
                Field("material", "物料"),
                Field("mass_kg", "数量（公斤）", "", "mass"),
            ),
        ),
        _TESTS,
    ),
)
GB38154: Final = Layout(
    "gb38154",
    "GB/T 38154-2019",
    (
        Section(
            "subjects",
            "主体",
            (
                Field("code", "主体代码", "GB/T 38156, 5.1 主体"),
                Field("name", "主体名称", "GB/T 38156, 5.1 主体"),
                Field("kind", "主体类型"),
                Field("address", "地址", "GB/T 38156, 5.1 主体"),
                Field("region_code", "行政区划代码（GB/T 2260）"),
                Field("role", "角色"),
            ),
        ),
        Section("products", "产品", _BATCH),
        Section(
            "acts",
            "行为",
            (
                Field("code", "行为编号"),
                Field("kind", "行为", "GB/T 38156, 5.3 行为"),
                Field("at", "时间", "GB/T 38156, 5.3 行为"),
                Field("subject_code", "行为主体代码", "GB/T 38156, 5.1 主体"),
                Field("trace_codes", "涉及批次", "GB/T 38156, 5.2 产品", "list"),
                Field("mass_kg", "数量（公斤）", "GB/T 38156, 5.3 行为", "mass"),
                Field("counterpart_name", "对方名称", "GB/T 38156, 5.1 主体"),
                Field("counterpart_code", "对方代码", "GB/T 38156, 5.1 主体"),
                Field("document_no", "凭证号", "GB/T 38156, 5.3 行为"),
                Field("reason", "说明"),
            ),
        ),
        _TESTS,
    ),
)
LAYOUTS: Final = {layout.key: layout for layout in (NY4712, GB38154)}


def masked(name: str) -> str:
    """A person's name for who has no need of it: 王**."""
    return f"{name[0]}**" if name else ""
