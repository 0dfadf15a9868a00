"""What `ledger_check` compares of label runs: size, pack, key, and the ranges activated and voided."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from products.comparing import Found, Promise, Statement
from products.crypto import decrypt
from products.labels.models.label_run import LabelRange, LabelRun
from products.row_tables import Row, RowTable, children_of, pick
from products.trace.models.batch import Batch

_ISSUED: Final = "labels.run_issued"
_RANGES: Final = {"labels.range_activated": "activated", "labels.range_voided": "voided"}


def _read(rows: Sequence[Row]) -> list[Found]:
    ranges = children_of(LabelRange, "run_id", rows, ("kind", "first_serial", "last_serial", "reason", "by", "at"))
    return [
        Found(
            subject=RUNS.subject(row),
            facts=pick(row, "quantity", "unit_mass_g", "issued_by", "issued_at", "batch")
            | {"key_sha256": _key_sha256(row["key"])},
            children={"range": ranges.get(row["pk"], [])},
        )
        for row in rows
    ]


def _key_sha256(sealed: bytes) -> str:
    try:
        return hashlib.sha256(decrypt(sealed)).hexdigest()
    except ValueError:
        return "that of no key this deployment can open"


def _fold(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    for statement in statements:
        if statement.kind == _ISSUED:
            promise.take(statement, "batch", "quantity", "unit_mass_g", "key_sha256")
            promise.say(statement, issued_by=statement.actor, issued_at=statement.at)
        else:
            promise.add(
                "range",
                statement,
                "first_serial",
                "last_serial",
                "reason",
                kind=_RANGES[statement.kind],
                by=statement.actor,
                at=statement.at,
            )
    return promise


RUNS: Final = RowTable(
    model=LabelRun,
    prefix="run",
    key="code",
    columns=("quantity", "unit_mass_g", "key", "issued_by", "issued_at"),
    kinds=frozenset({_ISSUED, *_RANGES}),
    opening=_ISSUED,
    read=_read,
    fold=_fold,
    names={"batch": (Batch, "code")},
)
