"""Single labels and code lists, made at once; each is noted in the ledger before it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.errors import NotFound
from products.labels.domain.digital_link import InvalidLink
from products.labels.models.label_run import LabelRun
from products.labels.queries.runs import find_run
from products.labels.rendering.code_list import codes_csv
from products.labels.rendering.png import label_png
from products.labels.rendering.svg import label_svg
from products.labels.services.keys import open_key
from products.labels.services.label_facts import explain, label_facts
from products.labels.services.label_runs import note_codes_derived
from products.labels.services.permission import require_labellable, require_range
from products.rendering.errors import RenderingRefused

PIECE = 2_000  # lines


def own_run(*, actor: Actor, code: str, first_serial: int, last_serial: int | None, now: datetime) -> LabelRun:
    """A run of the actor's own enterprise, whose labels may be made today.

    Others may see that it exists, but codes are the maker's. Raises Forbidden, NotFound, InvalidRange,
    BatchNotLabellable, AuthorisationInactive.
    """
    require_scope(actor, Scope.LABELS, Role.PRODUCER)
    run = find_run(actor=actor, code=code)
    if run.batch.authorisation.enterprise.uscc != actor.uscc:
        raise NotFound(_("没有这批标签，或不属于本单位。"))
    require_range(run, first_serial=first_serial, last_serial=run.quantity if last_serial is None else last_serial)
    require_labellable(run.batch, on=timezone.localdate(now))
    return run


def mark_image(uscc: str) -> bytes | None:
    """The official mark's picture that its lawful user supplied, if there is one."""
    path = mark_path(uscc)
    return path.read_bytes() if path.exists() else None


def mark_path(uscc: str) -> Path:
    return Path(settings.VAR_DIR) / "files" / "marks" / f"{uscc}.png"


def mark_version(uscc: str) -> str:
    """Changes whenever the picture does; empty where there is none."""
    path = mark_path(uscc)
    return f"{path.stat().st_mtime_ns:x}" if path.exists() else ""


def one_label(*, actor: Actor, run_code: str, serial: int, form: str, now: datetime) -> bytes:
    """One label as `png` or `svg`. Raises CannotRender where the rules' demands are not met, else as own_run."""
    run = own_run(actor=actor, code=run_code, first_serial=serial, last_serial=serial, now=now)
    facts = next(label_facts(run, serial, serial))
    picture = mark_image(actor.uscc)
    try:
        if form == "png":
            content = label_png(facts, base_url=settings.BASE_URL, mark_image=picture)
        else:
            content = label_svg(facts, base_url=settings.BASE_URL, mark_image=picture).encode()
    except (RenderingRefused, InvalidLink) as error:
        raise explain(error) from error
    note_codes_derived(actor=actor, run=run, purpose=f"label_{form}", first_serial=serial, last_serial=serial, now=now)
    return content


def code_list(
    *, actor: Actor, run_code: str, first_serial: int = 1, last_serial: int | None = None, now: datetime
) -> Iterator[bytes]:
    """The codes as CSV in UTF-8, in pieces, in constant memory, to the run's end where no last is given.

    Refuses as own_run before the first piece.
    """
    run = own_run(actor=actor, code=run_code, first_serial=first_serial, last_serial=last_serial, now=now)
    last_serial = run.quantity if last_serial is None else last_serial
    lines = codes_csv(open_key(run), run.code, first_serial, last_serial, base_url=settings.BASE_URL)
    note_codes_derived(
        actor=actor, run=run, purpose="codes_csv", first_serial=first_serial, last_serial=last_serial, now=now
    )
    return in_pieces(lines)


def in_pieces(lines: Iterator[str], *, at_once: int = PIECE) -> Iterator[bytes]:
    """Lines joined by the thousand: one write for each line would cost more than the codes."""
    held: list[str] = []
    for line in lines:
        held.append(line)
        if len(held) == at_once:
            yield "".join(held).encode()
            held.clear()
    if held:
        yield "".join(held).encode()
