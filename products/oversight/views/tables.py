"""Rows as cells for a page and for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.registry.models.zone import Zone
from products.templatetags.gi import cn_date, cn_time, in_kg, mass, named

BOM = "\ufeff"


@dataclass(frozen=True)
class Cell:
    """Text, and where it leads; `is_number` sets it right."""

    text: str
    href: str = ""
    is_number: bool = False


@dataclass(frozen=True)
class Column:
    """A head with its unit, and how a row fills it."""

    head: str | Promise
    cell: Callable[[Any], Cell]
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """Heads and rows, ready to show."""

    heads: tuple[tuple[str, bool], ...]
    rows: list[list[Cell]]


def text(head: str | Promise, value: Callable[[Any], object], href: Callable[[Any], str] = lambda row: "") -> Column:
    return Column(head, lambda row: Cell(str(value(row)), href(row)))


def number(head: str | Promise, value: Callable[[Any], object], href: Callable[[Any], str] = lambda row: "") -> Column:
    return Column(head, lambda row: Cell(str(value(row)), href(row), is_number=True), is_number=True)


def fill(columns: Sequence[Column], rows: Iterable[Any]) -> Table:
    return Table(
        heads=tuple((str(column.head), column.is_number) for column in columns),
        rows=[[column.cell(row) for column in columns] for row in rows],
    )


def as_csv(table: Table, name: str) -> HttpResponse:
    """UTF-8 with a byte order mark, without which Excel takes Chinese for something else."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.write(BOM)
    writer = csv.writer(response)
    writer.writerow([head for head, _is_number in table.heads])
    writer.writerows([_harmless(cell) for cell in row] for row in table.rows)
    return response


def _harmless(cell: Cell) -> str:
    # A name that begins like a formula would be run by the spreadsheet that opens the file.
    if cell.is_number:
        return cell.text.replace(",", "").replace("—", "")
    return f"'{cell.text}" if cell.text[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell.text


def _application(row: Any) -> str:
    return reverse("regulator-application", args=[row.code])


def _firm(row: Enterprise) -> str:
    return reverse("regulator-enterprise", args=[row.uscc])


def _batch(row: Any) -> str:
    return reverse("batch", args=[row.code])


def _maker(enterprise: Callable[[Any], Enterprise]) -> Column:
    return text(_("企业"), lambda row: named(enterprise(row)), lambda row: _firm(enterprise(row)))


VERDICTS = {
    "genuine": _("真品"),
    "attention": _("请注意"),
    "not_genuine": _("非真品"),
    "unknown_code": _("查无此码"),
}

_RUN_COLUMNS = (
    _maker(lambda row: row.run.batch.authorisation.enterprise),
    text(_("标签批"), lambda row: row.run.code, lambda row: _batch(row.run.batch)),
)

RECORD_COLUMNS: dict[str, tuple[Column, ...]] = {
    "authorisations": (
        _maker(lambda row: row.enterprise),
        text(_("地理标志"), lambda row: named(row.indication), _application),
        text(_("产品"), lambda row: row.product_name, _application),
        text(_("状态"), lambda row: row.get_state_display()),
        text(_("公告日期"), lambda row: cn_date(row.announced_on)),
        text(_("有效期至"), lambda row: cn_date(row.valid_until)),
    ),
    "quotas": (
        _maker(lambda row: row.authorisation.enterprise),
        text(_("产品"), lambda row: row.authorisation.product_name, lambda row: _application(row.authorisation)),
        number(_("年度"), lambda row: row.year),
        number(_("核定数量（公斤）"), lambda row: in_kg(row.quota_g)),
        text(_("文号"), lambda row: row.document_no),
    ),
    "batches": (
        _maker(lambda row: row.authorisation.enterprise),
        text(_("批号"), lambda row: row.lot, _batch),
        text(_("产品"), lambda row: row.authorisation.product_name),
        text(_("生产日期"), lambda row: cn_date(row.produced_on)),
        number(_("净重（公斤）"), lambda row: in_kg(row.net_mass_g)),
        text(_("状态"), lambda row: row.get_state_display()),
    ),
    "runs": (
        _maker(lambda row: row.batch.authorisation.enterprise),
        text(_("标签批"), lambda row: row.code, lambda row: _batch(row.batch)),
        text(_("批号"), lambda row: row.batch.lot, lambda row: _batch(row.batch)),
        number(_("标签（枚）"), lambda row: f"{row.quantity:,}"),
        text(_("每件净含量"), lambda row: mass(row.unit_mass_g)),
        number(_("合计（公斤）"), lambda row: in_kg(row.mass_g)),
        text(_("发放时间"), lambda row: cn_time(row.issued_at)),
    ),
    "activations": (
        *_RUN_COLUMNS,
        number(_("起始序号"), lambda row: f"{row.first_serial:,}"),
        number(_("截止序号"), lambda row: f"{row.last_serial:,}"),
        number(_("启用（枚）"), lambda row: f"{row.size:,}"),
        text(_("时间"), lambda row: cn_time(row.at)),
    ),
    "units": (
        *_RUN_COLUMNS,
        number(_("序号"), lambda row: f"{row.serial:,}"),
        number(_("扫码（次）"), lambda row: f"{row.scan_count:,}"),
        text(_("首次扫码"), lambda row: cn_time(row.first_at)),
    ),
    "scans": (
        *_RUN_COLUMNS,
        number(_("序号"), lambda row: f"{row.serial:,}"),
        text(_("时间"), lambda row: cn_time(row.at)),
        text(_("当时的结论"), lambda row: VERDICTS.get(row.verdict, row.verdict)),
    ),
    "decisions": (
        _maker(lambda row: row.authorisation.enterprise),
        text(_("产品"), lambda row: row.authorisation.product_name, lambda row: _application(row.authorisation)),
        text(_("办理"), lambda row: row.get_action_display()),
        text(_("文号"), lambda row: row.document_no or "—"),
        text(_("时间"), lambda row: cn_time(row.decided_at)),
    ),
}
RECORD_COLUMNS["never-activated"] = RECORD_COLUMNS["units"]
RECORD_COLUMNS["after-suspension"] = RECORD_COLUMNS["scans"]

RECORD_TITLES = {
    "authorisations": _("专用标志使用授权"),
    "quotas": _("年度用标数量"),
    "batches": _("登记的批次"),
    "runs": _("发放的标签"),
    "activations": _("启用的标签"),
    "units": _("被扫过的件"),
    "never-activated": _("从未启用却被扫码的件"),
    "scans": _("扫码"),
    "after-suspension": _("暂停或撤销后的扫码"),
    "decisions": _("授权的办理"),
}


def _counted_on(row: Any) -> str:
    return cn_date(row.counted_on)


TARGET_COLUMNS: dict[str, tuple[Column, ...]] = {
    "new_indications": (
        text(_("地理标志"), lambda row: named(row), lambda row: reverse("gi", args=[row.code])),
        text(_("市（州）"), lambda row: named(row.prefecture) if row.prefecture else _("跨市州")),
        text(_("公告"), lambda row: row.announcement_no or "—"),
        text(_("认定日期"), _counted_on),
        text(_("账本"), lambda row: _("查看记录"), lambda row: _ledger(row)),
    ),
    "demonstration_zones": (
        text(_("示范区"), lambda row: row.name, lambda row: reverse("zone", args=[row.code])),
        text(_("所在地"), lambda row: named(row.region)),
        text(_("级别"), lambda row: row.get_grade_display()),
        text(_("认定日期"), _counted_on),
        text(_("账本"), lambda row: _("查看记录"), lambda row: _ledger(row)),
    ),
    "authorised_enterprises": (
        text(_("企业"), lambda row: named(row), lambda row: reverse("enterprise", args=[row.uscc])),
        text(_("统一社会信用代码"), lambda row: row.uscc),
        text(_("所在地"), lambda row: named(row.region)),
        text(_("首次公告"), _counted_on),
        text(_("账本"), lambda row: _("查看记录"), lambda row: _ledger(row)),
    ),
}


def _ledger(row: Indication | Zone | Enterprise) -> str:
    """The register page at its ledger entries."""
    if isinstance(row, Enterprise):
        return reverse("enterprise", args=[row.uscc]) + "#proofs"
    return reverse("gi" if isinstance(row, Indication) else "zone", args=[row.code]) + "#proofs"


USE_COLUMNS: tuple[Column, ...] = (
    text(_("企业"), lambda row: row.name),
    text(_("统一社会信用代码"), lambda row: row.uscc),
    text(_("市（州）"), lambda row: row.prefecture_name),
    text(_("县（市、区）"), lambda row: row.region_name),
    number(_("有效授权（项）"), lambda row: row.authorised),
    number(_("核定数量（公斤）"), lambda row: in_kg(row.quota_g)),
    number(_("批次（个）"), lambda row: row.batches),
    number(_("登记净重（公斤）"), lambda row: in_kg(row.registered_g)),
    number(_("发放标签（枚）"), lambda row: row.issued),
    number(_("占核定数量（％）"), lambda row: "—" if row.quota_percent is None else row.quota_percent),
    number(_("启用（枚）"), lambda row: row.activated),
    number(_("扫过（件）"), lambda row: row.units_scanned),
    number(_("扫码（次）"), lambda row: row.scans),
)
