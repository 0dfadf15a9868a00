"""What `ledger_check` compares of recalls: what they say, what they cover, whom they refer to, what consignees answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import Model

from products.comparing import Facts, Found, Promise, Statement
from products.registry.models.enterprise import Enterprise
from products.row_tables import NOWHERE, Row, RowTable, children_of, keys_of, pick
from products.trace.models.batch import Batch
from products.trace.models.lot import LotOperation
from products.trace.models.recall import ConsigneeAnswer, Recall, RecallBatch, RecallNotice

_RECALL: Final = ("kind", "level", "root", "reason", "advice", "contact")
_OPENED: Final = "trace.recall_opened"
_EXTENDED: Final = "trace.recall_extended"
_CLOSED: Final = "trace.recall_closed"
_ANSWERED: Final = "trace.consignee_answered"


def _read(rows: Sequence[Row]) -> list[Found]:
    covers = _named(children_of(RecallBatch, "recall_id", rows, ("batch_id", "from_state", "to_state", "at")))
    notices = _named(
        children_of(RecallNotice, "recall_id", rows, ("node", "batch_id", "enterprise_id", "region_id", "at"))
    )
    answers = _named(
        children_of(ConsigneeAnswer, "recall_id", rows, ("operation_id", "notified_on", "recovered_g", "by", "at"))
    )
    return [
        Found(
            subject=RECALLS.subject(row),
            facts=pick(row, "holder", "by", "at", "outcome", "closed_by", "closed_at", *_RECALL),
            children={
                "batch": covers.get(row["pk"], []),
                "notice": notices.get(row["pk"], []),
                "answer": answers.get(row["pk"], []),
            },
        )
        for row in rows
    ]


_POINTERS: Final[Mapping[str, tuple[type[Model], str]]] = {
    "batch_id": (Batch, "code"),
    "enterprise_id": (Enterprise, "uscc"),
    "operation_id": (LotOperation, "code"),
}


def _named(children: Mapping[Any, list[Facts]]) -> dict[Any, list[Facts]]:
    """The rows that point to others, by the names those have in statements; a region's code is its own name."""
    known: dict[str, dict[Any, Any]] = {}
    pointed: dict[str, set[Any]] = defaultdict(set)
    for rows in children.values():
        for row in rows:
            for column in _POINTERS.keys() & row.keys():
                pointed[column].add(row[column])
    for column, pks in pointed.items():
        model, key = _POINTERS[column]
        known[column] = keys_of(model, key, pks)
    return {parent: [_stated(row, known) for row in rows] for parent, rows in children.items()}


def _stated(row: Facts, known: Mapping[str, Mapping[Any, Any]]) -> Facts:
    stated = {}
    for name, value in row.items():
        named = None if value is None else known[name].get(value, NOWHERE) if name in known else value
        stated[name.removesuffix("_id")] = named
    return stated


def _fold(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    # An open recall has none of it; a closing entry says otherwise.
    promise_of_open = {"outcome": "", "closed_by": "", "closed_at": None}
    for statement in statements:
        if statement.kind == _CLOSED:
            promise.take(statement, "outcome")
            promise.say(statement, closed_by=statement.actor, closed_at=statement.at)
        elif statement.kind == _ANSWERED:
            promise.add(
                "answer",
                statement,
                "operation",
                "notified_on",
                "recovered_g",
                by=statement.actor,
                at=statement.at,
            )
        else:
            if statement.kind == _OPENED:
                promise.take(statement, "holder", *_RECALL)
                promise.say(statement, by=statement.actor, at=statement.at, **promise_of_open)
            _add_rows(promise, statement)
    return promise


def _add_rows(promise: Promise, statement: Statement) -> None:
    for child, listed in (("batch", "batches"), ("notice", "referred")):
        rows = statement.data.get(listed)
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, Mapping):
                promise.add(child, statement, **{str(name): value for name, value in row.items()}, at=statement.at)


RECALLS: Final = RowTable(
    model=Recall,
    prefix="recall",
    key="code",
    columns=(*_RECALL, "by", "at", "outcome", "closed_by", "closed_at"),
    kinds=frozenset({_OPENED, _EXTENDED, _CLOSED, _ANSWERED}),
    opening=_OPENED,
    read=_read,
    fold=_fold,
    names={"holder": (Enterprise, "uscc")},
)
