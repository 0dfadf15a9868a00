"""What the label office refuses."""

from __future__ import annotations

from products.errors import Conflict, InvalidInput


class BatchExhausted(Conflict):
    """The batch's mass does not fill that many packs."""

    code = "batch_exhausted"


class QuotaExhausted(Conflict):
    """The year's quota does not allow that many packs."""

    code = "quota_exhausted"


class BatchNotLabellable(Conflict):
    """Labels are for registered or released batches."""

    code = "batch_not_labellable"


class InvalidRange(InvalidInput):
    """Not serials of this run."""

    code = "invalid_range"


class AlreadyActivated(Conflict):
    """A serial of the range is in use."""

    code = "already_activated"


class AlreadyVoided(Conflict):
    """A serial of the range is void, which is final."""

    code = "already_voided"


class CannotRender(Conflict):
    """The label lacks what the rules demand, or does not fit."""

    code = "label_not_renderable"


class PrintFileGone(Conflict):
    """The print file has expired or is not ready."""

    code = "print_file_not_available"
    status = 410
