"""Print files: asked for at once, made by the worker, kept for a week."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.errors import InvalidInput, NotFound
from products.labels.domain.digital_link import InvalidLink
from products.labels.domain.mark_rules import LabelFacts
from products.labels.errors import PrintFileGone
from products.labels.models.label_run import LabelRun, PrintFile
from products.labels.rendering.code_list import codes_csv
from products.labels.rendering.sheets import sheet_pdf
from products.labels.services.artefacts import PIECE, in_pieces, mark_image, own_run
from products.labels.services.keys import open_key
from products.labels.services.label_facts import explain, label_facts
from products.labels.services.label_runs import note_codes_derived
from products.labels.services.permission import require_labellable
from products.rendering.errors import RenderingRefused
from products.rendering.layouts import LAYOUTS

KEEP_FOR = timedelta(days=7)
# A worker at work says so every few hundred labels; one that is silent for this long has died.
SILENT_FOR = timedelta(minutes=2)
MAX_PDF_LABELS = 200_000
REPORT_EVERY = 500
State = PrintFile.State


@transaction.atomic
def request_print_file(
    *, actor: Actor, run_code: str, kind: str, layout: str = "", first_serial: int, last_serial: int, now: datetime
) -> PrintFile:
    """Ask for serials first to last as `pdf` on a sheet of `layout`, or as `csv`. Raises as own_run, InvalidInput."""
    run = own_run(actor=actor, code=run_code, first_serial=first_serial, last_serial=last_serial, now=now)
    if kind not in PrintFile.Kind.values:
        raise InvalidInput(_("文件种类须为 pdf 或 csv。"), field="kind")
    if kind == PrintFile.Kind.PDF and layout not in LAYOUTS:
        raise InvalidInput(_("标签纸须为 %(known)s 之一。") % {"known": "、".join(LAYOUTS)}, field="layout")
    if kind == PrintFile.Kind.PDF and last_serial - first_serial >= MAX_PDF_LABELS:
        raise InvalidInput(_("一份 PDF 最多 20 万枚。请分段，或交印刷厂用 CSV。"), field="last_serial")
    row = PrintFile.objects.create(
        run=run,
        kind=kind,
        layout=layout if kind == PrintFile.Kind.PDF else "",
        first_serial=first_serial,
        last_serial=last_serial,
        requested_by=actor.username,
        requested_at=now,
        expires_at=now + KEEP_FOR,
    )
    note_codes_derived(
        actor=actor, run=run, purpose=f"print_{kind}", first_serial=first_serial, last_serial=last_serial, now=now
    )
    # The queue is a table of the same database: file and task are there together or not at all.
    _enqueue(row.code)
    return row


def _enqueue(code: UUID) -> None:
    from products.labels.tasks import make_print_file  # tasks import this module

    make_print_file.enqueue(str(code))


def find_print_file(*, actor: Actor, code: UUID, now: datetime) -> PrintFile:
    """The producer's own print file; one whose worker died is given to another. Raises NotFound."""
    require_scope(actor, Scope.LABELS, Role.PRODUCER)
    row = (
        PrintFile.objects.select_related("run__batch__authorisation__indication")
        .filter(code=code, run__batch__authorisation__enterprise__uscc=actor.uscc)
        .first()
    )
    if row is None:
        raise NotFound(_("没有这个打印文件，或不属于本单位。过期的文件会被删除，请在标签页重新生成。"))
    if row.state in {State.QUEUED, State.RUNNING} and (row.heartbeat_at or row.requested_at) < now - SILENT_FOR:
        _give_to_another(row, now=now)
    return row


@transaction.atomic
def _give_to_another(row: PrintFile, *, now: datetime) -> None:
    # The task library never takes a task up again whose worker was killed. Compared with the heartbeat that was
    # read, so that two people who look at once queue it once, and a worker that has just spoken keeps it.
    same = PrintFile.objects.filter(pk=row.pk, state=row.state, heartbeat_at=row.heartbeat_at)
    if same.update(state=State.QUEUED, heartbeat_at=now):
        _enqueue(row.code)
    row.refresh_from_db()


def is_ready(row: PrintFile, *, now: datetime) -> bool:
    return row.state == State.READY and now < row.expires_at


def file_path(row: PrintFile) -> Path:
    return Path(settings.VAR_DIR) / "files" / "print" / f"{row.code}.{row.kind}"


def open_print_file(*, actor: Actor, code: UUID, now: datetime) -> tuple[PrintFile, BinaryIO]:
    """The finished file.

    Raises NotFound, PrintFileGone where it is not ready or has expired, and BatchNotLabellable or
    AuthorisationInactive where the labels may no longer be used.
    """
    row = find_print_file(actor=actor, code=code, now=now)
    require_labellable(row.run.batch, on=timezone.localdate(now))
    if not is_ready(row, now=now):
        raise PrintFileGone(_("文件尚未生成或已过期。请在标签页重新生成。"))
    try:
        return row, file_path(row).open("rb")
    except FileNotFoundError as error:
        raise PrintFileGone(_("文件已不在。请在标签页重新生成。")) from error


def make_file(code: UUID) -> None:
    """Make one print file; run by the worker, and again from the start after a crash.

    Written under another name and renamed when whole, so that nobody downloads half a file. A row that is gone,
    finished or in another worker's hands is left alone.
    """
    claimed = PrintFile.objects.filter(code=code, state=State.QUEUED)
    if not claimed.update(state=State.RUNNING, done_count=0, heartbeat_at=timezone.now()):
        return
    row = PrintFile.objects.select_related(
        "run__batch__authorisation__enterprise", "run__batch__authorisation__indication"
    ).get(code=code)
    path = file_path(row)
    # A name of its own: a worker taken for dead may still be writing.
    draft = path.with_name(f"{row.code}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("xb") as stream:
            _write(row, stream)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except Exception as error:
        if draft.exists():
            draft.unlink()
        if isinstance(error, RenderingRefused | InvalidLink):
            _fail(row, explain(error).text)
            return
        _fail(row, _("生成时出错。请重新生成；再次出错请联系平台管理员。"))
        raise  # the task's own record keeps the traceback
    PrintFile.objects.filter(pk=row.pk).update(state=State.READY, done_count=row.count)


def _fail(row: PrintFile, text: str) -> None:
    PrintFile.objects.filter(pk=row.pk).update(state=State.FAILED, failure=text[:200])


def _write(row: PrintFile, stream: BinaryIO) -> None:
    run: LabelRun = row.run
    if row.kind == PrintFile.Kind.CSV:
        lines = codes_csv(open_key(run), run.code, row.first_serial, row.last_serial, base_url=settings.BASE_URL)
        for number, piece in enumerate(in_pieces(lines), start=1):
            stream.write(piece)
            if number % 50 == 0:
                _report(row, done=min(number * PIECE, row.count))
        return
    sheet_pdf(
        _counted(row, label_facts(run, row.first_serial, row.last_serial)),
        LAYOUTS[row.layout],
        stream,
        base_url=settings.BASE_URL,
        mark_image=mark_image(run.batch.authorisation.enterprise.uscc),
    )


def _counted(row: PrintFile, labels: Iterator[LabelFacts]) -> Iterator[LabelFacts]:
    for number, facts in enumerate(labels, start=1):
        if number % REPORT_EVERY == 0:
            _report(row, done=number)
        yield facts


def _report(row: PrintFile, *, done: int) -> None:
    PrintFile.objects.filter(pk=row.pk).update(done_count=done, heartbeat_at=timezone.now())


def purge_expired(*, now: datetime) -> int:
    """Delete files past their time, with their rows and what killed workers left of them; returns how many."""
    count = 0
    for row in PrintFile.objects.filter(expires_at__lt=now):
        for path in file_path(row).parent.glob(f"{row.code}.*"):
            path.unlink(missing_ok=True)
        row.delete()
        count += 1
    return count
