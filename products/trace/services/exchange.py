"""Exporting batches for other traceability platforms: who may, and what the log is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.audit import record
from products.errors import InvalidInput, NotFound
from products.registry.models.enterprise import Enterprise
from products.trace.domain.exchange.layouts import LAYOUTS, Layout
from products.trace.errors import WrongBatchState
from products.trace.models.batch import Batch
from products.trace.queries.batches import find_batch
from products.trace.queries.exchange import Scope as Covered
from products.trace.queries.exchange_rows import Rows

LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True)
class Export:
    """What is ready to be written, in whichever form."""

    layout: Layout
    covered: Covered
    rows: Rows
    at: datetime

    @property
    def name(self) -> str:
        """Of the file, without what comes behind the point; ASCII."""
        what = str(self.covered.batch) if self.covered.batch else f"{self.covered.uscc}-{self.covered.first}"
        return f"{self.layout.key}-{what}"


def export_batch(*, actor: Actor, code: UUID, standard: str, now: datetime) -> Export:
    """One batch with what it came from and where it went. Raises NotFound, WrongBatchState for a draft, InvalidInput."""
    require_scope(actor, Scope.READ)
    layout = _layout(standard)
    batch = find_batch(actor=actor, code=code)
    if batch.state == Batch.State.DRAFT:
        raise WrongBatchState(_("草稿还不能导出。请先登记批次。"))
    return _open(layout, Covered(actor=actor, batch=batch.code), now=now)


def export_enterprise(*, actor: Actor, uscc: str, first: date, last: date, standard: str, now: datetime) -> Export:
    """What an enterprise made from `first` to `last`, as far as the actor may see it. Raises NotFound, InvalidInput."""
    require_scope(actor, Scope.READ)
    layout = _layout(standard)
    if last < first:
        raise InvalidInput(_("结束日期不能早于开始日期。"), field="last")
    if last - first > LONGEST:
        raise InvalidInput(_("一次最多导出一年（366 天）。请缩短日期范围，分几次导出。"), field="last")
    enterprise = Enterprise.objects.filter(uscc=uscc.strip().upper()).first()
    if enterprise is None or not _may_see(actor, enterprise):
        raise NotFound(_("没有这家企业，或您无权导出。请核对统一社会信用代码。"), field="uscc")
    return _open(layout, Covered(actor=actor, uscc=enterprise.uscc, first=first, last=last), now=now)


def _layout(standard: str) -> Layout:
    layout = LAYOUTS.get(standard)
    if layout is None:
        raise InvalidInput(_("standard 须为 %(known)s 之一。") % {"known": "、".join(LAYOUTS)}, field="standard")
    return layout


def _may_see(actor: Actor, enterprise: Enterprise) -> bool:
    """Its own, the offices and auditors of its region, registrants of what it makes; batch by batch it is asked again."""
    if actor.is_role(Role.PRODUCER):
        return enterprise.uscc == actor.uscc
    if actor.is_role(Role.INSPECTOR, Role.AUDITOR):
        return actor.covers(enterprise.region_id)
    visible = Batch.objects.visible_to(actor).filter(authorisation__enterprise=enterprise)
    return actor.is_role(Role.ADMIN) or visible.exists()


@transaction.atomic
def _open(layout: Layout, covered: Covered, *, now: datetime) -> Export:
    """Persons' names leave the platform only after the log has it (PIPL Art. 51, 55: processing is recorded)."""
    rows = Rows(covered)
    if rows.has_persons:
        record(
            actor=covered.actor,
            kind="trace.persons_exported",
            subject=covered.subject,
            data={
                "standard": layout.key,
                "first": covered.first.isoformat() if covered.first else None,
                "last": covered.last.isoformat() if covered.last else None,
            },
            now=now,
        )
    return Export(layout=layout, covered=covered, rows=rows, at=now)
