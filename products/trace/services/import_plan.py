"""What an import would do: for each row whether it is new, there already, there with other facts, or at fault."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.trace.domain.facts import Facts, write_kg
from products.trace.errors import ColumnsMissing, FileTooLarge, NothingToImport
from products.trace.models.batch import Batch
from products.trace.queries.batches import facts_of, field_names
from products.trace.queries.import_choices import Choices
from products.trace.services.bulk import FactChecker
from products.trace.services.import_reading import COLUMN_OF, CellError, ReadRow, RowReader
from products.trace.services.import_words import lot_twice_text, reason_text, shown
from products.trace.services.statements import as_text
from products.trace.spreadsheets.columns import COLUMNS, find_head
from products.trace.spreadsheets.grid import MAX_ROWS, Grid, address

CREATE, SAME, DIFFERS, ERROR = "create", "same", "differs", "error"
REPORT_EVERY: Final = 250
_LOTS_A_QUERY: Final = 400
_NAMED: Final = 5
Report = Callable[[int, int], None]


@dataclass(slots=True)
class PlanRow:
    """One row and what becomes of it. `facts` are as `facts_text` writes them; `batch` is the one that is there."""

    row: int
    action: str
    product: str = ""
    authorisation: str = ""
    origin: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    batch: str = ""
    differences: list[dict[str, str]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    @property
    def kilograms(self) -> str:
        return write_kg(int(self.facts["net_mass_g"]))

    @property
    def point(self) -> str:
        """Longitude, latitude and datum as one reads them."""
        pair = (shown(name, self.facts[name]) for name in ("longitude_e6", "latitude_e6"))
        return f"{', '.join(pair)} {self.facts['datum']}"


@dataclass(slots=True)
class Plan:
    """Everything that was found in a file."""

    sheet: str
    notes: list[str]
    rows: list[PlanRow]

    def count(self, action: str) -> int:
        return Counter(row.action for row in self.rows)[action]

    @property
    def errors(self) -> list[dict[str, Any]]:
        return [error for row in self.rows for error in row.errors]

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Plan:
        data = json.loads(content)
        return cls(data["sheet"], data["notes"], [PlanRow(**row) for row in data["rows"]])


def facts_text(facts: Facts) -> dict[str, str]:
    return {name: as_text(getattr(facts, name)) for name in Facts.__slots__}


def facts_from(texts: dict[str, str]) -> Facts:
    """The facts that `facts_text` wrote."""

    def whole(name: str) -> int | None:
        return int(texts[name]) if texts[name] else None

    return Facts(
        lot=texts["lot"],
        origin_code=texts["origin_code"],
        produced_on=date.fromisoformat(texts["produced_on"]),
        net_mass_g=int(texts["net_mass_g"]),
        best_before=date.fromisoformat(texts["best_before"]) if texts["best_before"] else None,
        gtin=texts["gtin"],
        plot_name=texts["plot_name"],
        longitude_e6=whole("longitude_e6"),
        latitude_e6=whole("latitude_e6"),
        datum=texts["datum"],
    )


def open_rows(grid: Grid, choices: Choices) -> RowReader:
    """The rows of a grid, ready to be read. Raises ColumnsMissing, NothingToImport, FileTooLarge."""
    head = find_head(grid.rows)
    required = [column for column in COLUMNS if column.is_required]
    missing = required if head is None else head.missing
    if head is None or missing:
        names = "、".join(f"{column.zh} / {column.en}" for column in missing)
        raise ColumnsMissing(
            _("没有找到这些列：%(names)s。表头要在前 10 行内；请对照模板改正列名。") % {"names": names}
        )
    if head.twice:
        raise ColumnsMissing(_("这些列出现了两次：%(names)s。请只留一列。") % {"names": "、".join(head.twice[:_NAMED])})
    reader = RowReader(grid, head, choices)
    count = len(reader.numbers())
    if not count:
        raise NothingToImport(_("表头下面没有要导入的内容。示例行不算。"))
    if count > MAX_ROWS:
        raise FileTooLarge(
            _("有 %(count)d 行，一次最多 %(most)d 行。请分成几个文件上传。") % {"count": count, "most": MAX_ROWS}
        )
    return reader


def make_plan(reader: RowReader, *, actor: Actor, now: datetime, report: Report | None = None) -> Plan:
    """Check every row; writes nothing. `report` is told rows done and rows in all now and then."""
    total = len(reader.numbers())
    rows = []
    for number, row in enumerate(reader.read(), start=1):
        rows.append(row)
        if report and number % REPORT_EVERY == 0:
            report(number // 2, total)
    _refuse_twice(reader, rows)
    there = _there(actor, rows)
    checker = FactChecker(now=now)
    plan = Plan(sheet=reader.grid.sheet, notes=notes_of(reader), rows=[])
    for number, row in enumerate(rows, start=1):
        plan.rows.append(_plan_row(reader, row, there.get(_key(row)), checker))
        if report and number % REPORT_EVERY == 0:
            report((total + number) // 2, total)
    return plan


def _key(row: ReadRow) -> tuple[int, str]:
    return (row.authorisation.pk if row.authorisation else 0, row.facts.lot)


def _refuse_twice(reader: RowReader, rows: Sequence[ReadRow]) -> None:
    first: dict[tuple[int, str], int] = {}
    for row in rows:
        if row.authorisation is None or not row.facts.lot:
            continue
        earlier = first.setdefault(_key(row), row.row)
        if earlier != row.row:
            reader.error(row, "lot", "lot_twice", lot_twice_text(earlier))


def lots_there(authorisation_id: int, lots: Sequence[str]) -> dict[str, Batch]:
    """The batches under these lots of an authorisation."""
    found: dict[str, Batch] = {}
    for start in range(0, len(lots), _LOTS_A_QUERY):
        portion = lots[start : start + _LOTS_A_QUERY]
        found |= {
            batch.lot: batch for batch in Batch.objects.filter(authorisation_id=authorisation_id, lot__in=portion)
        }
    return found


def name_batches(rows: Sequence[PlanRow]) -> None:
    """Fill in the batches that new rows have become; rows that are not registered stay as they are."""
    lots: dict[str, list[str]] = {}
    for row in rows:
        if row.action == CREATE:
            lots.setdefault(row.authorisation, []).append(row.facts["lot"])
    rights = dict(Authorisation.objects.filter(code__in=lots).values_list("code", "pk"))
    there = {str(code): lots_there(pk, lots[str(code)]) for code, pk in rights.items()}
    for row in rows:
        batch = there.get(row.authorisation, {}).get(row.facts["lot"])
        if batch is not None and row.action == CREATE:
            row.batch = str(batch.code)


def _there(actor: Actor, rows: Sequence[ReadRow]) -> dict[tuple[int, str], Batch]:
    lots: dict[int, list[str]] = {}
    for row in rows:
        if row.authorisation is not None and "lot" not in row.errors:
            lots.setdefault(row.authorisation.pk, []).append(row.facts.lot)
    return {(pk, lot): batch for pk, each in lots.items() for lot, batch in lots_there(pk, each).items()}


def _plan_row(reader: RowReader, row: ReadRow, there: Batch | None, checker: FactChecker) -> PlanRow:
    planned = PlanRow(row=row.row, action=ERROR, facts=facts_text(row.facts))
    planned.origin = reader.choices.label_of_county(row.facts.origin_code)
    if row.authorisation is not None:
        planned.authorisation = str(row.authorisation.code)
        planned.product = reader.choices.label(row.authorisation)
    if there is not None and not row.errors:
        planned.batch = str(there.code)
        if there.state == Batch.State.DRAFT:
            reader.error(row, "lot", "lot_is_draft", reason_text("lot_is_draft"))
        else:
            planned.differences = differences(facts_of(there), row.facts)
            planned.action = DIFFERS if planned.differences else SAME
            return planned
    unread = frozenset(fact for fact, column in COLUMN_OF.items() if column in row.errors)
    for error in checker.errors(row.facts, row.authorisation, unread=unread):
        reader.error(row, COLUMN_OF[error.field], error.code, error.text)
    planned.errors = [error_entry(error) for error in sorted(row.errors.values(), key=_by_column)]
    if not planned.errors:
        planned.action = CREATE
    return planned


def _by_column(error: CellError) -> tuple[int, str]:
    return len(error.column), error.column


def error_entry(error: CellError) -> dict[str, Any]:
    return {**asdict(error), "cell": f"{error.column}{error.row}"}


def differences(before: Facts, after: Facts) -> list[dict[str, str]]:
    """The facts in which a row and the batch that is there differ, in words."""
    names = field_names()
    pairs = {name: (as_text(getattr(before, name)), as_text(getattr(after, name))) for name in Facts.__slots__}
    return [
        {"field": name, "name": names[name], "before": shown(name, old), "after": shown(name, new)}
        for name, (old, new) in pairs.items()
        if old != new
    ]


def notes_of(reader: RowReader) -> list[str]:
    """What was passed over or taken in a way that its maker should know of."""
    grid, head = reader.grid, reader.head
    notes = []
    if grid.other_sheets:
        notes.append(_("只读取工作表“%(name)s”，其他工作表不读取。") % {"name": grid.sheet})
    if grid.hidden_sheets and not set(grid.hidden_sheets) <= {"选项", "Options"}:
        notes.append(_("隐藏的工作表没有读取。"))
    if head.unknown:
        notes.append(_("没有用到这些列：%(names)s。") % {"names": "、".join(head.unknown[:_NAMED])})
    if reader.example_rows:
        notes.append(_("跳过了示例行：%(rows)s。") % {"rows": _some(reader.example_rows)})
    used = set(head.places.values())
    formulas = [address(*place) for place in grid.formulas if place[0] > head.row and place[1] in used]
    if formulas:
        notes.append(
            _("%(count)d 格是公式，读取的是文件里保存的计算结果：%(cells)s。")
            % {"count": len(formulas), "cells": _some(formulas)}
        )
    hidden = set(grid.hidden_rows) & set(reader.numbers())
    if hidden:
        notes.append(_("隐藏或被筛选掉的行也会读取：%(rows)s。") % {"rows": _some(sorted(row + 1 for row in hidden))})
    return notes


def _some(things: Sequence[object]) -> str:
    return "、".join(str(thing) for thing in things[:_NAMED]) + ("……" if len(things) > _NAMED else "")
