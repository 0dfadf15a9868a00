"""Which version of a standard was in force on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q

from products.registry.models.standard import StandardVersion


def version_in_force(*, indication_id: int, on: date) -> StandardVersion | None:
    """The newest version in force on `on` for the indication; None where none is configured.

    A version without a beginning is taken to be in force from the start; a disputed one never counts.
    """
    return (
        StandardVersion.objects.filter(
            Q(effective_from__isnull=True) | Q(effective_from__lte=on),
            Q(effective_to__isnull=True) | Q(effective_to__gt=on),
            standard__indication_id=indication_id,
        )
        .exclude(status="disputed")
        .exclude(status="repealed", effective_to__isnull=True)
        .select_related("standard")
        .order_by(F("effective_from").desc(nulls_last=True), "-pk")
        .first()
    )
