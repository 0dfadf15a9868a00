"""Which labels may be issued, made and put on packs: one rule for all three."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from products.errors import DomainError
from products.labels.errors import BatchNotLabellable, InvalidRange
from products.labels.models.label_run import LabelRun
from products.registry.queries.authorisations import require_usable
from products.trace.models.batch import Batch

State = Batch.State


def require_labellable_state(batch: Batch) -> None:
    """Raise BatchNotLabellable unless the batch is registered or released."""
    if batch.state in {State.REGISTERED, State.RELEASED}:
        return
    words = {
        State.DRAFT: _("该批次还是草稿。请先登记批次，再办理标签。"),
        State.HELD: _("该批次已暂停销售，不能领取、打印或启用标签。恢复销售后再办理。"),
        State.RECALLED: _("该批次已召回，不能再领取、打印或启用标签。"),
    }
    raise BatchNotLabellable(words[State(batch.state)], field="batch_code")


def require_labellable(batch: Batch, *, on: date) -> None:
    """Raise BatchNotLabellable or AuthorisationInactive unless labels of the batch may be used on `on`."""
    require_labellable_state(batch)
    require_usable(batch.authorisation, on=on)


def require_range(run: LabelRun, *, first_serial: int, last_serial: int) -> None:
    """Raise InvalidRange, at the field that is wrong, unless these are serials of the run in ascending order."""
    if 1 <= first_serial <= last_serial <= run.quantity:
        return
    field = "first_serial" if 1 <= last_serial <= run.quantity else "last_serial"
    raise InvalidRange(
        _("序号须在 1 至 %(last)s 之间，且起始不大于截止。") % {"last": f"{run.quantity:,}"}, field=field
    )


def reason_against(batch: Batch, *, on: date) -> str:
    """Why labels of the batch may not be used on `on`, in words for a page; empty when they may."""
    try:
        require_labellable(batch, on=on)
    except DomainError as error:
        return error.text
    return ""
