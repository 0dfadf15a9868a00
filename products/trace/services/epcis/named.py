"""Queries that are given a name, so that a partner's system need not know what they look for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from products.access import Actor, Scope, require_scope
from products.errors import NotFound
from products.trace.domain.epcis.faults import DocumentFault
from products.trace.domain.epcis.reading import read_event
from products.trace.epcis_errors import EpcisInvalid, EpcisQueryExists, EpcisQueryInvalid
from products.trace.models.epcis import EpcisQuery
from products.trace.queries.epcis import Parameters, check_query

_NAME: Final = re.compile(r"[A-Za-z0-9_.\-]{1,80}")
# More than anybody keeps an overview of.
_MOST: Final = 200


def create_query(*, actor: Actor, content: bytes, now: datetime) -> EpcisQuery:
    """Keep `{"name", "query"}` for the actor's organisation.

    Raises Forbidden, EpcisInvalid, the refusals of `check_query` and EpcisQueryExists.
    """
    require_scope(actor, Scope.READ)
    try:
        value = json.loads(read_event(content).text)
    except DocumentFault as fault:
        raise EpcisInvalid(_('请发送形如 {"name": "...", "query": {...}} 的 JSON。')) from fault
    if not _is_storable(value):
        raise EpcisInvalid(_("查询中有无法保存的字符。请改正后重新发送。"))
    name, query = value.get("name"), value.get("query")
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise EpcisQueryInvalid(_("name 须为 1 至 80 个字母、数字、点、横线或下划线。"), field="name")
    if not isinstance(query, dict):
        raise EpcisQueryInvalid(_("query 须为对象，内容为标准查询参数。"), field="query")
    check_query(parameters_of(query))
    if EpcisQuery.objects.filter(owner=actor.ledger_name).count() >= _MOST:
        raise EpcisQueryInvalid(_("命名查询已达 200 个。请先删除不用的。"), field="name")
    try:
        with transaction.atomic():
            return EpcisQuery.objects.create(owner=actor.ledger_name, name=name, query=query, created_at=now)
    except IntegrityError as error:
        raise EpcisQueryExists(_("已有同名查询。请换一个名称，或先删除原来的。"), field="name") from error


def _is_storable(value: Any) -> bool:
    """No NUL, which PostgreSQL stores nowhere, and no half of a surrogate pair, which no encoding has."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\\u0000" not in text


def delete_query(*, actor: Actor, name: str) -> None:
    """Raises Forbidden or NotFound."""
    require_scope(actor, Scope.READ)
    deleted, _rows = EpcisQuery.objects.filter(owner=actor.ledger_name, name=name).delete()
    if not deleted:
        raise NotFound(_("没有这个命名查询。"))


def find_query(*, actor: Actor, name: str) -> EpcisQuery:
    """One of the actor's organisation. Raises NotFound."""
    row = EpcisQuery.objects.filter(owner=actor.ledger_name, name=name).first()
    if row is None:
        raise NotFound(_("没有这个命名查询。"))
    return row


def own_queries(*, actor: Actor) -> QuerySet[EpcisQuery]:
    return EpcisQuery.objects.filter(owner=actor.ledger_name)


def parameters_of(query: Mapping[str, Any]) -> Parameters:
    """A query as JSON in the form of an address's parameters. Raises EpcisQueryInvalid for what cannot stand there."""
    found: dict[str, list[str]] = {}
    for name, value in query.items():
        if name == "@context":
            continue
        values = value if isinstance(value, list) else [value]
        found[name] = [_as_text(name, each) for each in values]
    return found


def _as_text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | Decimal):
        return str(value)
    raise EpcisQueryInvalid(
        _("查询参数 %(name)s 的值无效。请按 EPCIS 2.0 填写。") % {"name": name[:80]}, field=name[:80]
    )
