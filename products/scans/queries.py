"""Counts of scans, and reports."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from products.access import Actor
from products.errors import NotFound
from products.scans.models.complaint import Complaint
from products.scans.models.scan import Scan


def scan_counts_by_run(run_ids: Collection[int]) -> dict[int, int]:
    """Scans of each of these runs; runs without a scan are not in the answer."""
    rows = Scan.objects.filter(run_id__in=run_ids).order_by().values_list("run_id").annotate(count=Count("pk"))
    return dict(rows)


def scan_counts_by_month(*, uscc: str) -> list[tuple[str, int]]:
    """(2026-11, scans) of an enterprise's labels, the oldest month first."""
    rows = (
        Scan.objects.filter(run__batch__authorisation__enterprise__uscc=uscc)
        .annotate(month=TruncMonth("at"))
        .order_by("month")
        .values_list("month")
        .annotate(count=Count("pk"))
    )
    return [(f"{month:%Y-%m}", count) for month, count in rows]


def visible_complaints(*, actor: Actor, state: str = "") -> QuerySet[Complaint]:
    """The reports of an office's region, the newest first, in one state if given."""
    found = Complaint.objects.visible_to(actor).select_related("run__batch__authorisation__enterprise")
    if state and state not in Complaint.State.values:
        return found.none()
    return found.filter(state=state) if state else found


def is_number(text: str) -> bool:
    """Whether a text could be a report's number; PostgreSQL refuses to look for some of what could not."""
    return re.fullmatch(r"[0-9A-Za-z-]{1,16}", text) is not None


def find_complaint(*, actor: Actor, number: str) -> Complaint:
    """Raises NotFound outside the office's region."""
    found = visible_complaints(actor=actor).filter(number=number.upper()).first() if is_number(number) else None
    if found is None:
        raise NotFound(_("没有这件举报，或不在您的辖区内。"))
    return found


def followed_complaint(number: str) -> Complaint:
    """For the reporter, who knows the number. Raises NotFound."""
    number = number.strip()
    found = Complaint.objects.filter(number=number.upper()).first() if is_number(number) else None
    if found is None:
        raise NotFound(_("没有这个举报编号。请核对，编号形如 JB261123-7K3QFA。"))
    return found
