"""Where an import's file and plan lie: beside the database, for a day, readable by the platform alone."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from products.errors import NotFound
from products.trace.errors import ImportChanged
from products.trace.models.batch_import import BatchImport
from products.trace.services.import_plan import CREATE, DIFFERS, SAME, Plan

KEEP_FOR: Final = timedelta(days=1)
State = BatchImport.State


def kept_upload(row: BatchImport) -> bytes:
    """Raises NotFound where the file is gone."""
    try:
        return upload_path(row).read_bytes()
    except FileNotFoundError as error:
        raise NotFound(_("上传的文件已不在。请重新上传。")) from error


def plan_of(row: BatchImport) -> Plan | None:
    """The plan that was made last; None before. Raises ImportChanged where the file is not the one that was made."""
    if not row.plan_sha256:
        return None
    try:
        content = plan_path(row).read_bytes()
    except FileNotFoundError as error:
        raise NotFound(_("检查结果已不在。请重新上传。")) from error
    if hashlib.sha256(content).hexdigest() != row.plan_sha256:
        raise ImportChanged(_("检查结果已经更新，与您看到的不同。请核对后再确认。"))
    return Plan.from_bytes(content)


def store_plan(row: BatchImport, plan: Plan) -> None:
    """Keep a plan and open the import for confirmation, unless somebody else has done so meanwhile."""
    content = plan.to_bytes()
    counts = Counter(each.action for each in plan.rows)
    with transaction.atomic():
        current = BatchImport.objects.select_for_update().get(pk=row.pk)
        if current.state not in {State.TO_CHECK, State.CHECKING}:
            return
        current.create_count, current.same_count = counts[CREATE], counts[SAME]
        current.differs_count, current.error_count = counts[DIFFERS], len(plan.errors)
        current.row_count = current.done_count = len(plan.rows)
        current.plan_sha256 = hashlib.sha256(content).hexdigest()
        current.state, current.failure = State.CHECKED, ""
        current.save()
        write_file(plan_path(row), content)
    row.refresh_from_db()


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "files" / "imports"


def upload_path(row: BatchImport) -> Path:
    return _folder() / f"{row.code}.{row.sha256}"


def plan_path(row: BatchImport) -> Path:
    return _folder() / f"{row.code}.plan"


def write_file(path: Path, content: bytes) -> None:
    """Whole or not at all, for the platform's own account alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)


def purge_imports(*, now: datetime) -> int:
    """Delete imports past their time with their files; returns how many."""
    count = 0
    for row in BatchImport.objects.filter(expires_at__lte=now):
        _delete(row)
        count += 1
    # What rolled back requests and killed processes left.
    for path in _folder().glob("*"):
        if datetime.fromtimestamp(path.stat().st_mtime, tz=now.tzinfo) < now - 2 * KEEP_FOR:
            path.unlink(missing_ok=True)
    return count


def forget_imports(*, user_id: int) -> int:
    """Delete what a person uploaded; returns how many."""
    rows = list(BatchImport.objects.filter(user_id=user_id))
    for row in rows:
        _delete(row)
    return len(rows)


def _delete(row: BatchImport) -> None:
    paths = list(_folder().glob(f"{row.code}.*"))
    row.delete()
    # A preview of an erasure is rolled back: its files stay.
    transaction.on_commit(lambda: _unlink(paths))


def _unlink(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
