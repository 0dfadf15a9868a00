"""Print files: asked for at once, made by the worker, kept for a week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.errors import InvalidInput, NotFound
from products.labels.domain.mark_rules import LabelFacts
from products.labels.errors import PrintFileGone
from products.labels.models.label_run import LabelRun, PrintFile
from products.labels.rendering.code_list import codes_csv
from products.labels.rendering.errors import RenderingRefused
from products.labels.rendering.layouts import LAYOUTS
from products.labels.rendering.sheets import sheet_pdf
from products.labels.services.artefacts import in_pieces, mark_image, own_run
from products.labels.services.keys import open_key
from products.labels.services.label_facts import explain, label_facts
from products.labels.services.label_runs import note_codes_derived

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
    run = own_run(actor=actor, code=run_code, first_serial=first_serial, last_serial=last_serial)
    if kind not in PrintFile.Kind.values:
        raise InvalidInput(_("文件种类须为 pdf 或 csv。"), field="kind")
    if kind == PrintFile.Kind.PDF and layout not in LAYOUTS:
        raise InvalidInput(_("请从列表中选择标签纸。"), field="layout")
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
    transaction.on_commit(lambda: _enqueue(row.code))
    return row


def _enqueue(code: UUID) -> None:
    from products.labels.tasks import make_print_file  # tasks import this module

    make_print_file.enqueue(str(code))


def find_print_file(*, actor: Actor, code: UUID, now: datetime) -> PrintFile:
    """The producer's own print file; one whose worker died is given to another. Raises NotFound."""
    require_scope(actor, Scope.LABELS, Role.PRODUCER)
    row = (
        PrintFile.objects.select_related("run__batch")
        .filter(code=code, run__batch__authorisation__enterprise__uscc=actor.uscc)
        .first()
    )
    if row is None:
        raise NotFound(_("没有这个打印文件，或不属于本单位。"))
    dead = PrintFile.objects.filter(
        Q(heartbeat_at__lt=now - SILENT_FOR) | Q(heartbeat_at=None, requested_at__lt=now - SILENT_FOR),
        pk=row.pk,
        state__in=[State.QUEUED, State.RUNNING],
    )
    # Claimed by the update: two people looking at once enqueue it once.
    if dead.update(state=State.QUEUED, heartbeat_at=now):
        _enqueue(row.code)
        row.refresh_from_db()
    return row


def file_path(row: PrintFile) -> Path:
    return Path(settings.VAR_DIR) / "files" / "print" / f"{row.code}.{row.kind}"


def open_print_file(*, actor: Actor, code: UUID, now: datetime) -> tuple[PrintFile, BinaryIO]:
    """The finished file. Raises NotFound, PrintFileGone where it is not ready or has expired."""
    row = find_print_file(actor=actor, code=code, now=now)
    if row.state != State.READY or now >= row.expires_at or not file_path(row).exists():
        raise PrintFileGone(_("文件尚未生成或已过期。请在标签页重新生成。"))
    return row, file_path(row).open("rb")


def make_file(code: UUID) -> None:
    """Make one print file; run by the worker, and again from the start after a crash.

    Written under another name and renamed when whole, so that nobody downloads half a file.
    """
    row = PrintFile.objects.select_related(
        "run__batch__authorisation__enterprise", "run__batch__authorisation__indication"
    ).get(code=code)
    if row.state == State.READY:
        return
    path = file_path(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    _report(row, done=0)
    try:
        with draft.open("wb") as stream:
            _write(row, stream)
    except RenderingRefused as error:
        draft.unlink(missing_ok=True)
        PrintFile.objects.filter(pk=row.pk).update(state=State.FAILED, failure=explain(error).text[:200])
        return
    draft.replace(path)
    total = row.last_serial - row.first_serial + 1
    PrintFile.objects.filter(pk=row.pk).update(state=State.READY, done_count=total)


def _write(row: PrintFile, stream: BinaryIO) -> None:
    run: LabelRun = row.run
    if row.kind == PrintFile.Kind.CSV:
        lines = codes_csv(open_key(run), run.code, row.first_serial, row.last_serial, base_url=settings.BASE_URL)
        for number, piece in enumerate(in_pieces(lines), start=1):
            stream.write(piece)
            if number % 50 == 0:
                _report(row, done=number * 2_000)
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
    PrintFile.objects.filter(pk=row.pk).update(state=State.RUNNING, done_count=done, heartbeat_at=timezone.now())


def purge_expired(*, now: datetime) -> int:
    """Delete files past their time, with their rows; returns how many."""
    count = 0
    for row in PrintFile.objects.filter(expires_at__lt=now):
        file_path(row).unlink(missing_ok=True)
        row.delete()
        count += 1
    return count
