"""What `ledger_check` compares of conformity certificates, ours and those that sellers gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from products.comparing import Found, Promise, Secret, Statement
from products.row_tables import Row, RowTable, children_of, keys_of, pick
from products.trace.models.batch import Batch
from products.trace.models.certificate import CollectedCertificate, ConformityCertificate, MixedCertificate
from products.trace.models.lot import Lot

_CERTIFICATE: Final = (
    "number",
    "product_kind",
    "product_name",
    "quantity_g",
    "origin",
    "promiser",
    "uscc",
    "basis",
    "text_version",
    "issued_on",
    "reason",
)
_MIXED: Final = ("lot", "number")
_ISSUED: Final = "trace.certificate_issued"
_REPLACED: Final = "trace.certificate_replaced"
_ERASED: Final = "trace.contact_erased"
_COLLECTED: Final = "trace.certificate_collected"


def _read(rows: Sequence[Row]) -> list[Found]:
    mixed = children_of(MixedCertificate, "certificate_id", rows, _MIXED)
    followers = ConformityCertificate.objects.filter(replaces__in=[row["pk"] for row in rows])
    codes = keys_of(ConformityCertificate, "code", followers.values_list("pk", flat=True))
    replaced_by = {of: codes[pk] for pk, of in followers.values_list("pk", "replaces_id")}
    return [
        Found(
            subject=CERTIFICATES.subject(row),
            facts=pick(row, "batch", "replaces", "by", "at", *_CERTIFICATE)
            | {
                "replaced_by": replaced_by.get(row["pk"]),
                "contact": Secret.of(row["contact_salt"], row["contact"]),
                "is_erased": not (row["contact_salt"] or row["contact"]),
            },
            children={"mixed": mixed.get(row["pk"], [])},
        )
        for row in rows
    ]


def _fold(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    for statement in statements:
        if statement.kind == _ISSUED:
            promise.take(statement, "batch", "replaces", *_CERTIFICATE)
            promise.say(statement, by=statement.actor, at=statement.at, replaced_by=None)
            promise.commit(statement, "contact")
            mixed = statement.data.get("mixed_from")
            for each in mixed if isinstance(mixed, list) else []:
                if isinstance(each, Mapping):
                    promise.add("mixed", statement, **{name: each.get(name) for name in _MIXED})
        elif statement.kind == _REPLACED:
            promise.take(statement, "replaced_by")
        elif statement.kind == _ERASED:
            promise.say(statement, is_erased=True)
    return promise


CERTIFICATES: Final = RowTable(
    model=ConformityCertificate,
    prefix="certificate",
    key="code",
    columns=(*_CERTIFICATE, "contact", "contact_salt", "by", "at"),
    kinds=frozenset({_ISSUED, _REPLACED, _ERASED}),
    opening=_ISSUED,
    read=_read,
    fold=_fold,
    names={"batch": (Batch, "code"), "replaces": (ConformityCertificate, "code")},
)


def _read_collected(rows: Sequence[Row]) -> list[Found]:
    return [
        Found(subject=COLLECTED.subject(row), facts=pick(row, "lot", "number", "issued_on", "by", "at")) for row in rows
    ]


def _fold_collected(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    for statement in statements:
        promise.take(statement, "lot", "number", "issued_on")
        promise.say(statement, by=statement.actor, at=statement.at)
    return promise


COLLECTED: Final = RowTable(
    model=CollectedCertificate,
    prefix="collected-certificate",
    key="code",
    columns=("number", "issued_on", "by", "at"),
    kinds=frozenset({_COLLECTED}),
    opening=_COLLECTED,
    read=_read_collected,
    fold=_fold_collected,
    names={"lot": (Lot, "code")},
)
