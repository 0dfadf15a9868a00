"""A batch as anybody may see it, found by its code alone."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from products.errors import NotFound
from products.trace.models.batch import Batch


def public_batch(code: UUID) -> Batch:
    """A registered batch, for anybody who holds its code. Raises NotFound, of a draft too."""
    batch = (
        Batch.objects.exclude(state=Batch.State.DRAFT)
        .select_related(
            "authorisation__indication",
            "authorisation__enterprise__region",
            "origin__parent",
            "standard_version__standard",
        )
        .filter(code=code)
        .first()
    )
    if batch is None:
        raise NotFound(_("没有这个批次。请核对网址，或重新扫描合格证上的二维码。"))
    return batch
