"""Real files for tests of imports: workbooks by xlsxwriter, CSV by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.trace.models.batch_import import BatchImport
from products.trace.queries.import_choices import Choices
from products.trace.services.import_files import plan_of
from products.trace.services.import_plan import Plan
from products.trace.services.imports import confirm_import, start_import
from products.trace.spreadsheets.columns import COLUMNS
from tests.factories import NOW, TODAY

HEAD = [column.zh for column in COLUMNS if column.name != "remark"]
Row = Sequence[Any]


def row_of(**changes: Any) -> list[Any]:
    """A good row in the order of HEAD: 100 kg of 郫县豆瓣 made on 2026-11-20."""
    facts: dict[str, Any] = {
        "product": "郫县豆瓣",
        "lot": "261120-01",
        "net_mass": 100,
        "produced_on": date(2026, 11, 20),
        "origin": "郫都区",
    }
    facts |= changes
    return [facts.get(column.name) for column in COLUMNS if column.name != "remark"]


def workbook(
    rows: Sequence[Row], *, head: Sequence[Any] = HEAD, touch: Callable[[Any, Any], None] | None = None, **options: Any
) -> bytes:
    """A workbook of these rows; `touch` is given workbook and sheet before it is closed."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "default_date_format": "yyyy-mm-dd", **options}) as book:
        sheet = book.add_worksheet("批次")
        for number, row in enumerate([head, *rows]):
            for place, value in enumerate(row):
                if isinstance(value, date | datetime):
                    sheet.write_datetime(number, place, value)
                elif value is not None:
                    sheet.write(number, place, value)
        if touch:
            touch(book, sheet)
    return target.getvalue()


def csv_text(rows: Sequence[Row], *, head: Sequence[Any] = HEAD, delimiter: str = ",") -> str:
    lines = [head, *rows]
    return "\r\n".join(delimiter.join("" if cell is None else str(cell) for cell in line) for line in lines)


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def check(actor: Actor, content: bytes, *, name: str = "", now: datetime = NOW) -> tuple[BatchImport, Plan]:
    """Upload and wait for the plan."""
    row = start_import(actor=actor, content=content, name=name, waits=True, now=now)
    plan = plan_of(row)
    assert plan is not None
    return row, plan


def bring_in(actor: Actor, content: bytes, *, now: datetime = NOW) -> BatchImport:
    """Upload and confirm what was shown."""
    row, _plan = check(actor, content, now=now)
    return confirm_import(actor=actor, code=row.code, plan_sha256=row.plan_sha256, now=now)


def errors_in(plan: Plan) -> dict[str, str]:
    """{address of the cell: code}"""
    return {error["cell"]: error["code"] for error in plan.errors}


def choices_of(actor: Actor) -> Choices:
    return Choices(actor=actor, today=TODAY)


def many_rows(authorisation: Authorisation, count: int) -> list[list[Any]]:
    return [row_of(lot=f"M{number:05d}", product=authorisation.product_name) for number in range(count)]
