"""What `ledger_check` compares of inspections and cases; findings, notes and parties against their commitments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from products.comparing import Facts, Found, Promise, Secret, Statement
from products.oversight.models.case import Case, CaseStep
from products.oversight.models.inspection import Inspection
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.row_tables import Row, RowTable, children_of, pick
from products.scans.models.complaint import Complaint

_PLANNED: Final = "oversight.inspection_planned"
_RECORDED: Final = "oversight.inspection_recorded"
_PUBLISHED: Final = "oversight.inspection_published"
_OPENED: Final = "oversight.case_opened"
_FINDINGS_ERASED: Final = "oversight.findings_erased"
_CASE_ERASED: Final = "oversight.case_erased"


def _read_inspections(rows: Sequence[Row]) -> list[Found]:
    return [
        Found(
            subject=INSPECTIONS.subject(row),
            facts=pick(row, "state", "planned_on", "done_on", "result", "published_at", "office", "authorisation")
            | {
                "findings": Secret.of(row["findings_salt"], row["findings"]),
                "published_findings": row["findings"],
                "is_erased": not (row["findings"] or row["findings_salt"]),
            },
        )
        for row in rows
    ]


def _fold_inspection(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    for statement in statements:
        if statement.kind == _PLANNED:
            promise.take(statement, "authorisation", "planned_on")
            promise.say(statement, state="planned", office=statement.actor, done_on=None, result="", published_at=None)
            promise.say(statement, published_findings="")
        elif statement.kind == _RECORDED:
            promise.take(statement, "result", "done_on")
            promise.say(statement, state=statement.data.get("result"), findings=statement.commitments.get("findings"))
            # In words they are public with the publication only.
            promise.facts.pop("published_findings", None)
        elif statement.kind == _PUBLISHED:
            promise.take(statement, "result", "done_on")
            promise.say(statement, state="published", published_at=statement.at)
            promise.say(statement, published_findings=statement.data.get("findings"))
        elif statement.kind == _FINDINGS_ERASED:
            promise.say(statement, is_erased=True)
    return promise


def _read_cases(rows: Sequence[Row]) -> list[Found]:
    steps = children_of(CaseStep, "case_id", rows, ("state", "note", "note_salt", "office", "at"))
    return [_case(row, steps.get(row["pk"], [])) for row in rows]


def _case(row: Row, steps: Sequence[Facts]) -> Found:
    parties = f"{row['enterprise'] or ''}|{row['complaint'] or ''}"
    facts = pick(row, "act", "region", "state", "opened_at")
    facts["is_erased"] = not row["summary"] and not any(step["note"] or step["note_salt"] for step in steps)
    if steps:
        # The case was opened with its summary as the first note, under that note's salt.
        facts["summary"] = Secret.of(steps[0]["note_salt"], row["summary"])
    return Found(
        subject=CASES.subject(row),
        facts=facts,
        children={"step": [_step(step, parties) for step in steps]},
    )


def _step(step: Facts, parties: str) -> Facts:
    note = Secret.of(step["note_salt"], step["note"])
    # One salt for both: a note that was erased leaves nothing to check the parties by.
    named = Secret(note.salt, parties, is_erased=note.is_erased)
    return pick(step, "state", "office", "at") | {"note": note, "parties": named}


def _fold_case(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    for statement in statements:
        if statement.kind == _CASE_ERASED:
            promise.say(statement, is_erased=True)
            continue
        promise.take(statement, "act", "region", "state")
        commitments: dict[str, Any] = {name: statement.commitments.get(name) for name in ("note", "parties")}
        if statement.kind == _OPENED:
            promise.say(statement, opened_at=statement.at, summary=commitments["note"])
        promise.add("step", statement, "state", office=statement.actor, at=statement.at, **commitments)
    return promise


INSPECTIONS: Final = RowTable(
    model=Inspection,
    prefix="inspection",
    key="number",
    columns=(
        "state",
        "planned_on",
        "done_on",
        "result",
        "findings",
        "findings_salt",
        "published_at",
        "office",
    ),
    kinds=frozenset({_PLANNED, _RECORDED, _PUBLISHED, _FINDINGS_ERASED}),
    opening=_PLANNED,
    read=_read_inspections,
    fold=_fold_inspection,
    names={"authorisation": (Authorisation, "code")},
)
CASES: Final = RowTable(
    model=Case,
    prefix="case",
    key="number",
    columns=("act", "region", "state", "summary", "opened_at"),
    kinds=frozenset({_OPENED, _CASE_ERASED, "oversight.case_advanced"}),
    opening=_OPENED,
    read=_read_cases,
    fold=_fold_case,
    names={"enterprise": (Enterprise, "uscc"), "complaint": (Complaint, "number")},
)
