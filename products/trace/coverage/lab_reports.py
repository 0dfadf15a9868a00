"""What `ledger_check` compares of laboratory reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from products.comparing import Found, Promise, Statement
from products.row_tables import Row, RowTable, children_of, pick
from products.trace.models.batch import Batch
from products.trace.models.lab_report import LabReport, LabResult

_REPORT: Final = (
    "laboratory",
    "cma_number",
    "cma_from",
    "cma_to",
    "report_no",
    "sampled_on",
    "issued_on",
    "grade",
    "file_sha256",
    "file_name",
    "file_type",
    "file_size",
    "reason",
)
_RESULT: Final = ("indicator", "comparator", "value", "unit", "basis", "method")
_REPORTED: Final = "trace.lab_reported"


def _read_reports(rows: Sequence[Row]) -> list[Found]:
    results = children_of(LabResult, "report_id", rows, _RESULT)
    return [
        Found(
            subject=LAB_REPORTS.subject(row),
            facts=pick(row, "batch", "replaces", "by", "at", *_REPORT),
            children={"result": results.get(row["pk"], [])},
        )
        for row in rows
    ]


def _fold_reports(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    for statement in statements:
        promise.take(statement, "batch", "replaces", *_REPORT)
        promise.say(statement, by=statement.actor, at=statement.at)
        results = statement.data.get("results")
        for result in results if isinstance(results, list) else []:
            if isinstance(result, Mapping):
                promise.add("result", statement, **{name: result.get(name) for name in _RESULT})
    return promise


LAB_REPORTS: Final = RowTable(
    model=LabReport,
    prefix="lab-report",
    key="code",
    columns=(*_REPORT, "by", "at"),
    kinds=frozenset({_REPORTED}),
    opening=_REPORTED,
    read=_read_reports,
    fold=_fold_reports,
    names={"batch": (Batch, "code"), "replaces": (LabReport, "code")},
)
