"""Between an entry's index in the log and its queue id, in both directions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from ledger.models import Entry, Span

_PLACE = ("first_index", "first_id", "count")
_PORTION = 1_000
# SQLite binds a limited number of values in one statement.
_IDS_PER_QUERY = 500


def id_ranges(first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """The entries from index `first` up to, not including, `last`: (index, queue id, count) of each stretch, in order."""
    holding = Span.objects.filter(first_index__lte=first).order_by("-first_index").values("first_index")[:1]
    spans = Span.objects.filter(first_index__gte=Coalesce(Subquery(holding), 0), first_index__lt=last)
    for index, queue_id, count in spans.order_by("first_index").values_list(*_PLACE).iterator(_PORTION):
        start, end = max(index, first), min(index + count, last)
        if start < end:
            yield start, queue_id + start - index, end - start


def id_at(index: int) -> int | None:
    """The queue id of entry `index`; None when the log is not that long."""
    return next((queue_id for _, queue_id, _ in id_ranges(index, index + 1)), None)


def indexes_of(ids: Sequence[int]) -> dict[int, int]:
    """The index of each of these queue ids; those still waiting are left out."""
    holding = Span.objects.filter(first_id__lte=OuterRef("pk")).order_by("-first_id")
    found: dict[int, int] = {}
    for start in range(0, len(ids), _IDS_PER_QUERY):
        entries = Entry.objects.filter(pk__in=ids[start : start + _IDS_PER_QUERY])
        places = dict(entries.values_list("pk", Subquery(holding.values("pk")[:1])))
        spans = {span.pk: span for span in Span.objects.filter(pk__in=set(places.values()))}
        for queue_id, place in places.items():
            span = spans.get(place)
            if span is not None and queue_id < span.first_id + span.count:
                found[queue_id] = span.first_index + queue_id - span.first_id
    return found
