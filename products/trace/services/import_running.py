"""Checks and registers imports in the background, and goes on where a killed worker stopped."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from products.access import Actor
from products.accounts.models.user import User
from products.errors import DomainError, NotFound
from products.registry.queries.authorisations import own_authorisations
from products.trace.errors import ImportNotReady
from products.trace.models.batch import Batch
from products.trace.models.batch_import import BatchImport
from products.trace.queries.batches import facts_of
from products.trace.queries.import_choices import Choices
from products.trace.services.bulk import FactChecker, ItemRefused, NewBatch, register_many
from products.trace.services.import_files import kept_upload, plan_of, store_plan
from products.trace.services.import_plan import CREATE, PlanRow, facts_from, lots_there, make_plan, open_rows
from products.trace.services.import_reading import RowReader
from products.trace.spreadsheets.columns import find_head
from products.trace.spreadsheets.opening import read_upload
from products.trace.spreadsheets.xlsx import Rows

# Rows to a transaction: each is whole, and other writers get their turn in between.
PORTION: Final = 250
State = BatchImport.State


def open_upload(content: bytes, *, name: str, actor: Actor, now: datetime) -> RowReader:
    choices = Choices(actor=actor, today=timezone.localdate(now))
    return open_rows(read_upload(content, name=name, is_ours=_has_head), choices)


def _has_head(rows: Rows) -> bool:
    head = find_head(rows)
    return head is not None and not head.missing


def run_import(code: UUID) -> None:
    """Take the next step of an import; run by the worker, and again after a crash.

    A row that is gone, finished or in another worker's hands is left alone.
    """
    for waiting, working, work in (
        (State.TO_CHECK, State.CHECKING, _check),
        (State.TO_REGISTER, State.REGISTERING, _register),
    ):
        claimed = BatchImport.objects.filter(code=code, state=waiting)
        if not claimed.update(state=working, heartbeat_at=timezone.now()):
            continue
        row = BatchImport.objects.select_related("user").get(code=code)
        with override(row.language or None):
            try:
                work(row)
            except DomainError as error:
                _fail(row, error.text)
            except Exception:
                _fail(row, _("处理时出错。请重新上传；再次出错请联系平台管理员。"))
                raise  # the task's own record keeps the traceback
        return


def _actor_of(row: BatchImport) -> Actor:
    """Who uploaded it, as they are now: an account that was closed or moved to another firm writes nothing."""
    user = User.objects.get(pk=row.user_id)
    if not user.is_active or user.uscc != row.uscc:
        raise NotFound(_("上传者的账户已停用或已不属于本单位，没有继续。"))
    return user.as_actor()


def _check(row: BatchImport) -> None:
    now, actor = timezone.now(), _actor_of(row)
    reader = open_upload(kept_upload(row), name=row.name, actor=actor, now=now)

    def report(done: int, total: int) -> None:
        BatchImport.objects.filter(pk=row.pk).update(done_count=done, row_count=total, heartbeat_at=timezone.now())

    store_plan(row, make_plan(reader, actor=actor, now=now, report=report))


def _register(row: BatchImport) -> None:
    """Write the new rows of the plan, a portion to a transaction, from where the last one ended."""
    plan, actor = plan_of(row), _actor_of(row)
    if plan is None:
        raise ImportNotReady(_("文件还没有检查完，或上次没有完成。请重新检查后再确认。"))
    rows = [each for each in plan.rows if each.action == CREATE]
    checker = FactChecker(now=timezone.now())
    done = row.done_count
    while done < len(rows):
        portion = rows[done : done + PORTION]
        if not _write_portion(
            row, portion, actor=actor, done=done, is_last=done + PORTION >= len(rows), checker=checker
        ):
            return  # another worker has it
        done += len(portion)
    BatchImport.objects.filter(pk=row.pk, state=State.REGISTERING).update(state=State.DONE)


def _write_portion(
    row: BatchImport, portion: list[PlanRow], *, actor: Actor, done: int, is_last: bool, checker: FactChecker
) -> bool:
    new_before, items = len(portion) + 1, list[NewBatch]()
    while True:
        try:
            with transaction.atomic():
                # The row is the lock: of two workers that take each other for dead, one finds the other's count.
                locked = BatchImport.objects.select_for_update().get(pk=row.pk)
                if locked.state != State.REGISTERING or locked.done_count != done:
                    return False
                now = timezone.now()
                items = _still_new(portion, actor=actor)
                register_many(actor=actor, items=items, now=now, checker=checker)
                locked.done_count = done + len(portion)
                locked.made_count += len(items)
                locked.heartbeat_at = now
                locked.state = State.DONE if is_last else State.REGISTERING
                locked.save(update_fields=["done_count", "made_count", "heartbeat_at", "state"])
                return True
        except IntegrityError:
            # Somebody registered one of the lots between our look and our write. Each time fewer are left to write.
            if len(items) >= new_before:
                raise
            new_before = len(items)
        except ItemRefused as refusal:
            text = _("第 %(row)d 行：%(text)s") % {"row": refusal.row, "text": refusal.error.text}
            raise ImportNotReady(text) from refusal


def _still_new(portion: list[PlanRow], *, actor: Actor) -> list[NewBatch]:
    """The rows without those whose batch is there by now. Raises ItemRefused where it is there with other facts."""
    rights = {str(one.code): one for one in own_authorisations(actor=actor)}
    lots: dict[int, list[str]] = {}
    for row in portion:
        if row.authorisation not in rights:
            raise ItemRefused(row.row, NotFound(_("没有这项授权，或它不属于本单位。请从列表中选择。")))
        lots.setdefault(rights[row.authorisation].pk, []).append(row.facts["lot"])
    there = {pk: lots_there(pk, each) for pk, each in lots.items()}
    items = []
    for row in portion:
        right, facts = rights[row.authorisation], facts_from(row.facts)
        batch = there[right.pk].get(facts.lot)
        if batch is None:
            items.append(NewBatch(row=row.row, authorisation=right, facts=facts))
        elif facts_of(batch) != facts or batch.state == Batch.State.DRAFT:
            raise ItemRefused(row.row, ImportNotReady(_("检查以后有人登记了同一批号，内容不同。请重新检查。")))
    # In one order for everybody: two sheets with the same lots wait for each other, they do not lock each other out.
    return sorted(items, key=lambda item: (item.authorisation.pk, item.facts.lot))


def _fail(row: BatchImport, text: str) -> None:
    # What was registered stays: batches are never taken back. Checked again, they are rows that are there already.
    BatchImport.objects.filter(pk=row.pk, state__in=[State.CHECKING, State.REGISTERING]).update(
        state=State.FAILED, failure=text[:500]
    )
