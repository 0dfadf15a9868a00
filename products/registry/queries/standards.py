"""Which version of a standard was in force on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q
from django.utils.translation import gettext as _

from products.errors import NotFound
from products.registry.models.standard import Standard, StandardVersion


def version_in_force(*, indication_id: int, on: date) -> StandardVersion | None:
    """The newest version in force on `on` for the indication; None where none is configured.

    The last day belongs to a version. One without a beginning is taken to be in force from the start; a disputed one never counts.
    """
    return (
        StandardVersion.objects.filter(
            Q(effective_from__isnull=True) | Q(effective_from__lte=on),
            Q(effective_to__isnull=True) | Q(effective_to__gte=on),
            standard__indication_id=indication_id,
        )
        .exclude(status="disputed")
        .exclude(status="repealed", effective_to__isnull=True)
        .select_related("standard")
        .order_by(F("effective_from").desc(nulls_last=True), "-pk")
        .first()
    )


def find_standard(code: str) -> Standard:
    """A standard by its number. Raises NotFound."""
    found = (
        Standard.objects.filter(code=code.strip())
        .select_related("indication")
        .prefetch_related("versions__limits")
        .first()
    )
    if found is None:
        raise NotFound(_("没有登记这个标准。"))
    return found
