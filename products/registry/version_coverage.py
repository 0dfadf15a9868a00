"""What `ledger_check` compares of standards' versions: the record, the version in force, and every limit of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from products.comparing import Facts, Found, Promise, Statement
from products.registry.domain import version_content as content
from products.registry.models.indication import Indication
from products.registry.models.standard import Limit, StandardVersion
from products.registry.models.version_record import VersionRecord, VersionStep
from products.row_tables import NOWHERE, Row, RowTable, as_stated, children_of, pick

_KIND: Final = "registry.standard_"
_STATES: Final = {
    f"{_KIND}submitted": ("submit", "in_review"),
    f"{_KIND}taken_back": ("take_back", "draft"),
    f"{_KIND}withdrawn": ("withdraw", "withdrawn"),
    f"{_KIND}sent_back": ("send_back", "draft"),
    f"{_KIND}published": ("publish", "published"),
    f"{_KIND}adopted": ("adopt", "published"),
}
_ENDS: Final = {f"{_KIND}superseded": "supersede", f"{_KIND}repealed": "repeal"}
_FURTHER: Final = f"{_KIND}limits_stated"
_HEAD: Final = ("title", "label", "effective_from", "effective_to", "source", "max_yield_kg_per_ha")
_STEP: Final = ("action", "reason", "document_no", "content_sha256", "effective_to", "by", "at")
_VERSION: Final = ("label", "status", "effective_from", "effective_to", "source", "max_yield_kg_per_ha")
# What a draft may change before it is handed in again.
_OF_A_DRAFT: Final = (*_HEAD, "content_sha256", "revision", "follows")


def _read(rows: Sequence[Row]) -> list[Found]:
    steps = children_of(VersionStep, "record_id", rows, _STEP)
    versions = _versions({row["version_id"] for row in rows} | {row["base_id"] for row in rows})
    limits: dict[Any, list[Facts]] = defaultdict(list)
    held = Limit.objects.filter(version_id__in=[row["version_id"] for row in rows if row["version_id"]]).order_by("pk")
    for limit in held.values("version_id", *content.LIMIT_COLUMNS):
        limits[limit.pop("version_id")].append(as_stated(limit))
    strays = _strays(versions)
    return [
        Found(
            subject=VERSIONS.subject(row),
            facts=pick(row, "state", "revision", "drafted_by", "indication", *_HEAD, standard="standard_code")
            | {"content_sha256": _digest(row), "follows": _follows(versions, row["base_id"])},
            children={
                "step": steps.get(row["pk"], []),
                "version": [*_own(versions, row["version_id"]), *strays.get(row["version_id"], [])],
                "limit": limits.get(row["version_id"], []),
            },
            is_silent=row["state"] == "draft",
        )
        for row in rows
    ]


def _digest(row: Row) -> str:
    limits = row["limits"] if isinstance(row["limits"], list) else []
    try:
        if row["drafted_by"]:
            limits = content.published_limits(limits, source=row["source"])
        return content.content_sha256({**row, "standard": row["standard_code"]}, limits)
    except (TypeError, KeyError, ValueError):
        return "none: the limits cannot be read"


def _versions(pks: set[Any]) -> dict[Any, Facts]:
    rows = StandardVersion.objects.filter(pk__in=pks - {None})
    names = {"standard": "standard__code", "title": "standard__title", "indication": "standard__indication__code"}
    return {
        row["pk"]: as_stated(
            {name: row[name] for name in ("standard_id", *_VERSION)}
            | {name: row[column] for name, column in names.items()}
        )
        for row in rows.values("pk", "standard_id", *_VERSION, *names.values())
    }


def _own(versions: Mapping[Any, Facts], pk: Any) -> list[Facts]:
    return [{name: value for name, value in versions[pk].items() if name != "standard_id"}] if pk in versions else []


def _strays(versions: Mapping[Any, Facts]) -> dict[Any, list[Facts]]:
    """Versions without a record beside versions with one: the first of the standard is named with them."""
    standards = {facts["standard_id"] for facts in versions.values()}
    first: dict[Any, Any] = {}
    for pk, standard in (
        StandardVersion.objects.filter(standard_id__in=standards, record__isnull=False)
        .order_by("pk")
        .values_list("pk", "standard_id")
    ):
        first.setdefault(standard, pk)
    found: dict[Any, list[Facts]] = defaultdict(list)
    alone = StandardVersion.objects.filter(standard_id__in=first, record__isnull=True).order_by("pk")
    for row in alone.values("standard_id", *_VERSION):
        found[first[row.pop("standard_id")]].append(as_stated(row))
    return found


def _follows(versions: Mapping[Any, Facts], pk: Any) -> str | None:
    """As `str(StandardVersion)` writes it."""
    if pk is None:
        return None
    if pk not in versions:
        return NOWHERE
    version = versions[pk]
    return f"{version['standard']}（{version['label']}）" if version["label"] else str(version["standard"])


def _fold(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    version: tuple[Facts, Statement] | None = None
    for statement in statements:
        data = statement.data
        if statement.kind == _FURTHER:
            _add_limits(promise, statement)
            continue
        action = _ENDS.get(statement.kind) or _STATES[statement.kind][0]
        promise.add(
            "step", statement, "reason", "document_no", "content_sha256",
            action=action, by=statement.actor, at=statement.at,
            effective_to=data.get("effective_to") if statement.kind in _ENDS else None,
        )  # fmt: skip
        if statement.kind in _ENDS:
            if version:
                version[0]["effective_to"] = data.get("effective_to")
                version[0]["status"] = "repealed" if action == "repeal" else version[0]["status"]
            continue
        promise.take(statement, "standard", "indication", "drafted_by", *_OF_A_DRAFT)
        promise.say(statement, state=_STATES[statement.kind][1])
        if _STATES[statement.kind][1] == "draft":
            for name in _OF_A_DRAFT:
                promise.facts.pop(name, None)
        if _STATES[statement.kind][1] == "published":
            names = ("standard", "title", "indication", *_VERSION)
            version = ({name: data.get(name) for name in names}, statement)
            _add_limits(promise, statement)
    if version:
        promise.children["version"] = [version]
    return promise


def _add_limits(promise: Promise, statement: Statement) -> None:
    limits = statement.data.get("limits")
    for limit in limits if isinstance(limits, list) else []:
        if isinstance(limit, Mapping):
            promise.add("limit", statement, **{name: limit.get(name) for name in content.LIMIT_COLUMNS})


VERSIONS: Final = RowTable(
    model=VersionRecord,
    prefix="standard-version",
    key="code",
    columns=("state", "revision", "drafted_by", "standard_code", *_HEAD, "limits", "version_id", "base_id"),
    kinds=frozenset({*_STATES, *_ENDS, _FURTHER}),
    opening="",
    read=_read,
    fold=_fold,
    names={"indication": (Indication, "code")},
)
