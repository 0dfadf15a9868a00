"""What `ledger_check` compares of reports by consumers; scans themselves never enter the log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from products.audit import timestamp
from products.comparing import Found, Promise, Secret, Statement
from products.crypto import decrypt
from products.labels.domain.unit_code import MalformedCode, parse_unit_code
from products.labels.models.label_run import LabelRun
from products.row_tables import Row, RowTable, pick
from products.scans.models.complaint import Complaint

_RECEIVED: Final = "scans.complaint_received"
_ERASED: Final = "scans.complaint_erased"
_SECRETS: Final = ("text", "bought_at", "contact")


def _read(rows: Sequence[Row]) -> list[Found]:
    codes = {row["pk"]: _run_and_serial(row["code_text"]) for row in rows}
    runs = LabelRun.objects.filter(code__in={code for code, _serial in codes.values()})
    known = {code: (pk, timestamp(at)) for code, pk, at in runs.values_list("code", "pk", "issued_at")}
    return [
        Found(
            subject=COMPLAINTS.subject(row),
            facts=pick(row, "region", "state", "outcome", "received_at", code="code_text")
            | {
                "text": Secret.of(row["salt"], row["text"]),
                "bought_at": Secret.of(row["salt"], row["bought_at"]),
                "contact": Secret.of(row["salt"], _open(row["contact"])),
                "is_erased": not (row["salt"] or row["text"] or row["bought_at"] or row["contact"]),
                "_fits_its_code": _fits(row, codes[row["pk"]][1], known.get(codes[row["pk"]][0])),
            },
        )
        for row in rows
    ]


def _run_and_serial(code_text: str) -> tuple[str, int]:
    try:
        code = parse_unit_code(code_text)
    except MalformedCode:
        return "", 0
    return code.run, code.serial


def _fits(row: Row, serial: int, run: tuple[int, str] | None) -> bool:
    """Whether run and serial are those of the code, `run` being (pk, issued at) of the run it names."""
    if row["run_id"] is None:
        # A code of nobody's, or of a run that came later.
        return row["serial"] is None and (run is None or run[1] > row["received_at"])
    return run is not None and (row["run_id"], row["serial"]) == (run[0], serial)


def _open(sealed: bytes | None) -> str:
    """The contact; what cannot be opened is a text that fits no commitment."""
    try:
        return decrypt(sealed).decode() if sealed else ""
    except ValueError:
        return "\0"


def _fold(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    for statement in statements:
        if statement.kind == _RECEIVED:
            promise.take(statement, "code", "region")
            promise.say(statement, state="received", outcome="", received_at=statement.at)
            promise.commit(statement, *_SECRETS)
        elif statement.kind == _ERASED:
            promise.say(statement, is_erased=True)
        else:
            promise.say(statement, state=statement.data.get("to_state"))
            promise.take(statement, "outcome")
    return promise


def _compare_run(found: Found, statements: Sequence[Statement]) -> Iterator[str]:
    """The entry states the code; run and serial follow from it."""
    if statements and not found.facts["_fits_its_code"]:
        yield "run and serial are not those of its code"


COMPLAINTS: Final = RowTable(
    model=Complaint,
    prefix="complaint",
    key="number",
    columns=(
        "code_text",
        "run_id",
        "serial",
        "region",
        "text",
        "bought_at",
        "contact",
        "salt",
        "state",
        "outcome",
        "received_at",
    ),
    kinds=frozenset({_RECEIVED, _ERASED, "scans.complaint_answered"}),
    opening=_RECEIVED,
    read=_read,
    fold=_fold,
    further=_compare_run,
)
