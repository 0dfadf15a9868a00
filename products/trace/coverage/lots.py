"""What `ledger_check` compares of lots and operations: facts, every gram moved, the links that follow, partners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.db.models import Q, Sum

from products.comparing import Facts, Found, Promise, Secret, Statement
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.row_tables import NOWHERE, Row, RowTable, children_of, keys_of, pick
from products.trace.domain.lineage import OPERATION, links_of, operation_node, partner_text
from products.trace.models.batch import Batch
from products.trace.models.lot import LineageLink, Lot, LotMove, LotOperation
from products.trace.models.plot import Plot

_OPENED: Final = "trace.lot_opened"
_CORRECTED: Final = "trace.lot_corrected"
_SELLER_ERASED: Final = "trace.seller_erased"
_MOVED: Final = "trace.lots_moved"
_CONSIGNEE_ERASED: Final = "trace.consignee_erased"
_LOT: Final = ("kind", "material", "lot", "document_no", "document_sha256", "made_on")
_LOT_NAMES: Final = ("enterprise", "indication", "batch", "plot")
_OPERATION: Final = (
    "kind",
    "process",
    "done_on",
    "reason",
    "yield_permille",
    "yield_min_permille",
    "yield_max_permille",
    "document_no",
    "document_sha256",
)


def _partner(row: Row, which: str, *, region: str = "") -> Facts:
    """The partner behind its commitment, and whether there is one at all."""
    name, uscc, salt = row[f"{which}_name"], row[f"{which}_uscc"], bytes(row[f"{which}_salt"] or b"")
    text = partner_text(name=name, uscc=uscc, region=region)
    is_gone = not (name or uscc or salt)
    # A place without anybody there: an erasure leaves it on a dispatch, nothing puts it elsewhere.
    is_stray = bool(region) and row["kind"] != LotOperation.Kind.DISPATCH
    return {which: Secret(salt, text, is_erased=is_gone), f"has_{which}": is_stray or not is_gone}


def _promise_partner(promise: Promise, statement: Statement, which: str) -> None:
    promise.commit(statement, which)
    promise.say(statement, **{f"has_{which}": which in statement.commitments})


def _read_lots(rows: Sequence[Row]) -> list[Found]:
    moves = LotMove.objects.filter(lot__in=[row["pk"] for row in rows]).order_by()
    sums = dict(moves.values("lot_id").annotate(grams=Sum("mass_g")).values_list("lot_id", "grams"))
    return [
        Found(
            subject=LOTS.subject(row),
            facts=pick(row, *_LOT_NAMES, *_LOT, "created_at", "stock_g", origin="origin_id")
            | _partner(row, "seller")
            | {"_moved_g": sums.get(row["pk"], 0)},
        )
        for row in rows
    ]


def _fold_lots(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    for statement in statements:
        if statement.kind == _OPENED:
            promise.take(statement, *_LOT_NAMES, *_LOT, "origin")
            promise.say(statement, created_at=statement.at)
            _promise_partner(promise, statement, "seller")
        elif statement.kind == _CORRECTED:
            promise.take(statement, "lot", "made_on")
        elif statement.kind == _SELLER_ERASED:
            promise.say(statement, is_erased=True, has_seller=False)
    return promise


def _stock(found: Found, statements: Sequence[Statement]) -> Iterator[str]:
    held, moved = found.facts["stock_g"], found.facts["_moved_g"]
    if held != moved:
        yield f"stock_g is {held}, its moves add up to {moved}"


LOTS: Final = RowTable(
    model=Lot,
    prefix="lot",
    key="code",
    columns=(*_LOT, "origin_id", "seller_name", "seller_uscc", "seller_salt", "stock_g", "created_at"),
    kinds=frozenset({_OPENED, _CORRECTED, _SELLER_ERASED}),
    opening=_OPENED,
    read=_read_lots,
    fold=_fold_lots,
    further=_stock,
    names={
        "enterprise": (Enterprise, "uscc"),
        "indication": (Indication, "code"),
        "batch": (Batch, "code"),
        "plot": (Plot, "code"),
    },
)


def _read_operations(rows: Sequence[Row]) -> list[Found]:
    moves = children_of(LotMove, "operation_id", rows, ("lot_id", "mass_g"))
    codes = keys_of(Lot, "code", {move["lot_id"] for some in moves.values() for move in some})
    links = _links(rows)
    return [
        Found(
            subject=OPERATIONS.subject(row),
            facts=pick(row, "enterprise", "dispatch", "by", "at", *_OPERATION)
            | _partner(row, "consignee", region=row["consignee_region_id"] or ""),
            children={
                "move": [
                    {"lot": codes.get(move["lot_id"], NOWHERE), "mass_g": move["mass_g"]}
                    for move in moves.get(row["pk"], [])
                ],
                "link": links[operation_node(row["code"])],
            },
        )
        for row in rows
    ]


def _links(rows: Sequence[Row]) -> dict[str, list[Facts]]:
    """The links of each operation; one between two operations is that of the later, which received the other."""
    nodes = {operation_node(row["code"]) for row in rows}
    found: dict[str, list[Facts]] = defaultdict(list)
    either = LineageLink.objects.filter(Q(parent__in=nodes) | Q(child__in=nodes)).order_by("pk")
    for parent, child in either.values_list("parent", "child"):
        owner = child if child.startswith(OPERATION) else parent
        if owner in nodes:
            found[owner].append({"parent_node": parent, "child_node": child})
    return found


def _fold_operations(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    for statement in statements:
        if statement.kind == _CONSIGNEE_ERASED:
            promise.say(statement, is_erased=True, has_consignee=False)
            continue
        promise.take(statement, "enterprise", "dispatch", *_OPERATION)
        promise.say(statement, by=statement.actor, at=statement.at)
        _promise_partner(promise, statement, "consignee")
        moves = _moves_in(statement)
        for move in moves:
            promise.add("move", statement, **move)
        links = links_of(
            kind=str(statement.data.get("kind")),
            operation=statement.subject.partition(":")[2],
            taken=[move["lot"] for move in moves if move["mass_g"] < 0],
            given=[move["lot"] for move in moves if move["mass_g"] > 0],
            dispatch=statement.data.get("dispatch"),
        )
        for parent, child in links:
            promise.add("link", statement, parent_node=parent, child_node=child)
    return promise


def _moves_in(statement: Statement) -> list[dict[str, Any]]:
    moves = statement.data.get("moves")
    return [
        {"lot": move.get("lot"), "mass_g": move.get("mass_g")}
        for move in (moves if isinstance(moves, list) else [])
        if isinstance(move, Mapping) and isinstance(move.get("mass_g"), int)
    ]


OPERATIONS: Final = RowTable(
    model=LotOperation,
    prefix="lot-operation",
    key="code",
    columns=(*_OPERATION, "consignee_name", "consignee_uscc", "consignee_salt", "consignee_region_id", "by", "at"),
    kinds=frozenset({_MOVED, _CONSIGNEE_ERASED}),
    opening=_MOVED,
    read=_read_operations,
    fold=_fold_operations,
    names={"enterprise": (Enterprise, "uscc"), "dispatch": (LotOperation, "code")},
)
