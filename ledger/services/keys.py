"""Which keys of the log were in force when."""

from __future__ import annotations

from django.db.models import Q

from ledger.models import LogKey
from ledger.verifier.note import VerifierKey


def keys_in_force(size: int) -> list[VerifierKey]:
    """The keys that must have signed a checkpoint of `size` entries."""
    rows = LogKey.objects.filter(Q(until_size__isnull=True) | Q(until_size__gte=size), from_size__lte=size)
    return [VerifierKey.parse(row.vkey) for row in rows.order_by("from_size")]
