"""What happened since yesterday, as counts that open their rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from products.access import Actor, Role
from products.oversight.models.case import Case
from products.oversight.models.inspection import Inspection
from products.oversight.queries.records import KINDS, Asked, start_of
from products.scans.models.complaint import Complaint

RECORD_KINDS = ("decisions", "batches", "runs", "scans")


@dataclass(frozen=True)
class Change:
    """How many rows of one kind are new; `rows` is the address of their list."""

    kind: str
    count: int
    rows: str


def changes_since_yesterday(*, actor: Actor, today: date) -> list[Change]:
    """From yesterday's midnight in China until now. One query a kind."""
    day = today - timedelta(days=1)
    since = start_of(day)
    found = [
        Change(kind, KINDS[kind].rows(actor, Asked(since=since)).count(), _list("regulator-records", day, kind))
        for kind in RECORD_KINDS
    ]
    if actor.is_role(Role.INSPECTOR, Role.AUDITOR):
        complaints = Complaint.objects.visible_to(actor).filter(received_at__gte=since)
        inspections = Inspection.objects.visible_to(actor).filter(done_on__gte=day)
        cases = Case.objects.visible_to(actor).filter(steps__at__gte=since).distinct()
        found += [
            Change("complaints", complaints.count(), _list("regulator-complaints", day)),
            Change("inspections", inspections.count(), _list("regulator-inspections", day)),
            Change("cases", cases.count(), _list("regulator-cases", day)),
        ]
    return found


def _list(name: str, day: date, *args: str) -> str:
    return f"{reverse(name, args=args)}?since={day.isoformat()}"
