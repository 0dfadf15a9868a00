"""Imports of batches: a file is kept for a day, checked, shown, and registered once its uploader has confirmed."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.errors import NotFound
from products.trace.domain.facts import is_text
from products.trace.errors import ImportChanged, ImportNotReady, RowsRefused
from products.trace.models.batch_import import BatchImport
from products.trace.services.import_files import KEEP_FOR, kept_upload, plan_of, store_plan, upload_path, write_file
from products.trace.services.import_plan import make_plan
from products.trace.services.import_running import open_upload, run_import
from products.trace.tasks import run_batch_import

# A worker at work says so every few hundred rows; one that is silent for this long has died.
SILENT_FOR: Final = timedelta(minutes=2)
# So few rows are checked and registered while their sender waits.
AT_ONCE: Final = 300
# Cells named in one refusal; the plan has them all.
MAX_ENTRIES: Final = 1_000
State = BatchImport.State
_WORKING: Final = (State.TO_CHECK, State.CHECKING, State.TO_REGISTER, State.REGISTERING)


def start_import(*, actor: Actor, content: bytes, name: str = "", waits: bool = False, now: datetime) -> BatchImport:
    """Take a file and check it: at once if it is short or the sender `waits`, else in the background. No batch is written.

    The same file of the same person is the same import, checked anew. Raises FileUnreadable, FileTooLarge,
    NothingToImport, ColumnsMissing.
    """
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    reader = open_upload(content, name=name, actor=actor, now=now)
    count = len(reader.numbers())
    row, is_ours = _take_in(actor=actor, content=content, name=name, count=count, now=now)
    if not is_ours:
        return row
    if waits or count <= AT_ONCE:
        store_plan(row, make_plan(reader, actor=actor, now=now))
        return row
    run_batch_import.enqueue(str(row.code))
    return row


@transaction.atomic
def _take_in(*, actor: Actor, content: bytes, name: str, count: int, now: datetime) -> tuple[BatchImport, bool]:
    """The row of the file, and whether it is to be checked now; not where it is under way already."""
    digest = hashlib.sha256(content).hexdigest()
    row, is_new = BatchImport.objects.get_or_create(
        user_id=actor.user_id or 0,
        sha256=digest,
        defaults={"uscc": actor.uscc, "requested_at": now, "expires_at": now + KEEP_FOR, "language": ""},
    )
    row = BatchImport.objects.select_for_update().get(pk=row.pk)
    is_silent = (row.heartbeat_at or row.requested_at) < now - SILENT_FOR
    if not is_new and row.state in _WORKING and not is_silent:
        return row, False
    write_file(upload_path(row), content)
    row.uscc, row.name, row.language = actor.uscc, _short_name(name), get_language() or ""
    row.state, row.failure, row.plan_sha256 = State.TO_CHECK, "", ""
    row.row_count, row.done_count, row.made_count = count, 0, 0
    row.requested_at, row.expires_at, row.heartbeat_at = now, now + KEEP_FOR, None
    row.save()
    return row, True


def _short_name(name: str) -> str:
    name = PurePath(name.replace("\\", "/")).name
    return name[-120:] if is_text(name) else ""


def find_import(*, actor: Actor, code: UUID, now: datetime) -> BatchImport:
    """The actor's own import; one whose worker died is given to another. Raises NotFound for others' and expired ones."""
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    row = own_imports(actor=actor, now=now).filter(code=code).first()
    if row is None:
        raise NotFound(_("没有这次导入，或不是您上传的。文件只保留一天，请重新上传。"))
    if row.state in _WORKING and (row.heartbeat_at or row.requested_at) < now - SILENT_FOR:
        _give_to_another(row, now=now)
    return row


def own_imports(*, actor: Actor, now: datetime) -> QuerySet[BatchImport]:
    """What this person uploaded within a day, the newest first."""
    return BatchImport.objects.filter(user_id=actor.user_id or 0, uscc=actor.uscc, expires_at__gt=now)


@transaction.atomic
def _give_to_another(row: BatchImport, *, now: datetime) -> None:
    # Compared with the heartbeat that was read, so that two who look at once queue it once.
    waiting = State.TO_REGISTER if row.is_registration else State.TO_CHECK
    same = BatchImport.objects.filter(pk=row.pk, state=row.state, heartbeat_at=row.heartbeat_at)
    if same.update(state=waiting, heartbeat_at=now):
        run_batch_import.enqueue(str(row.code))
    row.refresh_from_db()


def confirm_import(*, actor: Actor, code: UUID, plan_sha256: str, now: datetime) -> BatchImport:
    """Register the new rows of the plan that was shown, a few at once and many in the background.

    Confirming twice is confirming once. Raises NotFound, ImportNotReady, ImportChanged where another plan has taken the
    place of the one shown, RowsRefused where cells are at fault.
    """
    row = find_import(actor=actor, code=code, now=now)
    with transaction.atomic():
        row = BatchImport.objects.select_for_update().get(pk=row.pk)
        if row.is_registration or row.state == State.DONE:
            return row
        if row.state != State.CHECKED:
            raise ImportNotReady(_("文件还没有检查完，或上次没有完成。请重新检查后再确认。"))
        if row.plan_sha256 != plan_sha256:
            raise ImportChanged(_("检查结果已经更新，与您看到的不同。请核对后再确认。"))
        if row.error_count:
            refusal = RowsRefused(_("有 %(count)d 格需要改正，没有登记任何批次。") % {"count": row.error_count})
            plan = plan_of(row)
            refusal.entries = plan.errors[:MAX_ENTRIES] if plan else []
            raise refusal
        # With nothing new to write it is done already.
        row.state = State.TO_REGISTER if row.create_count else State.DONE
        row.done_count, row.made_count, row.heartbeat_at = 0, 0, now
        row.expires_at = now + KEEP_FOR
        row.save()
        is_short = row.create_count <= AT_ONCE
        if not is_short:
            run_batch_import.enqueue(str(row.code))
    if is_short:
        run_import(row.code)
        row.refresh_from_db()
    return row


def check_again(*, actor: Actor, code: UUID, now: datetime) -> BatchImport:
    """Check the kept file once more, after batches or rights have changed. Raises as `start_import`, NotFound."""
    row = find_import(actor=actor, code=code, now=now)
    if row.is_under_way:
        return row
    return start_import(actor=actor, content=kept_upload(row), name=row.name, now=now)
